import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { api } from '../../../api/client.js';
import { useFetched } from '../../../office/use-fetched.js';
import { useText } from '../../../text/index.js';
import { clockAt, elapsed } from './clock.js';
import { drawHours, ROW_SECONDS, ROWS } from './draw-hours.js';
import { decodeExtremes, eventsOf, type EcgOverview } from './overview.js';

const SHEET_SECONDS = ROWS * ROW_SECONDS;
/** Arrow keys to the left and right go by this. */
const STEP = 10;
const HEIGHTS = [0.5, 1, 2];

interface HoursProps {
  readId: string;
  overview: EcgOverview;
  startTime: string | undefined;
  /** What the page shows, and where the sheet opens. */
  fromSeconds: number;
  seconds: number;
  /** Opens the page there. */
  go: (second: number) => void;
  close: () => void;
}

/** Half an hour of one lead on a sheet, a minute a row; arrows choose a place, Enter opens it on the page. */
export function Hours({ readId, overview, startTime, fromSeconds, seconds, go, close }: HoursProps) {
  const words = useText().ecg.long;
  const [lead, setLead] = useState(() => overview.leads.find((name) => name === 'II') ?? overview.leads[0] ?? '');
  const [chosen, choose] = useState(() => Math.floor(fromSeconds / STEP) * STEP);
  const [height, setHeight] = useState(1);
  const last = Math.max(0, Math.ceil(overview.ofSeconds / STEP) * STEP - STEP);
  const sheet = Math.floor(chosen / SHEET_SECONDS) * SHEET_SECONDS;
  const load = useCallback(
    async (signal: AbortSignal) => {
      const levels = await api.read.ecgLevels(readId, { lead, from: sheet, seconds: SHEET_SECONDS }, signal);
      return { levels, extremes: decodeExtremes(levels) };
    },
    [readId, lead, sheet],
  );
  const { value, error, retry } = useFetched(load);
  const there = value?.levels.lead === lead && value.levels.fromSeconds === sheet ? value : null;
  const events = useMemo(() => eventsOf(overview), [overview]);
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });

  useEffect(() => {
    host.current?.focus();
  }, []);
  useEffect(() => {
    const parent = canvas.current?.parentElement;
    if (!parent) return undefined;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    watch.observe(parent);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    const context = canvas.current?.getContext('2d', { willReadFrequently: true });
    if (!canvas.current || !context || !there || room.width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.current.width = Math.round(room.width * ratio);
    canvas.current.height = Math.round(room.height * ratio);
    drawHours(context, canvas.current.width, canvas.current.height, {
      ...there,
      fromSeconds: sheet,
      events,
      chosen: { fromSeconds: chosen, seconds },
      rowsPerMillivolt: height,
    });
    canvas.current.dataset['drawn'] = `${lead} ${sheet}`;
  }, [there, room, sheet, events, chosen, seconds, height, lead]);

  const to = (second: number): void => choose(Math.max(0, Math.min(last, second)));
  const keys: Record<string, () => void> = {
    ArrowUp: () => to(chosen - ROW_SECONDS),
    ArrowDown: () => to(chosen + ROW_SECONDS),
    ArrowLeft: () => to(chosen - STEP),
    ArrowRight: () => to(chosen + STEP),
    PageUp: () => to(chosen - SHEET_SECONDS),
    PageDown: () => to(chosen + SHEET_SECONDS),
    Home: () => to(0),
    End: () => to(last),
    Enter: () => go(chosen),
    Escape: close,
    G: () => setHeight(HEIGHTS[(HEIGHTS.indexOf(height) + 1) % HEIGHTS.length]!),
    L: () => setLead(overview.leads[(overview.leads.indexOf(lead) + 1) % overview.leads.length] ?? lead),
  };
  const press = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key.length === 1 ? event.key.toUpperCase() : event.key];
    if (!act) return;
    act();
    event.preventDefault();
    // The same keys turn the page behind.
    event.stopPropagation();
  };
  const click = (event: MouseEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * ROWS);
    const second = sheet + row * ROW_SECONDS + ((event.clientX - box.left) / box.width) * ROW_SECONDS;
    if (second < overview.ofSeconds) go(Math.max(0, second - seconds / 2));
  };
  const name = (second: number): string => clockAt(startTime, second) || elapsed(second);
  return (
    <div
      className="ecg-hours"
      ref={host}
      tabIndex={0}
      role="region"
      aria-label={words.hours}
      onKeyDown={press}
      data-testid="ecg-hours"
    >
      <p className="ecg-hours-head">
        <b>{lead}</b> {name(sheet)}–{name(Math.min(overview.ofSeconds, sheet + SHEET_SECONDS))}
        <span data-testid="ecg-hours-chosen">{words.chosen(name(chosen))}</span>
        <small>{words.hoursHint(height)}</small>
      </p>
      <div className="ecg-hours-sheet">
        <ol aria-hidden>
          {Array.from({ length: ROWS }, (_, row) => (
            <li key={row}>
              {sheet + row * ROW_SECONDS < overview.ofSeconds ? name(sheet + row * ROW_SECONDS).slice(0, 5) : ''}
            </li>
          ))}
        </ol>
        <div>
          <canvas ref={canvas} onClick={click} />
          {!there && (
            <p className="ecg-hours-said" role="status">
              {error ? (
                <>
                  {words.hoursFailed} <button onClick={retry}>{words.again}</button>
                </>
              ) : (
                words.hoursLoading
              )}
            </p>
          )}
        </div>
      </div>
    </div>
  );
}
