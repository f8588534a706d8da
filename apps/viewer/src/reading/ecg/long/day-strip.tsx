import { useMemo, type MouseEvent } from 'react';
import { useText } from '../../../text/index.js';
import { clockAt, elapsed, ticksOf } from './clock.js';
import { eventsOf, type EcgOverview } from './overview.js';
import type { OverviewState } from './use-overview.js';

/** Beats a minute at the foot and the top of the strip. */
const [LEAST, MOST] = [30, 170];
const LINES = [60, 100];
const HEIGHT = MOST - LEAST;
const HOUR = 3600;
/** Of the axis: at most this many times of day. */
const MARKS = 13;

interface DayStripProps {
  overview: OverviewState;
  ofSeconds: number;
  startTime: string | undefined;
  /** What the page shows. */
  fromSeconds: number;
  seconds: number;
  go: (second: number) => void;
}

/** The whole recording at a glance: its rate, where pauses and fast runs are, and where the page stands; a click goes there. */
export function DayStrip({ overview, ofSeconds, startTime, fromSeconds, seconds, go }: DayStripProps) {
  const words = useText().ecg.long;
  const known = typeof overview === 'object' ? overview : null;
  const shapes = useMemo(() => known && shapesOf(known), [known]);
  const share = (second: number): string => `${(Math.min(1, second / ofSeconds) * 100).toFixed(3)}%`;
  const click = (event: MouseEvent<HTMLDivElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    go(((event.clientX - left) / width) * ofSeconds);
  };
  const step = [0.25, 0.5, 1, 2, 3, 6, 12, 24].find((hours) => ofSeconds / (hours * HOUR) < MARKS) ?? 48;
  const ticks = ticksOf(startTime, ofSeconds, step * HOUR);
  return (
    <div className="ecg-day" data-testid="ecg-day">
      <span className="ecg-day-name">
        {words.rate}
        <small>{words.computed}</small>
      </span>
      <div className="ecg-day-strip" onClick={click} title={words.goThere}>
        {shapes ? (
          <svg viewBox={`0 0 ${known!.ofSeconds / 60} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
            {LINES.map((rate) => (
              <line
                key={rate}
                className="ecg-day-line"
                x1="0"
                x2={known!.ofSeconds / 60}
                y1={MOST - rate}
                y2={MOST - rate}
              />
            ))}
            <path className="ecg-day-band" d={shapes.band} />
            <path className="ecg-day-mean" d={shapes.mean} />
          </svg>
        ) : (
          <span className="ecg-day-said" role="status">
            {overview === 'failed' ? words.overviewFailed : words.overviewWaiting}
          </span>
        )}
        {known &&
          LINES.map((rate) => (
            <small key={rate} className="ecg-day-rate" style={{ top: `${((MOST - rate) / HEIGHT) * 46}px` }}>
              {rate}
            </small>
          ))}
        {known &&
          eventsOf(known).map(({ kind, fromSeconds: at, doubtful }) => (
            <i
              key={`${kind} ${at}`}
              className={`ecg-day-${kind}${doubtful ? ' ecg-day-doubt' : ''}`}
              style={{ left: share(at) }}
            />
          ))}
        <i className="ecg-day-here" style={{ left: share(fromSeconds), width: share(seconds) }} />
        <span className="ecg-day-axis">
          {ticks.map((second) => (
            <small key={second} style={{ left: share(second) }}>
              {clockAt(startTime, second)
                .replace(/:\d\d( |$)/, '$1')
                .slice(0, 5) || elapsed(second).slice(0, -3)}
            </small>
          ))}
        </span>
      </div>
      <span className="ecg-day-counts">
        {known && (
          <>
            <b className="ecg-day-pause">▼</b> {words.pauses(known.pauses.length)}
            <br />
            <b className="ecg-day-fast">▲</b> {words.fastRuns(known.fastRuns.length)}
          </>
        )}
      </span>
    </div>
  );
}

/** In minutes and beats a minute; minutes without a rate break the line. */
function shapesOf({ trend }: EcgOverview): { band: string; mean: string } {
  const y = (rate: number): number => MOST - Math.max(LEAST, Math.min(MOST, rate));
  let [band, mean] = ['', ''];
  let down = false;
  trend.forEach(({ mean: rate, lowest, highest }, minute) => {
    if (rate === null) {
      down = false;
      return;
    }
    mean += `${down ? 'L' : 'M'}${minute} ${y(rate)}H${minute + 1}`;
    down = true;
    if (lowest !== null && highest !== null) band += `M${minute} ${y(highest)}h1V${y(lowest)}h-1Z`;
  });
  return { band, mean };
}
