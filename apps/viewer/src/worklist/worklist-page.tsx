import { Button, Modal, type InputRef } from 'antd';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { api } from '../api/client.js';
import type { Organisation } from '../api/types.js';
import { clock } from '../format.js';
import { dialogOpen } from '../office/dialog-open.js';
import { OfficeFrame } from '../office/office-frame.js';
import { useRemembered } from '../office/remembered.js';
import { typing } from '../office/typing.js';
import { useNow } from '../office/use-now.js';
import { usePolled } from '../office/use-polled.js';
import { FailedPage, PlainPage } from '../plain-page.js';
import { useUser } from '../session/session.js';
import { useText } from '../text/index.js';
import { EmergencyNotice, useNewEmergencies } from './emergency-notice.js';
import { FinishedNotice } from './finished-notice.js';
import { shownRows } from './load-worklist.js';
import { keepRound } from './round.js';
import { useWorklistEvents } from './use-worklist-events.js';
import { useWorklist } from './use-worklist.js';
import { filterKey, noFilter, type WorklistFilter } from './worklist-filter.js';
import { WorklistFilters } from './worklist-filters.js';
import { WorklistRow } from './worklist-row.js';
import { tabs } from './worklist-tabs.js';
import './worklist.css';

const POLL_MS = 3000;
/** While changes are told: for what no event tells, and for a line that is dead without knowing it. */
const POLL_LIVE_MS = 30_000;

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 250);
    return () => clearTimeout(timer);
  }, [value]);
  return settled.trim();
}

