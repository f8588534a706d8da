import { useEffect, useMemo, useState } from 'react';
import { useText } from '../../../text/index.js';
import type { EcgView } from '../ecg-view.js';
import { clockAt, elapsed } from './clock.js';
import { eventFrom, eventsOf, type EcgEvent, type EcgOverview } from './overview.js';
import { useOverview, type OverviewState } from './use-overview.js';

/** What stands on the page before the event that it was turned to. */
const BEFORE_EVENT = 2;
const MINUTE = 60;

interface LongEcgProps {
  readId: string;
  view: EcgView;
  /** Fetches the view again. */
  refresh: () => void;
  fromSeconds: number;
  /** Turns to the page that begins there. */
  place: (second: number) => void;
  say: (text: string) => void;
}

export interface LongEcg {
  readonly overview: OverviewState;
  /** The overview that the sheet of hours is drawn from, while it is open. */
  readonly hours: EcgOverview | null;
  readonly closeHours: () => void;
  /** By so many minutes. */
  readonly minutes: (by: number) => void;
  readonly event: (by: 1 | -1) => void;
  readonly toggleHours: () => void;
  /** Turns to a place of one's own choice. */
  readonly goTo: (second: number) => void;
  /** Another page was turned to. */
  readonly turned: () => void;
  /** The time of day, or from the beginning where that is not known. */
  readonly nameOf: (second: number) => string;
}

/** What one finds one's way in a recording of more than ten minutes by; in a shorter one each key says that there is none. */
export function useLongEcg({ readId, view, refresh, fromSeconds, place, say }: LongEcgProps): LongEcg {
  const words = useText().ecg.long;
  const long = view.stretch !== undefined;
  const overview = useOverview(readId, long);
  const known = typeof overview === 'object' ? overview : null;
  const events = useMemo(() => (known ? eventsOf(known) : []), [known]);
  const [event, setEvent] = useState<EcgEvent | null>(null);
  const [open, setOpen] = useState(false);
  // The recording was opened before it had been measured.
  const outdated = known !== null && !view.computed;
  useEffect(() => {
    if (outdated) refresh();
  }, [outdated, refresh]);

  const nameOf = (second: number): string => clockAt(view.recording.startTime, second) || elapsed(second);
  const textOf = ({ kind, fromSeconds: from, toSeconds, beats, ratePerMinute, doubtful }: EcgEvent): string => {
    const text =
      kind === 'pause'
        ? words.pause((toSeconds - from).toFixed(1), nameOf(from))
        : words.fast(beats, Math.round(ratePerMinute), nameOf(from));
    return doubtful ? `${text} · ${words.doubtful}` : text;
  };
  const toEvent = (by: 1 | -1): void => {
    const found = eventFrom(events, event?.fromSeconds ?? fromSeconds, by);
    if (!found) return say(by === 1 ? words.noEvent.next : words.noEvent.previous);
    setOpen(false);
    setEvent(found);
    place(Math.max(0, found.fromSeconds - BEFORE_EVENT));
    say(textOf(found));
  };
  const turned = (): void => {
    if (event) say('');
    setEvent(null);
  };
  /** Runs where there is an overview; else says why there is none. */
  const guided = (run: () => void) => (): void => {
    if (!long) return say(words.short);
    if (!known) return say(overview === 'failed' ? words.overviewFailed : words.overviewWaiting);
    run();
  };
  return {
    overview,
    hours: open ? known : null,
    closeHours: () => setOpen(false),
    minutes: (by) => {
      if (!long) return say(words.short);
      turned();
      place(Math.max(0, fromSeconds + by * MINUTE));
    },
    event: (by) => guided(() => toEvent(by))(),
    toggleHours: guided(() => setOpen(!open)),
    goTo: (second) => {
      turned();
      place(Math.max(0, second));
    },
    turned,
    nameOf,
  };
}
