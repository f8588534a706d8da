import { Modal } from 'antd';
import { useState, type KeyboardEvent } from 'react';
import { api } from '../../api/client.js';
import type { HangingRule } from '../../api/types.js';
import { useUser } from '../../session/session.js';
import { useText, type Messages } from '../../text/index.js';
import { refusalText } from '../dialogs.js';
import { layoutName } from '../images/layouts.js';
import './rules-dialog.css';

interface RulesDialogProps {
  rules: readonly HangingRule[] | null;
  error: unknown;
  /** By which the case hangs. */
  held: HangingRule | null;
  again: () => void;
  /** What would be kept as a rule: null where there is nothing on the screen. */
  present: { name: string; words: string; modality: string } | null;
  keep: (name: string, words: readonly string[], network: boolean) => Promise<unknown>;
  close: () => void;
}

function saysWhen({ condition, steps }: HangingRule, t: Messages): string {
  const { modalities = [], words = [], views = [], laterality, series, images } = condition;
  const when = [
    modalities.join('/') || t.hanging.every,
    words.slice(0, 4).join(' ') + (words.length > 4 ? ' …' : ''),
    [laterality, ...views].filter(Boolean).join(' '),
    series && t.hanging.series(series),
    images && t.hanging.images(images),
  ];
  return `${when.filter(Boolean).join(' · ')} → ${steps.map(layoutName).join('、')}`;
}

const intoView = (row: HTMLElement | null): void => row?.scrollIntoView({ block: 'nearest' });