export default function WorklistPage() {
  const t = useText();
  const user = useUser();
  const [filter, setFilter] = useRemembered<WorklistFilter>(filterKey(user.id), noFilter);
  const [selected, setSelected] = useState('');
  const [keysShown, setKeysShown] = useState(false);
  const search = useSettled(filter.search);
  const now = useNow(1000);
  const searchInput = useRef<InputRef>(null);
  const list = useRef<HTMLUListElement>(null);
  const nudgeAll = useRef<() => void>(() => undefined);
  const live = useWorklistEvents(useCallback(() => nudgeAll.current(), []));
  const pollEvery = live ? POLL_LIVE_MS : POLL_MS;
  const worklist = useWorklist(filter, search, pollEvery);
  const { value, error, fetchedAt, refresh } = worklist;
  const change = useCallback((part: Partial<WorklistFilter>) => setFilter((old) => ({ ...old, ...part })), [setFilter]);

  const loadEmergencies = useCallback(
    async (signal: AbortSignal) =>
      (await api.worklist({ priority: 'emergency', state: 'open,assigned' }, signal)).items,
    [],
  );
  const emergencies = usePolled(loadEmergencies, pollEvery);
  const { nudge } = worklist;
  const { nudge: nudgeEmergencies } = emergencies;
  useEffect(() => {
    nudgeAll.current = () => {
      nudge();
      nudgeEmergencies();
    };
  }, [nudge, nudgeEmergencies]);
  const { fresh, acknowledge } = useNewEmergencies(emergencies.value);

  const rows = useMemo(() => shownRows(value?.items ?? [], filter, user.id), [value, filter, user.id]);
  useEffect(() => {
    if (value) keepRound(user.id, { filter, order: rows.map(({ id }) => id), opened: [] });
  }, [value, user.id, filter, rows]);
  const organisations = useMemo(() => {
    const byCode = new Map<string, Organisation>();
    for (const row of value?.items ?? []) byCode.set(row.organisation.code, row.organisation);
    if (filter.organisation && !byCode.has(filter.organisation)) {
      byCode.set(filter.organisation, { code: filter.organisation, name: filter.organisation });
    }
    return [...byCode.values()];
  }, [value, filter.organisation]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || dialogOpen()) return;
      const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>('a.case') ?? [])];
      const at = links.findIndex((link) => link.dataset['readId'] === selected);
      const key = event.key.toLowerCase();
      if (key === 'j') links[Math.min(links.length - 1, at + 1)]?.focus();
      else if (key === 'k') links[Math.max(0, at - 1)]?.focus();
      else if (
        key === 'enter' &&
        !(event.target instanceof HTMLAnchorElement) &&
        !(event.target instanceof HTMLButtonElement)
      ) {
        links[at]?.click();
      } else if (key === '/') searchInput.current?.focus();
      else if (key === '?') setKeysShown(true);
      else if (tabs[Number(key) - 1]) change({ tab: tabs[Number(key) - 1]! });
      else return;
      if (key === '/') event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [selected, change]);

  const filtered = Boolean(filter.kind || filter.priority || filter.organisation || search);
  const freshRows = useDeferredValue((emergencies.value ?? []).filter((row) => fresh.includes(row.id)));

  return (
    <OfficeFrame
      title={t.kind.both}
      middle={
        <div className="tabs" role="tablist">
          {tabs.map((tab) => (
            <button
              key={tab}
              type="button"
              role="tab"
              aria-selected={filter.tab === tab}
              className="tab"
              data-testid={`tab-${tab}`}
              onClick={() => change({ tab })}
            >
              {t.worklist.tabs[tab]} <b>{value?.counts[tab] ?? '–'}</b>
            </button>
          ))}
        </div>
      }
    >
      <EmergencyNotice rows={freshRows} acknowledge={acknowledge} />
      <FinishedNotice on={null} />
      <WorklistFilters
        filter={filter}
        change={change}
        organisations={organisations}
        searchRef={searchInput}
        showKeys={() => setKeysShown(true)}
      />
      {value && Boolean(error) && (
        <p className="stale" role="status">
          ◆ {t.worklist.staleSince(clock(fetchedAt ?? now))}
          <Button size="small" onClick={refresh}>
            {t.common.retry}
          </Button>
        </p>
      )}
      <div className="cases">
        {rows.length > 0 && (
          <div className="case case-head" aria-hidden>
            <span />
            <span>{t.worklist.columns.case}</span>
            <span>{t.worklist.columns.patient}</span>
            <span>{t.worklist.columns.from}</span>
            <span>{t.worklist.columns.reason}</span>
            <span>{t.worklist.columns.images}</span>
            <span>{t.worklist.columns.who}</span>
            <span>{t.worklist.columns.time}</span>
          </div>
        )}
        <ul ref={list} className="case-list" aria-label={t.worklist.tabs[filter.tab]}>
          {rows.map((row) => (
            <WorklistRow
              key={row.id}
              row={row}
              now={now}
              selected={row.id === selected}
              fresh={fresh.includes(row.id)}
              onSelect={setSelected}
            />
          ))}
        </ul>
        {!value && !error && <PlainPage title={t.common.loading} />}
        {!value && Boolean(error) && (
          <FailedPage title={t.worklist.failed} kept={t.worklist.failedKept} error={error} retry={refresh} />
        )}
        {value && rows.length === 0 && (
          <PlainPage
            title={filtered ? t.worklist.emptyFiltered : t.worklist.empty[filter.tab]}
            detail={filtered ? t.worklist.emptyFilteredWhy : t.worklist.emptyWhy[filter.tab]}
            action={
              filtered
                ? {
                    label: t.worklist.clearFilters,
                    act: () => change({ kind: '', priority: '', organisation: '', search: '' }),
                  }
                : undefined
            }
          />
        )}
        {value?.next && (
          <p className="cases-more">
            <Button onClick={worklist.more}>{t.common.more}</Button>
            {filter.organisation && <span>{t.worklist.organisationNote(value.items.length)}</span>}
          </p>
        )}
      </div>
      <footer className="cases-foot">
        <span data-testid="today">
          {value && t.worklist.footer(value.today.done, value.counts.waiting, value.today.overdue)}
        </span>
        {fetchedAt && (
          <span data-testid="refreshed" data-live={live}>
            {live && `● ${t.worklist.live} · `}
            {t.worklist.refreshed(clock(fetchedAt))}
          </span>
        )}
      </footer>
      <Modal open={keysShown} title={t.worklist.keys} footer={null} onCancel={() => setKeysShown(false)} width={360}>
        <dl className="keys">
          {t.worklist.keysList.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </Modal>
    </OfficeFrame>
  );
}
