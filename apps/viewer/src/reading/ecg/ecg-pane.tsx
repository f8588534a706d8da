import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import {
  alignBeats,
  cutBeats,
  ECG_LAYOUTS,
  type EcgLayout,
  filterEcg,
  hasFewLeads,
  layoutEcgPage,
  RAW,
  rPeaks,
  startOf,
  type PageLead,
} from '#libs/formats/ecg-page';
import { api } from '../../api/client.js';
import type { ReadDetail } from '../../api/types.js';
import { fontFamily } from '../../office/theme.js';
import { useFetched } from '../../office/use-fetched.js';
import { useRemembered } from '../../office/remembered.js';
import { FailedPage, PlainPage } from '../../plain-page.js';
import { useUser } from '../../session/session.js';
import { useText } from '../../text/index.js';
import { priorName } from '../priors/prior-words.js';
import { useCaliper } from './caliper.js';
import type { PageDrawing } from './draw-page.js';
import * as choices from './ecg-choice.js';
import { EcgKeyList } from './ecg-key-list.js';
import { EcgDocument, isDocument } from './ecg-document.js';
import { useEcgKeys, type EcgActions } from './ecg-keys.js';
import { EcgToolbar } from './ecg-toolbar.js';
import { decodeLeads, screenBox, type EcgView } from './ecg-view.js';
import { ConfirmMeasurements } from './confirm-measurements.js';
import { Findings } from './findings.js';
import { offered } from './measurement-line.js';
import { noteText } from './note-text.js';
import { Paper } from './paper.js';
import { RulerDialog } from './ruler-dialog.js';
import { useScreenScale } from './screen-scale.js';
import { DayStrip } from './long/day-strip.js';
import { Hours } from './long/hours.js';
import { useLongEcg } from './long/use-long-ecg.js';
import { useStretch } from './long/use-stretch.js';
import { SignalWarnings } from './signal-warnings.js';
import { useEarlierEcg } from './use-earlier-ecg.js';
import './ecg.css';

/** CSS pixels of a millimetre below which nothing can be read. */
const LEAST = 2.2;
/** Of two pages, on a screen that has the width for one of them: the smallest at which they are still compared. */
const LEAST_OF_TWO = 1.5;
/** What stands between the two. */
const CAPTION = 34;
const SHIFT_MS = 20;
type Beside = 'beneath' | 'overlaid' | null;
/** On the page in the place of the rhythm: the beats that the device computed, or those of the page laid over each other. */
type Beats = 'device' | 'computed' | null;
type Zoom = 'fit' | 'actual' | 'double';

interface EcgPaneProps {
  read: ReadDetail;
  /** Where, beside the paper, the device's own findings go. */
  beside: HTMLElement | null;
  /** Where confirmed measurements go; null in a read that is not this doctor's to write. */
  measurements: { remember: () => void; insert: (line: string) => void } | null;
}

