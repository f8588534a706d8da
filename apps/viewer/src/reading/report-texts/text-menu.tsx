import { Fragment, useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { api } from '../../api/client.js';
import type { ReportText, ReportTexts } from '../../api/types.js';
import { useText } from '../../text/index.js';
import { refusalText } from '../dialogs.js';
import { findTexts } from './find-texts.js';
import type { TextKind } from './use-report-texts.js';
import './text-menu.css';

interface TextMenuProps {
  kind: TextKind;
  texts: ReportTexts | null;
  error: unknown;
  again: () => void;
  /** A template would come upon words that are there. */
  wordsThere: boolean;
  insert: (text: ReportText, how: 'replace' | 'append') => void;
  /** What would be kept as an own one; null where there are no words. */
  present: { findings: string; impression: string } | null;
  readKind: 'imaging' | 'ecg';
  /** `elsewhere`: the focus has gone on already */
  close: (how: 'back' | 'elsewhere') => void;
}

const intoView = (row: HTMLElement | null): void => row?.scrollIntoView({ block: 'nearest' });

type Step = { at: 'list' } | { at: 'ask' | 'name' | 'remove'; text: ReportText } | { at: 'new' };

/** Templates or phrases: typing filters by name, pinyin or words, Enter inserts. */
export function TextMenu(props: TextMenuProps) {
  const { kind, texts, error, again, wordsThere, insert, present, readKind, close } = props;
  const t = useText();
  const words = t.report;
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [index, setIndex] = useState(0);
  const [step, setStep] = useState<Step>({ at: 'list' });
  const [problem, setProblem] = useState<unknown>(null);
  const subject = texts?.subject ?? null;
  const found = findTexts(texts?.items ?? [], kind, subject?.code ?? null, typed);
  const at = Math.min(index, found.length - 1);
  const chosen = found[at];

  const take = (text: ReportText | undefined): void => {
    if (!text) return;
    if (kind === 'template' && wordsThere) return setStep({ at: 'ask', text });
    insert(text, 'append');
  };
  const act = async (what: () => Promise<unknown>): Promise<void> => {
    setProblem(null);
    try {
      await what();
      setStep({ at: 'list' });
      again();
    } catch (refused) {
      setProblem(refused);
    }
  };
  const rename = (text: ReportText, name: string): Promise<void> =>
    act(() => api.changeReportText(text.id, { name, version: text.version }));
  const remove = (text: ReportText): Promise<void> => act(() => api.removeReportText(text.id));
  const add = (name: string): Promise<void> =>
    act(() => api.addReportText({ kind, readKind, subject: subject?.code ?? null, name, ...present! }));

  const inList = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.nativeEvent.isComposing) return;
    if (steps[event.key]) setIndex(Math.max(0, Math.min(found.length - 1, at + steps[event.key]!)));
    else if (event.key === 'Enter') take(chosen);
    else if (event.key === 'F2' && chosen?.own) setStep({ at: 'name', text: chosen });
    else if (event.key === 'Delete' && event.shiftKey && chosen?.own) setStep({ at: 'remove', text: chosen });
    else if (event.key === 's' && event.ctrlKey) {
      if (present) setStep({ at: 'new' });
    } else return;
    event.preventDefault();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Escape' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (step.at === 'list') close('back');
      else setStep({ at: 'list' });
    } else if (step.at === 'list') inList(event);
    else if (step.at === 'ask' && /^[ar]$/i.test(event.key)) {
      event.preventDefault();
      insert(step.text, event.key.toLowerCase() === 'r' ? 'replace' : 'append');
    }
  };

  let asked: ReactNode = null;
  if (step.at === 'ask') {
    asked = (
      <Asked says={words.wordsThere(step.text.name)}>
        <button type="button" autoFocus onClick={() => insert(step.text, 'append')} data-testid="text-append">
          {words.append} <kbd>A</kbd>
        </button>
        <button type="button" onClick={() => insert(step.text, 'replace')} data-testid="text-replace">
          {words.replace} <kbd>R</kbd>
        </button>
      </Asked>
    );
  } else if (step.at === 'remove') {
    asked = (
      <Asked says={words.removeAsk(step.text.name)}>
        <button type="button" onClick={() => void remove(step.text)} data-testid="text-remove">
          {words.remove}
        </button>
        <button type="button" autoFocus onClick={() => setStep({ at: 'list' })}>
          {t.common.cancel}
        </button>
      </Asked>
    );
  } else if (step.at === 'name' || step.at === 'new') {
    asked = (
      <NameAsked
        label={step.at === 'new' ? words.newName[kind] : words.rename(step.text.name)}
        name={step.at === 'new' ? '' : step.text.name}
        done={(name) => void (step.at === 'new' ? add(name) : rename(step.text, name))}
      />
    );
  }
  return (
    <div
      className="text-menu"
      role="dialog"
      aria-label={words[kind]}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        // A click into the report closes it.
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget as Node)) close('elsewhere');
      }}
      data-testid="text-menu"
    >
      {asked ?? (
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={chosen ? `${listId}-${at}` : undefined}
          aria-label={words.find[kind]}
          placeholder={words.find[kind]}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setIndex(0);
          }}
          data-testid="text-find"
        />
      )}
      {Boolean(problem) && <p role="alert">{refusalText(problem, t)}</p>}
      {Boolean(error) && !texts && (
        <p role="alert">
          {refusalText(error, t)} <button onClick={again}>{t.common.retry}</button>
        </p>
      )}
      {!texts && !error && <p>{t.common.loading}</p>}
      <div className="text-list" role="listbox" id={listId} aria-label={words[kind]}>
        {found.map((text, place) => (
          <Fragment key={text.id}>
            {typed === '' && text.group !== null && text.group !== found[place - 1]?.group && (
              <div className="text-group" role="presentation">
                {text.group}
              </div>
            )}
            <div
              ref={place === at ? intoView : undefined}
              id={`${listId}-${place}`}
              role="option"
              aria-selected={place === at}
              className="text-row"
              onMouseDown={(event) => event.preventDefault()}
              onMouseMove={() => setIndex(place)}
              onClick={() => take(text)}
              data-testid="text-row"
            >
              <span>{text.name}</span>
              {text.own && <small className="text-own">{words.own}</small>}
              {typed !== '' && text.group !== null && <small>{text.group}</small>}
              {text.subject?.code !== subject?.code && <small>{text.subject?.name ?? words.general}</small>}
            </div>
          </Fragment>
        ))}
        {texts && found.length === 0 && <p>{words.noneFound}</p>}
      </div>
      {chosen && step.at !== 'new' && (
        <div className="text-preview">
          <p>{chosen.findings}</p>
          {chosen.impression && <p className="text-impression">{chosen.impression}</p>}
        </div>
      )}
      {step.at === 'new' && present && (
        <div className="text-preview">
          <p>{present.findings}</p>
          {present.impression && <p className="text-impression">{present.impression}</p>}
        </div>
      )}
      <div className="text-acts">
        <button type="button" disabled={!present} onClick={() => setStep({ at: 'new' })} data-testid="text-keep">
          {words.keep[kind]} <kbd>Ctrl S</kbd>
        </button>
        {chosen?.own && (
          <>
            <button type="button" onClick={() => setStep({ at: 'name', text: chosen })} data-testid="text-rename">
              {words.renameShort} <kbd>F2</kbd>
            </button>
            <button type="button" onClick={() => setStep({ at: 'remove', text: chosen })}>
              {words.remove} <kbd>⇧ Del</kbd>
            </button>
          </>
        )}
        <button type="button" className="text-close" onClick={() => close('back')}>
          {t.common.close} <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  );
}

function Asked({ says, children }: { says: string; children: ReactNode }) {
  return (
    <div className="text-asked" role="group" aria-label={says}>
      <p>{says}</p>
      {children}
    </div>
  );
}

function NameAsked({ label, name, done }: { label: string; name: string; done: (name: string) => void }) {
  const t = useText();
  const [words, setWords] = useState(name);
  const ready = words.trim() !== '' && words.trim() !== name;
  return (
    <form
      className="text-asked"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) done(words.trim());
      }}
    >
      <label>
        {label}
        <input
          autoFocus
          maxLength={60}
          value={words}
          onFocus={(event) => event.target.select()}
          onChange={(event) => setWords(event.target.value)}
          data-testid="text-name"
        />
      </label>
      <button disabled={!ready}>{t.common.confirm} ⏎</button>
    </form>
  );
}
