import { columnTrace, type EcgTrace, stripTrace, type Window } from './ecg-trace.js';
import { type PageLead, type PageRecording, startOf } from './page-lead.js';
import { type EcgLayout, LEAD_ORDER, type Place, rowsOf } from './page-layouts.js';

export { ECG_LAYOUTS, type EcgLayout, hasFewLeads } from './page-layouts.js';
export type { EcgTrace } from './ecg-trace.js';

export interface EcgPageOptions {
  /** Paper speed; 25 unless told. */
  readonly speedMmPerS?: number;
  /** Gain; 10 unless told. */
  readonly gainMmPerMv?: number;
  /** Rows by columns, and rhythm strips; 3x4+1 unless told. */
  readonly layout?: EcgLayout;
  /** Limb leads in Cabrera's order: aVL, I, -aVR, II, aVF, III. */
  readonly cabrera?: boolean;
  /** Where the page begins, in seconds from the start of the recording; 0 unless told. */
  readonly fromSeconds?: number;
  /** How many seconds the page is long; 10 unless told. */
  readonly seconds?: number;
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

const STRIP = ['II', 'V1', 'V5', 'I'];
/** A recording shorter than this is said to be short. */
const USUAL_SECONDS = 10;

const [GRID_X, GRID_Y] = [10, 40];
/** From the grid's edge to the first column: room for the calibration pulse. */
const GUTTER = 15;
const FOOT = 15;
/** What a lead of a page of close rows may take of it above and below its baseline; one that goes farther crosses its neighbour. */
const MOST_ROOM = 30;

/**
 * Lays a recording out in rows and columns and strips, as AHA/ACC/HRS 2007 part I describes the usual page: all leads on one clock,
 * each column showing the seconds after those of the column before it. Leads that the file lacks are named and left blank; derived ones
 * are marked. RangeError for a speed, gain, start or length that is not a positive number within reason.
 */
export function layoutEcgPage(recording: PageRecording, options: EcgPageOptions = {}): EcgPage {
  const { speedMmPerS = 25, gainMmPerMv = 10, seconds = 10, fromSeconds = 0 } = options;
  const { layout = '3x4+1', cabrera = false } = options;
  if (!(speedMmPerS > 0 && speedMmPerS <= 200)) throw new RangeError('speedMmPerS must be above 0 and at most 200.');
  if (!(gainMmPerMv > 0 && gainMmPerMv <= 100)) throw new RangeError('gainMmPerMv must be above 0 and at most 100.');
  if (!(seconds > 0 && seconds <= 600)) throw new RangeError('seconds must be above 0 and at most 600.');
  if (!(fromSeconds >= 0 && fromSeconds < Infinity)) throw new RangeError('fromSeconds must be 0 or more.');
  const leads = new Map(recording.leads.map((lead) => [lead.name, lead]));
  const names = [...leads.keys()];
  const from = beginOf(recording) + fromSeconds;
  const { rows, strips, rowStepMm } = rowsOf(layout, cabrera, names);
  const rowStep = gainMmPerMv > 10 ? Math.ceil((rowStepMm * gainMmPerMv) / 50) * 5 : rowStepMm;
  const labelRise = Math.min(12, rowStepMm / 2);
  const originX = GRID_X + GUTTER;
  const gridWidth = Math.ceil((GUTTER + seconds * speedMmPerS + 5) / 5) * 5;

  const scale = { speedMmPerS, gainMmPerMv };
  const close = rowStepMm < 25;
  // Rows that stand close are given what their leads take; the others stand as they are printed.
  const rooms = close
    ? rows.map(([place]) =>
        roomOf(place && leads.get(place.lead), place?.inverted === true, from, seconds, gainMmPerMv),
      )
    : [];
  const baselines = [GRID_Y + (close ? roundUp(Math.max(15, (rooms[0]?.above ?? 0) + 2)) : 20)];
  for (let row = 1; row < rows.length + strips; row += 1) {
    const step = close
      ? Math.max(rowStep, roundUp((rooms[row - 1]?.below ?? 0) + (rooms[row]?.above ?? 0) + 1))
      : rowStep;
    baselines.push(baselines[row - 1]! + step);
  }
  const baselineOf = (row: number): number => baselines[row] ?? GRID_Y;
  const last = baselineOf(rows.length + strips - 1);
  const gridHeight = last - GRID_Y + (close ? roundUp(Math.max(15, (rooms.at(-1)?.below ?? 0) + 2)) : rowStep - 10);
  const traces: EcgTrace[] = [];
  const labels: EcgLabel[] = [];
  const separators: { xMm: number; yMm: number; heightMm: number }[] = [];
  const notes: string[] = [];
  const put = ({ lead: name, inverted }: Place, window: Window, strip: boolean): void => {
    const lead = leads.get(name);
    const kind = lead === undefined ? 'missing' : lead.derived ? 'derived' : 'stored';
    const suffix = { stored: '', derived: ' (derived)', missing: ' (not recorded)' }[kind];
    const text = `${inverted ? '-' : ''}${name}${suffix}`;
    labels.push({ text, xMm: window.xMm + 1.5, yMm: window.baselineYMm - labelRise, kind });
    if (!lead) return;
    const turned = { ...window, inverted };
    traces.push(strip ? stripTrace(lead, turned, scale, notes) : columnTrace(lead, turned, scale, notes));
  };

  rows.forEach((row, rowIndex) => {
    const baselineYMm = baselineOf(rowIndex);
    const columnSeconds = seconds / row.length;
    row.forEach((place, column) => {
      const xMm = originX + column * columnSeconds * speedMmPerS;
      if (column > 0) separators.push({ xMm, yMm: baselineYMm - labelRise - 3.5, heightMm: 4 });
      const window = { xMm, baselineYMm, fromSeconds: from + column * columnSeconds, seconds: columnSeconds };
      put(place, window, row.length === 1);
    });
  });
  const stripNames = stripLeads(names, strips);
  stripNames.forEach((lead, index) => {
    const baselineYMm = baselineOf(rows.length + index);
    put({ lead, inverted: false }, { xMm: originX, baselineYMm, fromSeconds: from, seconds }, true);
  });
  const pulses = Array.from({ length: rows.length + strips }, (_, row): EcgCalibrationPulse => {
    const widthMm = 0.2 * speedMmPerS;
    const xMm = Math.max(GRID_X + 1, originX - 5 - widthMm);
    return { xMm, yMm: baselineOf(row), heightMm: gainMmPerMv, widthMm };
  });

  const shown = new Set([...rows.flat().map(({ lead }) => lead), ...stripNames]);
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
    notes: [
      ...leadNotes(leads, shown, stripNames[0]),
      ...timeNotes(recording, fromSeconds, seconds),
      ...new Set(notes),
      ...recording.notes,
    ],
  };
}