function EcgReading({
  read,
  view,
  refresh,
  beside,
  measurements,
}: EcgPaneProps & { view: EcgView; refresh: () => void }) {
  const t = useText();
  const words = t.ecg;
  const [kept, choose] = useRemembered(`qiao.ecg.${useUser().id}`, choices.FIRST_CHOICE);
  const choice = choices.sound(kept);
  const { cabrera, speed, gain } = choice;
  const [filters, setFilters] = useState(RAW);
  const [raw, setRaw] = useState(false);
  const [pageAt, setPageAt] = useState(0);
  const [earlierAs, setEarlierAs] = useState<Beside>(null);
  const [shiftMs, setShiftMs] = useState(0);
  const [beatsAsked, setBeats] = useState<Beats>(null);
  const [lens, setLens] = useState(false);
  const [zoom, setZoom] = useState<Zoom>('fit');
  const [dialog, setDialog] = useState<'ruler' | 'keys' | 'confirm' | null>(null);
  const [said, say] = useState('');
  const screen = useScreenScale();
  const frame = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const earlier = useEarlierEcg(read, earlierAs !== null);

  const deviceBeats = useMemo(() => decodeLeads(view.recording.representativeBeats ?? []).leads, [view]);
  const applied = raw ? RAW : filters;
  const first = useMemo(() => decodeLeads(view.recording.leads), [view]);
  const wholeSeconds = view.stretch?.ofSeconds;
  // Its own leads at first, whatever this person likes for twelve.
  const few = hasFewLeads(first.leads.map(({ name }) => name));
  const [fewLayout, setFewLayout] = useState<EcgLayout>('12x1');
  const layout = few ? fewLayout : choice.layout;
  const length = useMemo(() => wholeSeconds ?? choices.lengthOf(first.leads), [wholeSeconds, first]);
  const seconds = choices.pageSeconds(speed, length);
  const ownPages = choices.pageCount(length, seconds);
  const at = Math.min(pageAt, ownPages - 1);
  const part = useStretch(read.id, view, at * seconds);
  const { fromSeconds } = part;
  const long = useLongEcg({
    readId: read.id,
    view,
    refresh,
    fromSeconds,
    place: (second) => setPageAt(Math.max(0, Math.min(ownPages - 1, second / seconds))),
    say,
  });
  const stored = useMemo(
    () => (part.view === view ? first : decodeLeads(part.view.recording.leads)),
    [part.view, view, first],
  );
  const rhythm = useMemo(() => filterEcg(stored.leads, applied), [stored, applied]);
  // A part's leads begin later than the recording.
  const inPart = fromSeconds - (wholeSeconds === undefined ? 0 : Math.min(...stored.leads.map(startOf)));
  const layOut = useCallback(
    (leads: readonly PageLead[], notes: readonly string[], from: number, whole?: number) =>
      layoutEcgPage(
        { leads, notes, ...(whole === undefined ? {} : { wholeSeconds: whole }) },
        { layout, cabrera, speedMmPerS: speed, gainMmPerMv: gain, fromSeconds: from, seconds },
      ),
    [layout, cabrera, speed, gain, seconds],
  );
  // Only where they are looked at: they take longer than the page.
  const peaksOfPage = useCallback(
    () => rPeaks(stored.leads, part.view.beats ?? [], inPart, seconds),
    [stored, part.view, inPart, seconds],
  );
  const cut = useMemo(
    () => (beatsAsked === 'computed' ? cutBeats(rhythm.leads, peaksOfPage(), inPart) : null),
    [beatsAsked, rhythm, peaksOfPage, inPart],
  );
  const beats = beatsAsked === 'computed' && !cut ? null : beatsAsked;
  const beatLeads = beats === 'computed' && cut ? cut.median : deviceBeats;
  const page = useMemo(
    () =>
      beats ? layOut(beatLeads, [], 0) : layOut(rhythm.leads, part.view.recording.notes, fromSeconds, wholeSeconds),
    [beats, beatLeads, rhythm, part.view, layOut, fromSeconds, wholeSeconds],
  );
  const past = useMemo(() => {
    if (!earlier.leads) return null;
    const { leads } = filterEcg(earlier.leads, applied);
    const itsLength = choices.lengthOf(leads);
    const itsPages = choices.pageCount(itsLength, seconds);
    // It turns its pages with the present one, and stays on its last.
    const from = Math.min(pageAt, itsPages - 1) * seconds;
    return { leads, page: layOut(leads, [], from), pages: itsPages, from, length: itsLength };
  }, [earlier.leads, applied, layOut, pageAt, seconds]);
  const pages = Math.max(ownPages, (earlierAs && past?.pages) || 1);
  const turned = Math.min(pageAt, pages - 1);
  const overlaid = earlierAs === 'overlaid' && !beats ? past : null;
  const alignedMs = useMemo(() => {
    if (!overlaid || !earlier.leads) return null;
    // The raw leads: the filters move no peak.
    const peaks = peaksOfPage();
    const its = rPeaks(earlier.leads, earlier.beats, overlaid.from, seconds);
    return peaks.length > 0 && its.length > 0 ? Math.round(alignBeats(peaks, its) * 1000) : null;
  }, [overlaid, earlier.leads, earlier.beats, peaksOfPage, seconds]);

  const filtered = choices.filterText(applied, t);
  const device = choices.deviceFilterText(view.recording.leads, t);
  const clock = wholeSeconds === undefined ? '' : `${long.nameOf(fromSeconds)} · `;
  const positionOf = (from: number, all: number): string =>
    words.position(
      String(Math.round(from * 10) / 10),
      String(Math.round(Math.min(all, from + seconds) * 10) / 10),
      String(Math.round(all * 10) / 10),
    );
  const position = `${clock}${positionOf(fromSeconds, length)}`;
  const pastPosition = past ? positionOf(past.from, past.length) : '';
  const name = earlier.prior ? priorName(earlier.prior, t) : '';
  const beatsText = beats === 'computed' ? words.beatsComputed(cut?.beats.length ?? 0) : words.beatsOnPage;
  const foot = useMemo(
    () =>
      [
        page.speedText,
        page.gainText,
        ...(beats
          ? [beatsText, ...(beats === 'computed' ? [filtered, device, position] : [])]
          : [filtered, device, position]),
      ]
        .filter(Boolean)
        .join('   '),
    [page, beats, beatsText, filtered, device, position],
  );
  const base = useMemo(() => ({ font: fontFamily, words: words.label }), [words]);
  const drawing = useMemo<PageDrawing>(
    () => ({
      ...base,
      page,
      foot,
      leads: beats ? beatLeads : rhythm.leads,
      overlays: overlaid
        ? [
            {
              kind: 'earlier',
              traces: overlaid.page.traces,
              leads: overlaid.leads,
              shiftMm: (((alignedMs ?? 0) + shiftMs) / 1000) * speed,
            },
          ]
        : beats === 'computed' && cut
          ? cut.beats.map((one) => ({ kind: 'beat', traces: page.traces, leads: one, shiftMm: 0 }))
          : [],
    }),
    [base, page, foot, beats, cut, beatLeads, rhythm, overlaid, alignedMs, shiftMs, speed],
  );
  const pastDrawing = useMemo<PageDrawing | null>(
    () =>
      earlierAs === 'beneath' && past
        ? {
            ...base,
            page: past.page,
            leads: past.leads,
            overlays: [],
            foot: [past.page.speedText, past.page.gainText, filtered, pastPosition, name].join('   '),
          }
        : null,
    [base, earlierAs, past, filtered, pastPosition, name],
  );
  const caliper = useCaliper(page, [layout, cabrera, speed, gain, fromSeconds, beats].join());

  useEffect(() => {
    const host = frame.current;
    if (!host) return undefined;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    watch.observe(host);
    return () => watch.disconnect();
  }, []);
  const drawn = useCallback(() => {
    if (frame.current) frame.current.dataset['renderedImageId'] = `ecg:${read.id}`;
    if (performance.getEntriesByName('first-lossless', 'mark').length === 0) {
      performance.mark('first-preview');
      performance.mark('first-lossless');
    }
  }, [read.id]);

  const box = screenBox(page);
  // The whole page, where that stays legible; else it scrolls.
  const height = pastDrawing
    ? (room.height - CAPTION) / (box.heightMm + screenBox(pastDrawing.page).heightMm)
    : room.height / box.heightMm;
  const least = pastDrawing && room.width >= LEAST * box.widthMm ? LEAST_OF_TWO : LEAST;
  const fit = room.width === 0 ? 0 : Math.max(least, Math.min(room.width / box.widthMm, height));
  const scale = room.width === 0 ? 0 : { fit, actual: screen.pixelsPerMm, double: fit * 2 }[zoom];

  const change = (by: Partial<choices.EcgChoice>): void => choose({ ...choice, ...by });
  const filter = (to: (now: typeof filters) => typeof filters): void => {
    setRaw(false);
    setFilters(to(applied));
  };
  const showEarlier = (as: Beside): void => {
    if (earlier.known && earlier.count === 0) return say(words.noEarlier);
    setShiftMs(0);
    setEarlierAs(earlierAs === as ? null : as);
  };
  const values = useMemo(() => offered(view), [view]);
  const confirm = (): void => {
    say('');
    if (!measurements) return say(words.confirm.notYours);
    if (values.length === 0) return say(words.noMeasurements);
    measurements.remember();
    setDialog('confirm');
  };
  const act: EcgActions = {
    layout: () => {
      const next = choices.after(ECG_LAYOUTS, layout);
      if (few) setFewLayout(next);
      else change({ layout: next });
    },
    cabrera: () => change({ cabrera: !cabrera }),
    speed: () => {
      const next = choices.after<number>(choices.SPEEDS, speed);
      // The second that was looked at stays on the page.
      const sheet = fromSeconds / choices.pageSeconds(next, length);
      setPageAt(wholeSeconds === undefined ? Math.floor(sheet) : sheet);
      change({ speed: next });
    },
    gain: () => change({ gain: choices.after<number>(choices.GAINS, gain) }),
    highPass: () => filter(choices.nextHighPass),
    lowPass: () => filter(choices.nextLowPass),
    notch: () => filter((now) => ({ ...now, notch50Hz: !now.notch50Hz })),
    raw: () => setRaw(!raw),
    turn: (by) => {
      long.turned();
      setPageAt(Math.max(0, Math.min(pages - 1, turned + by)));
    },
    minutes: long.minutes,
    event: long.event,
    hours: long.toggleHours,
    point: () => caliper.point(),
    move: caliper.move,
    clear: caliper.clear,
    lens: () => setLens(!lens),
    beats: () => {
      const ways: Beats[] = [
        null,
        ...(deviceBeats.length > 0 ? ['device' as const] : []),
        ...(cutBeats(rhythm.leads, peaksOfPage(), fromSeconds) ? ['computed' as const] : []),
      ];
      if (ways.length === 1) say(words.noBeats);
      setBeats(choices.after(ways, beats));
    },
    earlier: () => showEarlier('beneath'),
    overlay: () => showEarlier('overlaid'),
    shift: (by) => setShiftMs(shiftMs + by * SHIFT_MS),
    older: (by) => {
      setShiftMs(0);
      earlier.step(by);
    },
    fit: () => setZoom('fit'),
    actual: () => setZoom('actual'),
    double: () => setZoom('double'),
    ruler: () => setDialog('ruler'),
    keys: () => setDialog(dialog === 'keys' ? null : 'keys'),
    confirm,
  };
  useEcgKeys(act);
  const line = [
    part.failed ? words.long.notFetched(long.nameOf(at * seconds)) : '',
    part.waiting ? words.long.fetching(long.nameOf(at * seconds)) : '',
    said,
    earlierAs && earlier.failed ? words.earlierFailed : '',
    earlierAs && !earlier.failed && !past ? words.earlierLoading : '',
    overlaid ? words.overlaid(name, alignedMs, shiftMs) : '',
    zoom === 'actual' && !screen.calibrated ? words.notCalibrated : '',
    rhythm.skipped.length > 0 ? words.filters.skipped(rhythm.skipped.join(', ')) : '',
  ].filter(Boolean);

  return (
    <>
      <SignalWarnings view={view} />
      <div className="ecg-frame" ref={frame} tabIndex={0} role="region" aria-label={t.kind.ecg} data-testid="viewport">
        {stored.leads.length === 0 && <PlainPage title={words.empty} />}
        {long.hours && (
          <Hours
            readId={read.id}
            overview={long.hours}
            startTime={view.recording.startTime}
            fromSeconds={fromSeconds}
            seconds={seconds}
            go={(second) => {
              long.closeHours();
              long.goTo(second);
            }}
            close={long.closeHours}
          />
        )}
        {stored.leads.length > 0 && !long.hours && (
          <Paper drawing={drawing} scale={scale} caliper={caliper} lens={lens} drawn={drawn} />
        )}
        {pastDrawing && !long.hours && (
          <div data-testid="earlier-ecg">
            <p className="ecg-earlier">
              ◆ {words.earlierShown(name, earlier.number, earlier.count)} · {pastPosition}
            </p>
            <Paper drawing={pastDrawing} scale={scale} caliper={null} lens={false} />
          </div>
        )}
      </div>
      {wholeSeconds !== undefined && (
        <DayStrip
          overview={long.overview}
          ofSeconds={wholeSeconds}
          startTime={view.recording.startTime}
          fromSeconds={fromSeconds}
          seconds={seconds}
          go={(second) => long.goTo(second - seconds / 2)}
        />
      )}
      <EcgToolbar
        act={act}
        choice={choice}
        layout={few && layout === '12x1' ? `${Math.min(12, first.leads.length)}×1` : choices.layoutName(layout)}
        filters={applied}
        pages={pages}
        at={turned}
        long={wholeSeconds !== undefined}
        on={{
          hours: long.hours !== null,
          raw,
          earlier: earlierAs === 'beneath',
          overlay: earlierAs === 'overlaid',
          beats: beats !== null,
          lens,
          fit: zoom === 'fit',
          actual: zoom === 'actual',
          double: zoom === 'double',
        }}
      />
      <div className="ecg-state">
        <span data-testid="frame-indicator">
          {page.speedText} · {page.gainText}
        </span>
        <span data-testid="ecg-filters">{filtered}</span>
        <span data-testid="ecg-position">{position}</span>
        <span role="status" data-testid="ecg-said">
          {line.join(' · ')}
          {part.failed && (
            <button type="button" className="ecg-again" onClick={part.retry}>
              {words.long.again}
            </button>
          )}
        </span>
        {line.length === 0 && <span className="ecg-hint">{words.caliperHint}</span>}
      </div>
      {((!beats && page.notes.length > 0) || stored.unreadable.length > 0) && (
        <p className="ecg-notes">
          {stored.unreadable.map((lead) => (
            <b key={lead}>✕ {words.unreadableLead(lead)} </b>
          ))}
          {(beats ? [] : page.notes).map((note) => noteText(note, t)).join(' · ')}
        </p>
      )}
      {dialog === 'ruler' && (
        <RulerDialog pixelsPerMm={screen.pixelsPerMm} keep={screen.keep} close={() => setDialog(null)} />
      )}
      {dialog === 'keys' && <EcgKeyList close={() => setDialog(null)} />}
      {dialog === 'confirm' && measurements && (
        <ConfirmMeasurements
          offered={values}
          insert={(confirmed) => {
            measurements.insert(confirmed);
            say(words.confirm.done);
          }}
          close={() => setDialog(null)}
        />
      )}
      {beside &&
        createPortal(<Findings view={view} confirm={measurements && values.length > 0 ? confirm : null} />, beside)}
    </>
  );
}

export default function EcgPane(props: EcgPaneProps) {
  const { read } = props;
  const t = useText();
  const readId = read.id;
  const load = useCallback(
    (signal: AbortSignal) => {
      performance.clearMarks('first-preview');
      performance.clearMarks('first-lossless');
      return api.read.ecg(readId, signal);
    },
    [readId],
  );
  const { value: view, error, retry } = useFetched(load);
  return (
    <section className="ecg">
      {view && <EcgReading key={readId} {...props} view={view} refresh={retry} />}
      {!view && !error && <PlainPage title={t.ecg.loading} />}
      {!view && isDocument(error) && <EcgDocument readId={readId} />}
      {!view && Boolean(error) && !isDocument(error) && <FailedPage title={t.ecg.failed} error={error} retry={retry} />}
    </section>
  );
}
