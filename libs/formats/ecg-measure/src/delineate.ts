import { median } from './filters.js';
import { BEAT_HZ, BEFORE, type MedianBeat } from './median-beat.js';

/** Places in the median beat, in samples; null where the wave does not stand out. */
export interface Delineation {
  readonly pOnset: number | null;
  readonly pEnd: number | null;
  readonly qrsOnset: number | null;
  readonly qrsEnd: number | null;
  readonly tEnd: number | null;
}

const ms = (value: number): number => Math.round((value * BEAT_HZ) / 1000);
/** Own choices: the share of the greatest spatial velocity that still belongs to QRS, and how long it must stay below. */
const QRS_SHARE = 0.09;
const QUIET = ms(12);
/** Own choices: slopes are taken over twice this, against noise; short beside the widths of the waves. */
const [T_SLOPE, P_SLOPE] = [ms(20), ms(10)];
/** Own choice: a wave must rise over the noise of the velocity by this factor, and be 25 µV high. */
const OVER_NOISE = 4;
const LEAST_WAVE = 25;

/**
 * Global onsets and ends over all leads, as the CSE working party (Eur Heart J 1985; 6:815) defines them: the earliest onset and the
 * latest end in any lead. QRS by the spatial velocity (the root of the summed squares of the leads' slopes); P and the end of T by
 * the tangent at the steepest slope (Lepeschkin and Surawicz 1952, Circulation 6:378) of the root of the summed squares of the leads.
 */
export function delineate(beats: readonly MedianBeat[], rrSeconds: number): Delineation {
  const none = { pOnset: null, pEnd: null, qrsOnset: null, qrsEnd: null, tEnd: null };
  if (beats.length === 0) return none;
  const length = Math.min(...beats.map(({ values }) => values.length));
  const velocity = velocityOf(beats, length);
  let [peak, top] = [BEFORE, 0];
  for (let i = BEFORE - ms(100); i < Math.min(length, BEFORE + ms(100)); i++) {
    if (velocity[i]! > top) [peak, top] = [i, velocity[i]!];
  }
  const rest = quietest(velocity, length);
  if (top < OVER_NOISE * rest || top === 0) return none;
  const edge = Math.max(top * QRS_SHARE, 2 * rest);
  const qrsOnset = walk(velocity, peak, -1, edge, BEFORE - ms(160));
  const qrsEnd = walk(velocity, peak, 1, edge, Math.min(length - 1, BEFORE + ms(200)));
  if (qrsOnset === null || qrsEnd === null) return { ...none, qrsOnset, qrsEnd };
  const tEnd = endOfT(beats, qrsEnd, length);
  return { ...waveBefore(beats, qrsOnset, rrSeconds), qrsOnset, qrsEnd, tEnd };
}

function velocityOf(beats: readonly MedianBeat[], length: number): Float32Array {
  const out = new Float32Array(length);
  for (const { values } of beats) {
    for (let i = 2; i < length - 2; i++) out[i]! += (values[i + 2]! - values[i - 2]!) ** 2;
  }
  return out.map((sum) => Math.sqrt(sum / beats.length));
}

/** The velocity in the quietest 40 ms of the beat. */
function quietest(velocity: Float32Array, length: number): number {
  const width = ms(40);
  let least = Infinity;
  for (let from = 4; from + width < length - 4; from += ms(10)) {
    least = Math.min(least, median(velocity.subarray(from, from + width)) ?? Infinity);
  }
  return least;
}

function walk(velocity: Float32Array, from: number, step: 1 | -1, edge: number, limit: number): number | null {
  let quiet = 0;
  for (let i = from; (limit - i) * step >= 0; i += step) {
    quiet = velocity[i]! < edge ? quiet + 1 : 0;
    if (quiet > QUIET) return i - step * QUIET;
  }
  return null;
}