/** The rules by which examinations are hung: one is kept of what is on the screen; own ones are renamed, ordered, switched off and removed. */
export function RulesDialog({ rules, error, held, again, present, keep, close }: RulesDialogProps) {
  const t = useText();
  const words = t.hanging;
  const manages = useUser().permissions.includes('hanging-rule.manage');
  const [name, setName] = useState(present?.name ?? '');
  const [about, setAbout] = useState(present?.words ?? '');
  const [network, setNetwork] = useState(false);
  const [index, setIndex] = useState(0);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const all = rules ?? [];
  const at = Math.min(index, all.length - 1);
  const mine = (rule: HangingRule): boolean => rule.own || manages;

  const act = async (what: () => Promise<unknown>): Promise<void> => {
    setProblem(null);
    try {
      await what();
      setRenaming(null);
      setRemoving(null);
      again();
    } catch (refused) {
      setProblem(refused);
    }
  };
  const change = (rule: HangingRule, what: { name?: string; enabled?: boolean }): Promise<void> =>
    act(() => api.changeHangingRule(rule.id, { ...what, version: rule.version }));
  const move = (rule: HangingRule, by: number): Promise<void> | undefined => {
    const among = all.filter(({ own }) => own === rule.own).map(({ id }) => id);
    const [from, to] = [among.indexOf(rule.id), among.indexOf(rule.id) + by];
    if (to < 0 || to >= among.length) return undefined;
    among.splice(to, 0, ...among.splice(from, 1));
    setIndex(at + by);
    return act(() => api.orderHangingRules(among, !rule.own));
  };
  const inList = (event: KeyboardEvent): void => {
    const rule = all[at];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!rule || renaming || !(event.target as HTMLElement).matches('[role=listbox]')) return;
    if (step && event.altKey) {
      if (mine(rule)) void move(rule, step);
    } else if (step) setIndex(Math.max(0, Math.min(all.length - 1, at + step)));
    else if (!mine(rule)) return;
    else if (event.key === ' ') void change(rule, { enabled: !rule.enabled });
    else if (event.key === 'F2') setRenaming(rule.id);
    else if (event.key === 'Delete' && event.shiftKey) setRemoving(rule.id);
    else return;
    event.preventDefault();
  };
  return (
    <Modal open title={words.title} footer={null} width={860} style={{ top: 32 }} onCancel={close}>
      <form
        className="rules-keep"
        onSubmit={(event) => {
          event.preventDefault();
          const found = about.split(/[,，、;；]+/).map((word) => word.trim());
          if (name.trim() && present) void act(() => keep(name.trim(), found.filter(Boolean), network));
        }}
      >
        <b>{words.keep}</b>
        <label>
          {words.name}
          <input
            autoFocus
            maxLength={60}
            value={name}
            disabled={!present}
            onChange={(event) => setName(event.target.value)}
            data-testid="rule-name"
          />
        </label>
        <label>
          {words.about(present?.modality ?? '')}
          <input
            value={about}
            disabled={!present}
            placeholder={words.aboutAll}
            onChange={(event) => setAbout(event.target.value)}
            data-testid="rule-words"
          />
        </label>
        {manages && (
          <label className="rules-check">
            <input type="checkbox" checked={network} onChange={(event) => setNetwork(event.target.checked)} />
            {words.forAll}
          </label>
        )}
        <button disabled={!present || !name.trim()} data-testid="rule-keep">
          {words.keepIt} <kbd>⏎</kbd>
        </button>
      </form>
      {Boolean(problem ?? error) && (
        <p className="rules-problem" role="alert">
          {refusalText(problem ?? error, t)}
        </p>
      )}
      <div
        className="rules-list"
        role="listbox"
        tabIndex={0}
        aria-label={words.title}
        aria-activedescendant={all[at] ? `rule-${all[at].id}` : undefined}
        onKeyDown={inList}
        data-testid="rules"
      >
        {all.map((rule, place) => (
          <div
            key={rule.id}
            id={`rule-${rule.id}`}
            ref={place === at ? intoView : undefined}
            role="option"
            aria-selected={place === at}
            className={`rules-row${rule.enabled ? '' : ' rules-off'}`}
            onClick={() => setIndex(place)}
            data-testid="rule"
          >
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label={words.enabled}
              checked={rule.enabled}
              disabled={!mine(rule)}
              onChange={() => void change(rule, { enabled: !rule.enabled })}
            />
            <div className="rules-what">
              {renaming === rule.id ? (
                <NewName
                  name={rule.name}
                  done={(next) => void change(rule, { name: next })}
                  leave={() => setRenaming(null)}
                />
              ) : (
                <b>{rule.name}</b>
              )}
              <small>{saysWhen(rule, t)}</small>
            </div>
            {rule.id === held?.id && <small className="rules-held">{words.held}</small>}
            <small>{rule.own ? words.own : words.network}</small>
            {mine(rule) && removing === rule.id && (
              <span className="rules-acts">
                <button
                  type="button"
                  autoFocus
                  onClick={() => void act(() => api.removeHangingRule(rule.id))}
                  data-testid="rule-remove"
                >
                  {words.removeIt}
                </button>
                <button type="button" onClick={() => setRemoving(null)}>
                  {t.common.cancel}
                </button>
              </span>
            )}
            {mine(rule) && removing !== rule.id && (
              <span className="rules-acts">
                <button
                  type="button"
                  tabIndex={-1}
                  title={words.up}
                  aria-label={words.up}
                  onClick={() => void move(rule, -1)}
                >
                  ↑
                </button>
                <button
                  type="button"
                  tabIndex={-1}
                  title={words.down}
                  aria-label={words.down}
                  onClick={() => void move(rule, 1)}
                >
                  ↓
                </button>
                <button type="button" tabIndex={-1} onClick={() => setRenaming(rule.id)}>
                  {words.rename}
                </button>
                <button type="button" tabIndex={-1} onClick={() => setRemoving(rule.id)}>
                  {words.remove}
                </button>
              </span>
            )}
          </div>
        ))}
      </div>
      <p className="rules-hint">{words.hint}</p>
    </Modal>
  );
}

function NewName({ name, done, leave }: { name: string; done: (name: string) => void; leave: () => void }) {
  const [words, setWords] = useState(name);
  return (
    <input
      autoFocus
      maxLength={60}
      value={words}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setWords(event.target.value)}
      onBlur={leave}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') leave();
        else if (event.key === 'Enter' && words.trim()) done(words.trim());
        else return;
        event.preventDefault();
      }}
      data-testid="rule-rename"
    />
  );
}