/** To the grid's next strong line. */
const roundUp = (mm: number): number => Math.ceil(mm / 5) * 5;

/** How far a lead goes from its baseline in the window, in millimetres, up to {@link MOST_ROOM}. */
function roomOf(
  lead: PageLead | undefined,
  inverted: boolean,
  fromSeconds: number,
  seconds: number,
  gainMmPerMv: number,
): { above: number; below: number } {
  if (!lead) return { above: 0, below: 0 };
  const window = { xMm: 0, baselineYMm: 0, fromSeconds, seconds, inverted };
  const { startSample, endSample, mmPerUnit, offsetMm } = stripTrace(lead, window, { speedMmPerS: 1, gainMmPerMv }, []);
  let [least, most] = [0, 0];
  for (let i = startSample; i < endSample; i += 1) {
    const sample = lead.samples[i]!;
    if (sample === lead.missingValue) continue;
    const mm = sample * mmPerUnit + offsetMm;
    least = Math.min(least, mm);
    most = Math.max(most, mm);
  }
  return { above: Math.min(MOST_ROOM, most), below: Math.min(MOST_ROOM, -least) };
}

/** One strip is the first of II, V1, V5, I that there is; three are II, V1 and V5, recorded or not. */
function stripLeads(names: readonly string[], strips: number): string[] {
  if (strips === 0) return [];
  if (strips === 3) return STRIP.slice(0, 3);
  return [STRIP.find((name) => names.includes(name)) ?? names[0] ?? 'II'];
}

function leadNotes(
  leads: ReadonlyMap<string, PageLead>,
  shown: ReadonlySet<string>,
  strip: string | undefined,
): string[] {
  const notes: string[] = [];
  const missing = LEAD_ORDER.filter((name) => shown.has(name) && !leads.has(name));
  if (missing.length > 0) notes.push(`Not recorded: ${missing.join(', ')}.`);
  const derived = LEAD_ORDER.filter((name) => shown.has(name) && leads.get(name)?.derived);
  if (derived.length > 0) notes.push(`Computed from I and II: ${derived.join(', ')}.`);
  if (strip !== undefined && strip !== 'II') notes.push(`No lead II: the rhythm strip is ${strip}.`);
  const elsewhere = [...leads.keys()].filter((name) => !shown.has(name));
  if (elsewhere.length > 0) notes.push(`Recorded too, not on this page: ${elsewhere.join(', ')}.`);
  return notes;
}

/** Where the whole recording begins on its leads' clock. */
function beginOf({ leads, wholeSeconds }: PageRecording): number {
  return wholeSeconds === undefined ? Math.min(...leads.map(startOf)) : 0;
}

function timeNotes(recording: PageRecording, fromSeconds: number, seconds: number): string[] {
  const end = Math.max(...recording.leads.map((lead) => startOf(lead) + lead.samples.length / lead.sampleRateHz));
  const total = recording.wholeSeconds ?? Math.round((end - beginOf(recording)) * 1000) / 1000;
  if (total < USUAL_SECONDS - 0.05) return [`The recording is ${total} s long, shorter than 10 s.`];
  if (total <= seconds + 0.05) return [];
  if (fromSeconds === 0) return [`The first ${seconds} s of ${total} s are shown.`];
  const [first, until] = [fromSeconds, Math.min(total, fromSeconds + seconds)].map(
    (each) => Math.round(each * 10) / 10,
  );
  return [`Seconds ${first} to ${until} of ${total} s are shown.`];
}
