import { useCallback, useState, type KeyboardEvent } from 'react';
import { api } from '../../api/client.js';
import type { Prior, PriorDetail, ReadDetail } from '../../api/types.js';
import { dateTime } from '../../format.js';
import { useFetched } from '../../office/use-fetched.js';
import { useText } from '../../text/index.js';
import { itemName } from '../../worklist/item-name.js';
import { refusalText } from '../dialogs.js';
import { isShowable, priorStatus, priorTime } from './prior-words.js';
import '../report-texts/text-menu.css';
import './priors.css';

interface PriorPanelProps {
  read: ReadDetail;
  priors: readonly Prior[];
  first: Prior | undefined;
  /** Puts its images beside the present ones. */
  show: (prior: Prior) => void;
  /** Writes it into the report; null where that may not be changed. */
  compare: ((prior: PriorDetail) => void) | null;
  close: () => void;
}

const focus = (list: HTMLElement | null): void => list?.focus();

/** The person's other examinations, and the report of the one that is picked out. */
export function PriorPanel({ read, priors, first, show, compare, close }: PriorPanelProps) {
  const t = useText();
  const words = t.priors;
  const [id, setId] = useState((first ?? priors[0])?.id ?? '');
  const chosen = priors.find((one) => one.id === id);
  const load = useCallback(
    async (signal: AbortSignal) => (id ? api.read.prior(read.id, id, signal) : null),
    [read.id, id],
  );
  const { value, error, retry } = useFetched(load);
  const detail = value?.id === id ? value : null;
  const showable = chosen !== undefined && isShowable(chosen, read);
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const at = priors.findIndex((one) => one.id === id);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setId(priors[Math.max(0, Math.min(priors.length - 1, at + step))]?.id ?? '');
    else if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && !(event.target as HTMLElement).matches('button')) {
      if (chosen && showable) show(chosen);
    } else if (event.key.toUpperCase() === 'C' && !event.ctrlKey && !event.metaKey) {
      if (detail) compare?.(detail);
    } else return;
    event.preventDefault();
  };
  return (
    <div className="text-menu" role="dialog" aria-label={words.title} onKeyDown={onKeyDown} data-testid="prior-panel">
      <div
        className="text-list prior-list"
        role="listbox"
        aria-label={words.title}
        aria-activedescendant={chosen ? `prior-${chosen.id}` : undefined}
        tabIndex={0}
        ref={focus}
      >
        {priors.map((prior) => (
          <div
            key={prior.id}
            id={`prior-${prior.id}`}
            role="option"
            aria-selected={prior.id === id}
            className="text-row prior-row"
            onClick={() => setId(prior.id)}
            data-testid="prior-row"
          >
            <b>{dateTime(priorTime(prior)).slice(0, 10)}</b>
            <span>{itemName(prior, t)}</span>
            <small>{prior.organisation.name}</small>
            <small>{priorStatus(prior, read, t)}</small>
          </div>
        ))}
      </div>
      <div className="text-preview prior-report" data-testid="prior-report">
        {Boolean(error) && (
          <p role="alert">
            {refusalText(error, t)}{' '}
            <button type="button" onClick={retry}>
              {t.common.retry}
            </button>
          </p>
        )}
        {!detail && !error && <p>{t.common.loading}</p>}
        {detail && !detail.words && <p>{words.noReport}</p>}
        {detail?.words && (
          <>
            <p>{detail.words.findings}</p>
            <p className="text-impression">{detail.words.impression}</p>
            <p className="prior-people">
              {t.read.author(detail.words.author.name)} · {t.read.reviewer(detail.words.reviewer.name)} ·{' '}
              {dateTime(detail.words.signedAt)}
            </p>
          </>
        )}
      </div>
      <div className="text-acts">
        <button type="button" disabled={!showable} onClick={() => chosen && show(chosen)} data-testid="prior-show">
          {words.show} <kbd>⏎</kbd>
        </button>
        {compare && (
          <button
            type="button"
            disabled={!detail}
            onClick={() => detail && compare(detail)}
            data-testid="prior-compare"
          >
            {words.compare} <kbd>C</kbd>
          </button>
        )}
        <button type="button" className="text-close" onClick={close}>
          {t.common.close} <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  );
}
