import { deriveLimbLeads } from '../derive-limb-leads.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { columnTrace, type EcgTrace, startOf, stripTrace, type Window } from './ecg-trace.js';

export type { EcgTrace } from './ecg-trace.js';

export interface EcgPageOptions {
  /** Paper speed; 25 unless told. */
  readonly speedMmPerS?: number;
  /** Gain; 10 unless told. */
  readonly gainMmPerMv?: number;
  /** Three rows of four columns of 2.5 s and a rhythm strip: the only layout so far. */
  readonly layout?: '3x4+1';
}

/** A pulse of 1 mV for 0.2 s: rises from (xMm, yMm), widthMm wide, heightMm tall. */
export interface EcgCalibrationPulse {
  readonly xMm: number;
  readonly yMm: number;
  readonly heightMm: number;
  readonly widthMm: number;
}

export interface EcgLabel {
  readonly text: string;
  readonly xMm: number;
  readonly yMm: number;
  readonly kind: 'stored' | 'derived' | 'missing';
}

/** Everything in millimetres from the top left corner, y downwards; the same for screen, SVG and PDF. */
export interface EcgPage {
  readonly widthMm: number;
  readonly heightMm: number;
  readonly speedMmPerS: number;
  readonly gainMmPerMv: number;
  /** The grid of 1 mm and 5 mm; its lines run through every baseline and column. */
  readonly grid: { readonly xMm: number; readonly yMm: number; readonly widthMm: number; readonly heightMm: number };
  readonly traces: readonly EcgTrace[];
  readonly calibrationPulses: readonly EcgCalibrationPulse[];
  readonly labels: readonly EcgLabel[];
  /** Short strokes beside the labels where one lead gives way to the next; well above the baseline, where none is taken for a pacing spike. */
  readonly separators: readonly { readonly xMm: number; readonly yMm: number; readonly heightMm: number }[];
  readonly speedText: string;
  readonly gainText: string;
  /** What a reader must know before trusting the page: missing or derived leads, a short recording, offsets taken away. */
  readonly notes: readonly string[];
}

const ROWS = [
  ['I', 'aVR', 'V1', 'V4'],
  ['II', 'aVL', 'V2', 'V5'],
  ['III', 'aVF', 'V3', 'V6'],
] as const;
/** The order in which leads are named. */
const ORDER = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const STRIP = ['II', 'V1', 'V5', 'I'];
const COLUMN_SECONDS = 2.5;
const PAGE_SECONDS = 10;

const [GRID_X, GRID_Y] = [10, 40];
/** From the grid's edge to the first column: room for the calibration pulse. */
const GUTTER = 15;
const FOOT = 15;

/**
 * Lays a recording out as 3 rows of 4 leads and a strip of lead II, as AHA/ACC/HRS 2007 part I describes the usual page: all leads
 * on one clock, column k showing seconds 2.5 k to 2.5 (k + 1). Leads that the file lacks are named and left blank, but III, aVR, aVL and
 * aVF are computed from I and II and marked. RangeError for a speed or gain that is not a positive number.
 */
