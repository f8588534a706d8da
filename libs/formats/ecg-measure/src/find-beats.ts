import { bandPass, median } from './filters.js';
import { detectQrs } from './detect-qrs.js';
import { GRID_HZ, onGrid, type LeadSpan } from './lead-grid.js';

/** Own choice: half a QRS of 120 ms on either side, and as far as an energy peak lies from the wave that caused it. */
const HALF = Math.round(0.08 * GRID_HZ);
const REACH = Math.round(0.06 * GRID_HZ);
/** Own choice, between the same shape in noise and another shape. */
const SAME_SHAPE = 0.8;
const TEMPLATE_BEATS = 400;
/** Wide enough for the shape, narrow enough for mains and wander (AHA 2007 asks for more; shapes only are compared here). */
const SHAPE_BAND_HZ = [1, 35] as const;

export interface EcgBeat {
  /** Seconds from the start of the recording. */
  readonly seconds: number;
  /** `ectopic-like`: shaped unlike the beats that prevail. A word on the shape, not a diagnosis. */
  readonly kind: 'normal' | 'ectopic-like';
  /** Correlation with the prevailing beat, -1 to 1. */
  readonly templateCorrelation: number;
}

/** Beats with the R time refined between samples by alignment to the prevailing shape (Woody 1967, Med Biol Eng 5:539). */
export function findBeats(span: LeadSpan): { beats: EcgBeat[]; bestLead: number } {
  const { peaks, bestLead } = detectQrs(span);
  const lead = span.leads[bestLead];
  if (!lead) return { beats: [], bestLead };
  const signal = bandPass(onGrid(lead, span), GRID_HZ, ...SHAPE_BAND_HZ);
  let at = peaks.map((peak) => steepest(signal, peak));
  let template = templateOf(signal, at);
  at = at.map((peak) => Math.round(align(signal, template, peak, HALF).at));
  template = templateOf(signal, at);
  const beats = at.map((peak): EcgBeat => {
    const { at: fine, correlation } = align(signal, template, peak, REACH >> 1);
    return {
      seconds: span.startSeconds + fine / GRID_HZ,
      kind: correlation >= SAME_SHAPE ? 'normal' : 'ectopic-like',
      templateCorrelation: Math.round(correlation * 1000) / 1000,
    };
  });
  return { beats: beats.filter((beat, i) => i === 0 || beat.seconds - beats[i - 1]!.seconds > 0.15), bestLead };
}

function steepest(signal: Float32Array, peak: number): number {
  let [best, top] = [peak, -1];
  for (let i = Math.max(0, peak - REACH); i <= Math.min(signal.length - 1, peak + REACH); i++) {
    const size = Math.abs(signal[i]!);
    if (size > top) [best, top] = [i, size];
  }
  return best;
}

function templateOf(signal: Float32Array, at: readonly number[]): Float32Array {
  const step = Math.max(1, Math.floor(at.length / TEMPLATE_BEATS));
  const used = at.filter((peak, i) => i % step === 0 && peak >= HALF && peak + HALF < signal.length);
  const out = new Float32Array(2 * HALF + 1);
  for (let k = 0; k < out.length; k++) out[k] = median(used.map((peak) => signal[peak - HALF + k]!)) ?? 0;
  return out;
}

function align(
  signal: Float32Array,
  template: Float32Array,
  peak: number,
  reach: number,
): { at: number; correlation: number } {
  const scores = new Float64Array(2 * reach + 1);
  let best = reach;
  for (let lag = 0; lag < scores.length; lag++) {
    scores[lag] = correlationAt(signal, template, peak + lag - reach);
    if (scores[lag]! > scores[best]!) best = lag;
  }
  const [before, top, after] = [scores[best - 1], scores[best]!, scores[best + 1]];
  if (top < SAME_SHAPE || before === undefined || after === undefined) {
    return { at: top < SAME_SHAPE ? peak : peak + best - reach, correlation: top };
  }
  const bend = before - 2 * top + after;
  const shift = bend < 0 ? (before - after) / (2 * bend) : 0;
  return { at: peak + best - reach + Math.max(-0.5, Math.min(0.5, shift)), correlation: top };
}

function correlationAt(signal: Float32Array, template: Float32Array, centre: number): number {
  let [sx, sy, sxx, syy, sxy, n] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < template.length; k++) {
    const x = signal[centre - HALF + k];
    if (x === undefined) continue;
    const y = template[k]!;
    sx += x;
    sy += y;
    sxx += x * x;
    syy += y * y;
    sxy += x * y;
    n++;
  }
  const spread = (sxx - (sx * sx) / n) * (syy - (sy * sy) / n);
  return n > HALF && spread > 0 ? (sxy - (sx * sy) / n) / Math.sqrt(spread) : 0;
}
