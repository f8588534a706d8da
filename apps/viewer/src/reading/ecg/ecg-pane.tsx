import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { layoutEcgPage } from '#libs/formats/ecg-page';
import { api } from '../../api/client.js';
import { fontFamily } from '../../office/theme.js';
import { useFetched } from '../../office/use-fetched.js';
import { FailedPage, PlainPage } from '../../plain-page.js';
import { useText } from '../../text/index.js';
import { Caliper } from './caliper.js';
import { DeviceFindings } from './device-findings.js';
import { drawPage } from './draw-page.js';
import { noteText } from './note-text.js';
import { EcgDocument, isDocument } from './ecg-document.js';
import { decodeLeads, screenBox, type EcgView } from './ecg-view.js';
import './ecg.css';

/** CSS pixels of a millimetre, by CSS's own definition of one. */
const actualSize = 96 / 25.4;

function Paper({ readId, view, beside }: { readId: string; view: EcgView; beside: HTMLElement | null }) {
  const t = useText();
  const { leads, unreadable } = useMemo(() => decodeLeads(view.recording.leads), [view]);
  const page = useMemo(() => layoutEcgPage({ ...view.recording, leads }), [view, leads]);
  const box = screenBox(page);
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const { width } = room;
  const [zoom, setZoom] = useState(1);
  const [cleared, setCleared] = useState(0);

  useEffect(() => {
    const host = frame.current;
    if (!host) return undefined;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    watch.observe(host);
    return () => watch.disconnect();
  }, []);

  // The whole page, where that stays legible; else it scrolls.
  const fit = Math.max(2.2, Math.min(width / box.widthMm, room.height / box.heightMm));
  const scale = fit * zoom;
  useEffect(() => {
    if (!canvas.current || width === 0) return;
    drawPage(canvas.current, page, leads, scale * (window.devicePixelRatio || 1), fontFamily, t.ecg.label);
    if (frame.current) frame.current.dataset['renderedImageId'] = `ecg:${readId}`;
    if (performance.getEntriesByName('first-lossless', 'mark').length === 0) {
      performance.mark('first-preview');
      performance.mark('first-lossless');
    }
  }, [page, leads, scale, width, readId, t]);

  const size = { width: `${box.widthMm * scale}px`, height: `${box.heightMm * scale}px` };
  const { notes } = page;
  return (
    <>
      <div className="ecg-frame" ref={frame} tabIndex={0} role="region" aria-label={t.kind.ecg} data-testid="viewport">
        {page.traces.length === 0 ? (
          <PlainPage title={t.ecg.empty} />
        ) : (
          <div className="ecg-paper" style={size}>
            <canvas ref={canvas} style={size} />
            <Caliper key={cleared} page={page} />
          </div>
        )}
      </div>
      <div className="ecg-tools" role="toolbar">
        <button type="button" aria-pressed={zoom === 1} onClick={() => setZoom(1)}>
          {t.ecg.fit}
        </button>
        <button
          type="button"
          aria-pressed={Math.abs(scale - actualSize) < 0.01}
          onClick={() => setZoom(actualSize / fit)}
        >
          {t.ecg.actual}
        </button>
        <button type="button" aria-pressed={zoom === 2} onClick={() => setZoom(2)}>
          {t.ecg.zoom} 2×
        </button>
        <button type="button" onClick={() => setCleared((n) => n + 1)}>
          {t.ecg.clear}
        </button>
        <span data-testid="frame-indicator">
          {page.speedText} · {page.gainText}
        </span>
        <span className="ecg-hint">{t.ecg.caliperHint}</span>
      </div>
      {(notes.length > 0 || unreadable.length > 0) && (
        <p className="ecg-notes">
          {unreadable.map((lead) => (
            <b key={lead}>✕ {t.ecg.unreadableLead(lead)} </b>
          ))}
          {notes.map((note) => noteText(note, t)).join(' · ')}
        </p>
      )}
      {beside && createPortal(<DeviceFindings recording={view.recording} />, beside)}
    </>
  );
}

interface EcgPaneProps {
  readId: string;
  /** Where, beside the paper, the device's own findings go. */
  beside: HTMLElement | null;
}

export default function EcgPane({ readId, beside }: EcgPaneProps) {
  const t = useText();
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
      {view && <Paper readId={readId} view={view} beside={beside} />}
      {!view && !error && <PlainPage title={t.ecg.loading} />}
      {!view && isDocument(error) && <EcgDocument readId={readId} />}
      {!view && Boolean(error) && !isDocument(error) && <FailedPage title={t.ecg.failed} error={error} retry={retry} />}
    </section>
  );
}