/** Sum of leads above their base so that their waves add up: each lead turned by the sign of its greatest excursion. */
function together(beats: readonly MedianBeat[], from: number, to: number, base: 'tail' | 'line'): Float32Array {
  const out = new Float32Array(to - from);
  for (const { values } of beats) {
    const part = values.subarray(from, to);
    const edge = Math.max(1, part.length >> 4);
    const tail = median(part.subarray(-edge)) ?? 0;
    const head = base === 'tail' ? tail : (median(part.subarray(0, edge)) ?? 0);
    const flat = part.map((value, i) => value - head - ((tail - head) * i) / part.length);
    const sign = Math.max(...flat) >= -Math.min(...flat) ? 1 : -1;
    for (let i = 0; i < out.length; i++) out[i]! += (sign * flat[i]!) / beats.length;
  }
  return out;
}

function endOfT(beats: readonly MedianBeat[], qrsEnd: number, length: number): number | null {
  const from = qrsEnd + ms(60);
  if (length - from < ms(120)) return null;
  const wave = together(beats, from, length, 'tail');
  const peak = highest(wave, 0, wave.length);
  const base = Math.min(...wave.subarray(peak));
  if (wave[peak]! - base < LEAST_WAVE || peak > wave.length - ms(40)) return null;
  const end = tangent(wave, peak, 1, T_SLOPE);
  return end === null || from + end > length + ms(40) ? null : from + end;
}

function waveBefore(
  beats: readonly MedianBeat[],
  qrsOnset: number,
  rrSeconds: number,
): { pOnset: number | null; pEnd: number | null } {
  const none = { pOnset: null, pEnd: null };
  const [from, to] = [
    Math.max(0, qrsOnset - Math.min(ms(320), Math.round(rrSeconds * 0.4 * BEAT_HZ))),
    qrsOnset - ms(4),
  ];
  if (to - from < ms(120)) return none;
  const wave = together(beats, from, to, 'line');
  const peak = highest(wave, ms(30), wave.length - ms(20));
  const noise = roughness(wave);
  const foot = Math.max(median(wave.subarray(0, ms(20))) ?? 0, median(wave.subarray(-ms(10))) ?? 0);
  if (wave[peak]! - foot < Math.max(LEAST_WAVE, OVER_NOISE * noise)) return none;
  const [onset, end] = [tangent(wave, peak, -1, P_SLOPE), tangent(wave, peak, 1, P_SLOPE)];
  if (onset === null || end === null || onset < 0 || end > wave.length + ms(10)) return none;
  return { pOnset: from + onset, pEnd: from + Math.min(end, wave.length) };
}

function roughness(wave: Float32Array): number {
  return median(wave.subarray(4).map((value, i) => Math.abs(value - wave[i]!))) ?? 0;
}

function highest(wave: Float32Array, from: number, to: number): number {
  let best = from;
  for (let i = from; i < to; i++) if (wave[i]! > wave[best]!) best = i;
  return best;
}

/** Where the steepest tangent of this flank meets the level beyond it: the lowest median of 20 ms on that side. */
function tangent(wave: Float32Array, peak: number, step: 1 | -1, reach: number): number | null {
  const limit = step > 0 ? wave.length - 1 : 0;
  let [at, slope] = [peak, 0];
  const far = Math.max(0, Math.min(wave.length - 1, peak + step * ms(200)));
  const last = step > 0 ? Math.min(limit, far) : Math.max(limit, far);
  for (let i = peak + step * reach; (last - step * reach - i) * step > 0; i += step) {
    const fall = (wave[i - step * reach]! - wave[i + step * reach]!) / (2 * reach);
    if (fall > slope) [at, slope] = [i, fall];
    // A second wave (U, or the T before a P) begins where the flank has come down and rises again.
    if (wave[i]! < wave[peak]! * 0.2 && fall < 0) break;
  }
  if (slope <= 0) return null;
  let base = Infinity;
  const width = ms(20);
  const end = at + step * ms(140);
  for (let i = at; (end - i) * step > 0; i += step) {
    const [a, b] = step > 0 ? [i, i + width] : [i - width, i];
    if (a < 0 || b > wave.length) break;
    base = Math.min(base, median(wave.subarray(a, b)) ?? Infinity);
  }
  if (base === Infinity) return null;
  return at + (step * (wave[at]! - base)) / slope;
}
