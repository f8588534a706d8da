import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { ECG_LAYOUTS, filterEcg, layoutEcgPage, RAW, type PageLead } from '#libs/formats/ecg-page';
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
import { useEarlierEcg } from './use-earlier-ecg.js';
import './ecg.css';

/** CSS pixels of a millimetre below which nothing can be read. */
const LEAST = 2.2;
const SHIFT_MS = 20;
type Beside = 'beneath' | 'overlaid' | null;
type Zoom = 'fit' | 'actual' | 'double';

interface EcgPaneProps {
  read: ReadDetail;
  /** Where, beside the paper, the device's own findings go. */
  beside: HTMLElement | null;
  /** Where confirmed measurements go; null in a read that is not this doctor's to write. */
  measurements: { remember: () => void; insert: (line: string) => void } | null;
}

function EcgReading({ read, view, beside, measurements }: EcgPaneProps & { view: EcgView }) {
  const t = useText();
  const words = t.ecg;
  const [kept, choose] = useRemembered(`qiao.ecg.${useUser().id}`, choices.FIRST_CHOICE);
  const choice = choices.sound(kept);
  const { layout, cabrera, speed, gain } = choice;
  const [filters, setFilters] = useState(RAW);
  const [raw, setRaw] = useState(false);
  const [pageAt, setPageAt] = useState(0);
  const [earlierAs, setEarlierAs] = useState<Beside>(null);
  const [shiftMs, setShiftMs] = useState(0);
  const [beats, setBeats] = useState(false);
  const [lens, setLens] = useState(false);
  const [zoom, setZoom] = useState<Zoom>('fit');
  const [dialog, setDialog] = useState<'ruler' | 'keys' | 'confirm' | null>(null);
  const [said, say] = useState('');
  const screen = useScreenScale();
  const frame = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const earlier = useEarlierEcg(read, earlierAs !== null);

  const stored = useMemo(() => decodeLeads(view.recording.leads), [view]);
  const beatLeads = useMemo(() => decodeLeads(view.recording.representativeBeats ?? []).leads, [view]);
  const applied = raw ? RAW : filters;
  const rhythm = useMemo(() => filterEcg(stored.leads, applied), [stored, applied]);
  const length = useMemo(() => choices.lengthOf(stored.leads), [stored]);
  const seconds = choices.pageSeconds(speed, length);
  const pages = choices.pageCount(length, seconds);
  const at = Math.min(pageAt, pages - 1);
  const fromSeconds = at * seconds;
  const layOut = useCallback(
    (leads: readonly PageLead[], notes: readonly string[], from: number) =>
      layoutEcgPage(
        { leads, notes },
        { layout, cabrera, speedMmPerS: speed, gainMmPerMv: gain, fromSeconds: from, seconds },
      ),
    [layout, cabrera, speed, gain, seconds],
  );
  const page = useMemo(
    () => (beats ? layOut(beatLeads, [], 0) : layOut(rhythm.leads, view.recording.notes, fromSeconds)),
    [beats, beatLeads, rhythm, view, layOut, fromSeconds],
  );
  const past = useMemo(() => {
    if (!earlier.leads) return null;
    const { leads } = filterEcg(earlier.leads, applied);
    return { leads, page: layOut(leads, [], 0) };
  }, [earlier.leads, applied, layOut]);

  const filtered = choices.filterText(applied, t);
  const device = choices.deviceFilterText(view.recording.leads, t);
  const position = words.position(
    String(fromSeconds),
    String(Math.round(Math.min(length, fromSeconds + seconds) * 10) / 10),
    String(Math.round(length * 10) / 10),
  );
  const name = earlier.prior ? priorName(earlier.prior, t) : '';
  const foot = useMemo(
    () =>
      [page.speedText, page.gainText, ...(beats ? [words.beatsOnPage] : [filtered, device, position])]
        .filter(Boolean)
        .join('   '),
    [page, beats, words, filtered, device, position],
  );
  const base = useMemo(() => ({ font: fontFamily, words: words.label }), [words]);
  const drawing = useMemo<PageDrawing>(
    () => ({
      ...base,
      page,
      foot,
      leads: beats ? beatLeads : rhythm.leads,
      overlay:
        earlierAs === 'overlaid' && past && !beats
          ? { traces: past.page.traces, leads: past.leads, shiftMm: (shiftMs / 1000) * speed }
          : null,
    }),
    [base, page, foot, beats, beatLeads, rhythm, earlierAs, past, shiftMs, speed],
  );
  const pastDrawing = useMemo<PageDrawing | null>(
    () =>
      earlierAs === 'beneath' && past
        ? {
            ...base,
            page: past.page,
            leads: past.leads,
            overlay: null,
            foot: [past.page.speedText, past.page.gainText, filtered, name].join('   '),
          }
        : null,
    [base, earlierAs, past, filtered, name],
  );
  const caliper = useCaliper(page, [layout, cabrera, speed, gain, at, beats].join());

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
  const fit =
    room.width === 0
      ? 0
      : Math.max(LEAST, Math.min(room.width / box.widthMm, room.height / (pastDrawing ? 2 : 1) / box.heightMm));
  const scale = room.width === 0 ? 0 : { fit, actual: screen.pixelsPerMm, double: fit * 2 }[zoom];

  const change = (by: Partial<choices.EcgChoice>): void => choose({ ...choice, ...by });
  const filter = (to: (now: typeof filters) => typeof filters): void => {
    setRaw(false);
    setFilters(to(applied));
  };
  const showEarlier = (as: Beside): void => {
    if (earlier.known && earlier.count === 0) return say(words.noEarlier);
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
    layout: () => change({ layout: choices.after(ECG_LAYOUTS, layout) }),
    cabrera: () => change({ cabrera: !cabrera }),
    speed: () => {
      const next = choices.after<number>(choices.SPEEDS, speed);
      // The second that was looked at stays on the page.
      setPageAt(Math.floor(fromSeconds / choices.pageSeconds(next, length)));
      change({ speed: next });
    },
    gain: () => change({ gain: choices.after<number>(choices.GAINS, gain) }),
    highPass: () => filter(choices.nextHighPass),
    lowPass: () => filter(choices.nextLowPass),
    notch: () => filter((now) => ({ ...now, notch50Hz: !now.notch50Hz })),
    raw: () => setRaw(!raw),
    turn: (by) => setPageAt(Math.max(0, Math.min(pages - 1, at + by))),
    point: () => caliper.point(),
    move: caliper.move,
    clear: caliper.clear,
    lens: () => setLens(!lens),
    beats: () => (beatLeads.length === 0 ? say(words.noBeats) : setBeats(!beats)),
    earlier: () => showEarlier('beneath'),
    overlay: () => showEarlier('overlaid'),
    shift: (by) => setShiftMs(shiftMs + by * SHIFT_MS),
    older: earlier.step,
    fit: () => setZoom('fit'),
    actual: () => setZoom('actual'),
    double: () => setZoom('double'),
    ruler: () => setDialog('ruler'),
    keys: () => setDialog(dialog === 'keys' ? null : 'keys'),
    confirm,
  };
  useEcgKeys(act);
  const line = [
    said,
    earlierAs && earlier.failed ? words.earlierFailed : '',
    earlierAs && !earlier.failed && !past ? words.earlierLoading : '',
    earlierAs === 'overlaid' && past ? words.overlaid(name, shiftMs) : '',
    zoom === 'actual' && !screen.calibrated ? words.notCalibrated : '',
    rhythm.skipped.length > 0 ? words.filters.skipped(rhythm.skipped.join(', ')) : '',
  ].filter(Boolean);

  return (
    <>
      <div className="ecg-frame" ref={frame} tabIndex={0} role="region" aria-label={t.kind.ecg} data-testid="viewport">
        {stored.leads.length === 0 ? (
          <PlainPage title={words.empty} />
        ) : (
          <Paper drawing={drawing} scale={scale} caliper={caliper} lens={lens} drawn={drawn} />
        )}
        {pastDrawing && (
          <div data-testid="earlier-ecg">
            <p className="ecg-earlier">◆ {words.earlierShown(name, earlier.number, earlier.count)}</p>
            <Paper drawing={pastDrawing} scale={scale} caliper={null} lens={false} />
          </div>
        )}
      </div>
      <EcgToolbar
        act={act}
        choice={choice}
        filters={applied}
        pages={pages}
        at={at}
        on={{
          raw,
          earlier: earlierAs === 'beneath',
          overlay: earlierAs === 'overlaid',
          beats,
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
        </span>
        <span className="ecg-hint">{words.caliperHint}</span>
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
      {view && <EcgReading key={readId} {...props} view={view} />}
      {!view && !error && <PlainPage title={t.ecg.loading} />}
      {!view && isDocument(error) && <EcgDocument readId={readId} />}
      {!view && Boolean(error) && !isDocument(error) && <FailedPage title={t.ecg.failed} error={error} retry={retry} />}
    </section>
  );
}
