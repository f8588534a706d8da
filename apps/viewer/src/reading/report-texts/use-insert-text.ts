import { useRef, useState } from 'react';
import type { ReportText } from '../../api/types.js';
import { useLatest } from '../../office/use-latest.js';
import type { DraftControl, Words } from '../use-draft.js';
import { fieldInFocus, REPORT_FIELDS, reportField, selectBlank, typeInto, type ReportField } from './report-fields.js';

/** The last template that was inserted, while nothing has been typed since. */
interface Inserted {
  readonly name: string;
  readonly before: Words;
  readonly after: string;
}

const told = ({ findings, impression }: Words): string => JSON.stringify([findings, impression]);

/** Puts templates and phrases into the report, and takes a template back as a whole. */
export function useInsertText(draft: DraftControl) {
  const latest = useLatest(draft);
  const [inserted, setInserted] = useState<Inserted | null>(null);
  const caret = useRef<ReportField | null>(null);

  const write = (name: ReportField, words: string, how: 'replace' | 'append'): void => {
    const field = reportField(name);
    if (!field || (words === '' && how === 'append')) return;
    const old = field.value;
    const joint = how === 'append' && old.trim() !== '' && !old.endsWith('\n') ? '\n' : '';
    typeInto(field, how === 'replace' ? 0 : old.length, old.length, joint + words);
  };

  const template = (text: ReportText, how: 'replace' | 'append'): void => {
    const before = latest.current.words;
    const places = REPORT_FIELDS.map((name) => (how === 'replace' ? 0 : (reportField(name)?.value.length ?? 0)));
    for (const name of REPORT_FIELDS) write(name, text[name], how);
    const used = { id: text.id, version: text.version };
    const kept = how === 'replace' ? [] : before.templates.filter(({ id }) => id !== used.id);
    latest.current.change({ templates: [...kept, used] });
    const after = REPORT_FIELDS.map((name) => reportField(name)?.value ?? '');
    setInserted({ name: text.name, before, after: JSON.stringify(after) });
    const [findings] = places;
    if (selectBlank('findings', findings!)) return;
    const field = reportField('findings');
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  };

  const words = (said: string): void => {
    const name = caret.current ?? 'findings';
    const field = reportField(name);
    if (!field) return;
    // A field that nobody was in yet has its caret at the beginning.
    const [from, to] = caret.current
      ? [field.selectionStart, field.selectionEnd]
      : [field.value.length, field.value.length];
    typeInto(field, from, to, said);
    if (!selectBlankWithin(name, from, from + said.length))
      field.setSelectionRange(from + said.length, from + said.length);
  };

  const current = inserted && inserted.after === told(draft.words) ? inserted : null;
  const undo = (): boolean => {
    if (!current) return false;
    for (const name of REPORT_FIELDS) write(name, current.before[name], 'replace');
    latest.current.change({ templates: current.before.templates });
    setInserted(null);
    reportField('findings')?.focus();
    return true;
  };

  return {
    template,
    /** A phrase, or anything else, to the caret. */
    words,
    undo,
    inserted: current,
    /** Which field a phrase goes to: asked before the menu takes the focus. */
    remember: (): void => {
      caret.current = fieldInFocus() ?? caret.current;
    },
    /** What of the field is selected, else the line of the caret. */
    selected: (): string => {
      const field = reportField(caret.current ?? 'findings');
      if (!field) return '';
      const { value, selectionStart: from, selectionEnd: to } = field;
      if (from !== to) return value.slice(from, to);
      return value.slice(value.lastIndexOf('\n', from - 1) + 1).split('\n')[0]!;
    },
    focusBack: (): void => reportField(caret.current ?? 'findings')?.focus(),
    forget: (): void => setInserted(null),
  };
}

function selectBlankWithin(name: ReportField, from: number, to: number): boolean {
  const field = reportField(name);
  if (!field) return false;
  const { selectionStart, selectionEnd } = field;
  if (selectBlank(name, from) && fieldInFocus() === name && field.selectionEnd <= to) return true;
  field.focus();
  field.setSelectionRange(selectionStart, selectionEnd);
  return false;
}
