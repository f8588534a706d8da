import { Input } from 'antd';
import { useState, type KeyboardEvent } from 'react';
import { BlankChoices } from './blank-choices.js';
import { blankAt, type Blank } from './blanks.js';
import { reportField, selectBlank, typeInto, type ReportField } from './report-fields.js';

interface ReportWordsProps {
  name: ReportField;
  rows: number;
  readOnly: boolean;
  placeholder: string;
  value: string;
  change: (words: string) => void;
}

/** A field of the report: Tab goes from blank to blank, a digit takes a choice, Escape leaves it for the pictures. */
export function ReportWords({ name, rows, readOnly, placeholder, value, change }: ReportWordsProps) {
  const [blank, setBlank] = useState<Blank | null>(null);
  const look = (field: HTMLTextAreaElement): void => {
    const found = readOnly ? undefined : blankAt(field.value, field.selectionStart, field.selectionEnd);
    setBlank(found && found.choices.length > 0 ? found : null);
  };
  const choose = (field: HTMLTextAreaElement, { from, to }: Blank, choice: string): void => {
    typeInto(field, from, to, choice);
    selectBlank(name, from);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const field = event.currentTarget;
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') field.blur();
    else if (event.key === 'Tab' && !readOnly) {
      const at = event.shiftKey ? field.selectionStart : field.selectionEnd;
      if (selectBlank(name, at, event.shiftKey)) event.preventDefault();
    } else if (blank && /^[1-9]$/.test(event.key)) {
      const choice = blank.choices[Number(event.key) - 1];
      if (choice === undefined || blankAt(field.value, field.selectionStart, field.selectionEnd) === undefined) return;
      event.preventDefault();
      choose(field, blank, choice);
    }
  };
  return (
    <>
      <Input.TextArea
        id={name}
        data-testid={name}
        className={`report-${name}`}
        autoSize={{ minRows: rows }}
        readOnly={readOnly}
        placeholder={placeholder}
        value={value}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
        onSelect={(event) => look(event.currentTarget)}
        onBlur={() => setBlank(null)}
      />
      {blank && (
        <BlankChoices
          blank={blank}
          choose={(choice) => {
            const field = reportField(name);
            if (field) choose(field, blank, choice);
          }}
        />
      )}
    </>
  );
}