export function layoutEcgPage(recording: EcgRecording, options: EcgPageOptions = {}): EcgPage {
  const { speedMmPerS = 25, gainMmPerMv = 10 } = options;
  if (!(speedMmPerS > 0 && speedMmPerS <= 200)) throw new RangeError('speedMmPerS must be above 0 and at most 200.');
  if (!(gainMmPerMv > 0 && gainMmPerMv <= 100)) throw new RangeError('gainMmPerMv must be above 0 and at most 100.');
  const leads = new Map([...recording.leads, ...deriveLimbLeads(recording)].map((lead) => [lead.name, lead]));
  const from = Math.min(...recording.leads.map(startOf));
  const rowStep = gainMmPerMv > 10 ? Math.ceil((35 * gainMmPerMv) / 50) * 5 : 35;
  const columnMm = COLUMN_SECONDS * speedMmPerS;
  const originX = GRID_X + GUTTER;
  const gridWidth = Math.ceil((GUTTER + PAGE_SECONDS * speedMmPerS + 5) / 5) * 5;
  const gridHeight = rowStep * 4 + 10;

  const scale = { speedMmPerS, gainMmPerMv };
  const traces: EcgTrace[] = [];
  const labels: EcgLabel[] = [];
  const separators: { xMm: number; yMm: number; heightMm: number }[] = [];
  const pulses: EcgCalibrationPulse[] = [];
  const notes: string[] = [];
  const place = (name: string, lead: EcgLead | undefined, window: Window, strip: boolean): void => {
    const kind = lead === undefined ? 'missing' : lead.derived ? 'derived' : 'stored';
    const suffix = { stored: '', derived: ' (derived)', missing: ' (not recorded)' }[kind];
    labels.push({ text: `${name}${suffix}`, xMm: window.xMm + 1.5, yMm: window.baselineYMm - 12, kind });
    if (!lead) return;
    traces.push(strip ? stripTrace(lead, window, scale, notes) : columnTrace(lead, window, scale, notes));
  };

  ROWS.forEach((row, rowIndex) => {
    const baselineYMm = GRID_Y + 20 + rowIndex * rowStep;
    row.forEach((name, column) => {
      const xMm = originX + column * columnMm;
      if (column > 0) separators.push({ xMm, yMm: baselineYMm - 15.5, heightMm: 4 });
      const window = { xMm, baselineYMm, fromSeconds: from + column * COLUMN_SECONDS, seconds: COLUMN_SECONDS };
      place(name, leads.get(name), window, false);
    });
  });
  const stripName = STRIP.find((name) => leads.has(name)) ?? recording.leads[0]?.name ?? 'II';
  const stripY = GRID_Y + 20 + 3 * rowStep;
  place(
    stripName,
    leads.get(stripName),
    { xMm: originX, baselineYMm: stripY, fromSeconds: from, seconds: PAGE_SECONDS },
    true,
  );
  for (let row = 0; row <= 3; row++) {
    const widthMm = 0.2 * speedMmPerS;
    const xMm = Math.max(GRID_X + 1, originX - 5 - widthMm);
    pulses.push({ xMm, yMm: GRID_Y + 20 + row * rowStep, heightMm: gainMmPerMv, widthMm });
  }

  return {
    widthMm: Math.max(297, gridWidth + 2 * GRID_X),
    heightMm: Math.max(210, GRID_Y + gridHeight + FOOT),
    speedMmPerS,
    gainMmPerMv,
    grid: { xMm: GRID_X, yMm: GRID_Y, widthMm: gridWidth, heightMm: gridHeight },
    traces,
    calibrationPulses: pulses,
    labels,
    separators,
    speedText: `${speedMmPerS} mm/s`,
    gainText: `${gainMmPerMv} mm/mV`,
    notes: [...pageNotes(recording, leads, from, stripName), ...new Set(notes), ...recording.notes],
  };
}

function pageNotes(
  recording: EcgRecording,
  leads: ReadonlyMap<string, EcgLead>,
  from: number,
  stripName: string,
): string[] {
  const notes: string[] = [];
  const shown = ORDER;
  const missing = shown.filter((name) => !leads.has(name));
  if (missing.length > 0) notes.push(`Not recorded: ${missing.join(', ')}.`);
  const derived = shown.filter((name) => leads.get(name)?.derived);
  if (derived.length > 0) notes.push(`Computed from I and II: ${derived.join(', ')}.`);
  if (stripName !== 'II') notes.push(`No lead II: the rhythm strip is ${stripName}.`);
  const end = Math.max(...recording.leads.map((lead) => startOf(lead) + lead.samples.length / lead.sampleRateHz));
  const seconds = Math.round((end - from) * 1000) / 1000;
  if (seconds < PAGE_SECONDS - 0.05) notes.push(`The recording is ${seconds} s long, shorter than 10 s.`);
  if (seconds > PAGE_SECONDS + 0.05) notes.push(`The first 10 s of ${seconds} s are shown.`);
  const others = recording.leads.map(({ name }) => name).filter((name) => !shown.includes(name));
  const elsewhere = others.filter((name) => name !== stripName);
  if (elsewhere.length > 0) notes.push(`Recorded too, not on this page: ${elsewhere.join(', ')}.`);
  return notes;
}
