import type { EcgLead } from '#libs/formats/ecg';
import { lowPass, median } from './filters.js';
import type { EcgBeat } from './find-beats.js';
import { microvoltsAt, startOf } from './lead-grid.js';

/** Rate of the median beat: 2 ms, as AHA/ACC/HRS 2007 (doi 10.1161/CIRCULATIONAHA.106.180200) asks of a 12-lead ECG. */
export const BEAT_HZ = 500;
/** Own choice: before R as far as a P wave of a PR of 0.3 s, after R as far as a QT of 0.7 s. */
export const BEFORE = Math.round(0.4 * BEAT_HZ);
const LONGEST_AFTER = 0.7;
/** Own choice: a P wave begins 0.24 s before the next R at most; at fast rates T has three fifths of R-R. */
const NEXT_P = 0.24;
/** Own choice: median beats are of thirty seconds at most, so that a rhythm of one day does not blur its own T waves. */
const STRETCH_SECONDS = 30;
const USUAL_SHARE = 0.05;
/** Own choice: removes muscle noise above the band of P and T; AHA 2007 keeps 150 Hz for display, where nothing is filtered here. */
const SMOOTH_HZ = 40;

export interface MedianBeat {
  readonly name: string;
  /** Microvolts above the level before QRS, index `BEFORE` is R, `BEAT_HZ` values a second. */
  readonly values: Float32Array;
  readonly beats: number;
}

/**
 * The beats of 30 seconds that are averaged: of the prevailing shape, none right after or before an odd one. Up to ten minutes those that
 * hold most of them. In a longer recording those would lie where the heart is fastest: there they are, of the stretches within 5 % of its
 * median R-R, the one whose beats are most like the prevailing beat.
 */
export function beatsToAverage(beats: readonly EcgBeat[], long: boolean): EcgBeat[] {
  const regular = beats.filter((beat, i) => {
    const [before, after] = [beats[i - 1], beats[i + 1]];
    return [beat, before, after].every((each) => each === undefined || each.kind === 'normal');
  });
  const pool = regular.length >= 3 ? regular : beats.filter(({ kind }) => kind === 'normal');
  const stretches: { from: number; count: number }[] = [];
  for (let from = 0, to = 0; from < pool.length; from++) {
    while (to < pool.length && pool[to]!.seconds - pool[from]!.seconds < STRETCH_SECONDS) to++;
    stretches.push({ from, count: to - from });
  }
  const usual = long ? usualStretches(stretches, pool, beats) : [];
  const best =
    usual.length > 0 ? greatest(usual, ({ likeness }) => likeness) : greatest(stretches, ({ count }) => count);
  return best ? pool.slice(best.from, best.from + best.count) : [];
}

interface Stretch {
  readonly from: number;
  readonly count: number;
}

/** Those all but filled by beats at the usual rate, and the mean correlation of their beats with the prevailing one. */
function usualStretches(
  stretches: readonly Stretch[],
  pool: readonly EcgBeat[],
  beats: readonly EcgBeat[],
): (Stretch & { likeness: number })[] {
  const rr = median(beats.slice(1).map(({ seconds }, i) => seconds - beats[i]!.seconds));
  if (rr === null) return [];
  const likeness = new Float64Array(pool.length + 1);
  pool.forEach((beat, i) => (likeness[i + 1] = likeness[i]! + beat.templateCorrelation));
  return stretches.flatMap(({ from, count }) => {
    const end = from + count;
    const own = (pool[end - 1]!.seconds - pool[from]!.seconds) / Math.max(1, count - 1);
    if (Math.abs(own - rr) > USUAL_SHARE * rr || count < (1 - USUAL_SHARE) * (STRETCH_SECONDS / rr)) return [];
    return [{ from, count, likeness: (likeness[end]! - likeness[from]!) / count }];
  });
}

function greatest<T>(values: readonly T[], of: (value: T) => number): T | undefined {
  let best: T | undefined;
  for (const value of values) if (best === undefined || of(value) > of(best)) best = value;
  return best;
}

/** The median, sample by sample, of these beats in one lead; null when fewer than three of them lie within it. */
export function medianBeat(lead: EcgLead, beats: readonly EcgBeat[], rrSeconds: number): MedianBeat | null {
  const after = Math.round(Math.min(LONGEST_AFTER, Math.max(rrSeconds - NEXT_P, rrSeconds * 0.6)) * BEAT_HZ);
  const length = BEFORE + after;
  const rows: Float32Array[] = [];
  for (const beat of beats) {
    const row = new Float32Array(length);
    const centre = (beat.seconds - startOf(lead)) * lead.sampleRateHz;
    for (let k = 0; k < length; k++) row[k] = meanAt(lead, centre + ((k - BEFORE) * lead.sampleRateHz) / BEAT_HZ);
    if (row.some(Number.isNaN)) continue;
    levelled(row);
    rows.push(row);
  }
  if (rows.length < 3) return null;
  const values = new Float32Array(length);
  for (let k = 0; k < length; k++) values[k] = median(rows.map((row) => row[k]!)) ?? 0;
  return { name: lead.name, values: levelled(lowPass(values, BEAT_HZ, SMOOTH_HZ)), beats: rows.length };
}

/** The level is that of 20 ms from 100 ms before R: the PR segment. */
function levelled(row: Float32Array): Float32Array {
  const level = median(row.subarray(BEFORE - Math.round(0.1 * BEAT_HZ), BEFORE - Math.round(0.08 * BEAT_HZ))) ?? 0;
  for (let k = 0; k < row.length; k++) row[k]! -= level;
  return row;
}

function meanAt(lead: EcgLead, at: number): number {
  const width = lead.sampleRateHz / BEAT_HZ;
  if (width > 1.5) {
    let [sum, count] = [0, 0];
    for (let i = Math.ceil(at - width / 2); i <= at + width / 2; i++) {
      sum += microvoltsAt(lead, i);
      count++;
    }
    return sum / count;
  }
  const i = Math.floor(at);
  const a = microvoltsAt(lead, i);
  const b = microvoltsAt(lead, i + 1);
  return a + (b - a) * (at - i);
}
