import type { EcgLead } from '#libs/formats/ecg';
import { bandPass, median, movingAverage } from './filters.js';
import { blocksOf, GRID_HZ, type GridBlock, gridLength, onGrid, type LeadSpan } from './lead-grid.js';

// Looked up once, for the loops over samples.
const { floor, min } = Math;
/** Elgendi 2013 (PLoS ONE 8(9):e73557, doi 10.1371/journal.pone.0073557): band, both windows and the offset are that paper's. */
const BAND_HZ = [8, 20] as const;
const QRS_WINDOW = Math.round(0.097 * GRID_HZ);
const BEAT_WINDOW = Math.round(0.611 * GRID_HZ);
const OFFSET_SHARE = 0.08;
/** Pan and Tompkins 1985 (IEEE TBME 32:230): refractory period, T-wave interval and slope (squared here), search-back at 166 %. */
const REFRACTORY = 0.2 * GRID_HZ;
const T_WAVE = 0.36 * GRID_HZ;
const T_WAVE_ENERGY = 0.25;
const SEARCH_BACK = 1.66;
/** The same paper's second threshold, half of a quarter of the signal level, and half of that again in the search back. */
const LEAST_ENERGY = 0.125;
const LEAST_ENERGY_BACK = 0.0625;
/** Own choice: weights and levels hold for the ten seconds of a standard ECG; in two seconds there is a beat at 30 a minute and above. */
const CHUNK = 10 * GRID_HZ;
const LEVEL_WINDOW = 2 * GRID_HZ;
/** Own choice: four times the usual energy (twice the amplitude) is as much as one beat or artefact may weigh. */
const CEILING = 4;
/** Own choice: below 10 µV in the QRS band, or a seventh of the lead's usual amplitude, nothing is a beat. */
const FLOOR_SQUARED = 100;
const FLOOR_SHARE = 0.02;
/** Own choices: the usual amplitude of a lead is taken from so many blocks, spread evenly; the same peak in two blocks is this near. */
const USUAL_BLOCKS = 24;
const SAME_PEAK = 0.1 * GRID_HZ;

export interface DetectedQrs {
  /** Grid indices of the energy peaks, ascending. */
  readonly peaks: readonly number[];
  /** Place in the span of the lead in which the beats stand out most; -1 when there is none. */
  readonly bestLead: number;
}

/**
 * QRS complexes over all leads together: the QRS-band energy of each, scaled by its own usual peak and weighted by how far beats
 * stand out of it, so that a noisy or flat lead does not count; then the two moving averages of Elgendi, with the refractory, T-wave
 * and search-back rules of Pan and Tompkins. The whole recording is searched, ten minutes at a time; only a lead's usual amplitude, below
 * a seventh of which nothing is a beat, is taken from some of them when there are more than 24.
 */
export function detectQrs(span: LeadSpan): DetectedQrs {
  const parts = blocksOf(gridLength(span));
  const usual = span.leads.map((lead) => usualLevel(lead, span, parts));
  const totals = span.leads.map(() => 0);
  const blocks: Block[] = [];
  for (const part of parts) addBlocks(blocks, combinedEnergy(span, part, usual, totals), part);
  const best = Math.max(0, ...totals);
  const bestLead = best > 0 ? totals.indexOf(best) : -1;
  return { peaks: withSearchBack(blocks).map(({ at }) => at), bestLead };
}

interface Block {
  readonly at: number;
  readonly energy: number;
}

/** Elgendi's blocks of interest that begin in this part, or so near to it that the part before may have missed them. */
function addBlocks(blocks: Block[], energy: Float32Array, part: GridBlock): void {
  const quick = movingAverage(energy, QRS_WINDOW);
  const slow = movingAverage(energy, BEAT_WINDOW);
  const level = movingAverage(energy, CHUNK);
  const [start, end] = [part.from - part.first - SAME_PEAK, part.to - part.first + SAME_PEAK];
  const above = (i: number): boolean => quick[i]! > slow[i]! + OFFSET_SHARE * level[i]!;
  for (let i = 0; i < quick.length && i < end; i++) {
    if (!above(i)) continue;
    const from = i;
    let at = i;
    while (i < quick.length && above(i)) {
      if (quick[i]! > quick[at]!) at = i;
      i++;
    }
    // Half of Elgendi's least width: at fast rates the slow average is high and cuts the blocks' feet.
    if (from < start || i - from < QRS_WINDOW / 2) continue;
    const last = blocks[blocks.length - 1];
    if (from < start + 2 * SAME_PEAK && last && part.first + at - last.at < SAME_PEAK) continue;
    blocks.push({ at: part.first + at, energy: quick[at]! });
  }
}

function qrsEnergy(lead: EcgLead, span: LeadSpan, part: GridBlock): Float32Array {
  const squared = bandPass(onGrid(lead, span, part.first, part.last), GRID_HZ, ...BAND_HZ);
  for (let i = 0; i < squared.length; i++) squared[i] = squared[i]! ** 2;
  return squared;
}

/** Squared microvolts: the median of the usual peaks of ten seconds each, where there is anything; 0 where there is nothing. */
function usualLevel(lead: EcgLead, span: LeadSpan, parts: readonly GridBlock[]): number {
  const step = Math.ceil(parts.length / USUAL_BLOCKS);
  const levels = parts.flatMap((part, i) => {
    if (i % step > 0) return [];
    const squared = qrsEnergy(lead, span, { ...part, first: part.from, last: part.to });
    const chunks = Math.ceil(squared.length / CHUNK);
    return Array.from({ length: chunks }, (_, chunk) => usualPeak(squared, chunk * CHUNK));
  });
  return median(levels.filter((level) => level > FLOOR_SQUARED)) ?? 0;
}

/** Energy of this part and its margins; `totals` gains each lead's weight in the part itself. */
function combinedEnergy(span: LeadSpan, part: GridBlock, usual: readonly number[], totals: number[]): Float32Array {
  const length = part.last - part.first;
  const energy = new Float32Array(length);
  const weights = new Float32Array(Math.ceil(length / CHUNK));
  span.leads.forEach((lead, place) => {
    if (usual[place] === 0) return;
    const squared = qrsEnergy(lead, span, part);
    const least = Math.max(FLOOR_SQUARED, usual[place]! * FLOOR_SHARE);
    for (let chunk = 0; chunk < weights.length; chunk++) {
      const [from, to] = [chunk * CHUNK, Math.min(length, (chunk + 1) * CHUNK)];
      const level = usualPeak(squared, from);
      if (level < least) continue;
      let sum = 0;
      for (let i = from; i < to; i++) sum += min(squared[i]! / level, CEILING);
      const standsOut = (to - from) / Math.max(sum, 1e-6);
      const weight = standsOut * standsOut;
      if (part.first + from >= part.from && part.first + from < part.to) totals[place]! += weight;
      weights[chunk]! += weight;
      for (let i = from; i < to; i++) energy[i]! += weight * min(squared[i]! / level, CEILING);
    }
  });
  for (let i = 0; i < length; i++) {
    const weight = weights[floor(i / CHUNK)]!;
    if (weight > 0) energy[i]! /= weight;
  }
  return energy;
}

/** The median of the peaks of windows of two seconds: one artefact, or one pause, does not move it. A short last chunk looks back. */
function usualPeak(squared: Float32Array, from: number): number {
  const { length } = squared;
  const start = Math.max(0, Math.min(from, length - CHUNK));
  const peaks: number[] = [];
  for (let at = start; at < Math.min(length, start + CHUNK); at += LEVEL_WINDOW) {
    let peak = 0;
    const end = Math.min(length, at + LEVEL_WINDOW);
    for (let i = at; i < end; i++) if (squared[i]! > peak) peak = squared[i]!;
    peaks.push(peak);
  }
  return median(peaks) ?? 0;
}

function withSearchBack(blocks: readonly Block[]): Block[] {
  const strong = choose(blocks, LEAST_ENERGY);
  const known = new Set(strong);
  const weak = choose(blocks, LEAST_ENERGY_BACK).filter((block) => !known.has(block));
  if (weak.length === 0) return strong;
  const out: Block[] = [];
  let next = 0;
  strong.forEach((block, i) => {
    const previous = strong[i - 1];
    const rr = median(
      strong.slice(Math.max(1, i - 8), i).map((each, k) => each.at - strong[Math.max(1, i - 8) + k - 1]!.at),
    );
    while (next < weak.length && weak[next]!.at < block.at) {
      const candidate = weak[next++]!;
      const last = out[out.length - 1];
      if (!previous || !last || rr === null || block.at - previous.at < SEARCH_BACK * rr) continue;
      if (candidate.at - last.at > T_WAVE && block.at - candidate.at > T_WAVE) out.push(candidate);
    }
    out.push(block);
  });
  return out;
}

/** Blocks that are strong enough beside their neighbours, apart by the refractory period, and no T wave. */
function choose(blocks: readonly Block[], least: number): Block[] {
  const out: Block[] = [];
  blocks.forEach((block, i) => {
    const around = blocks.slice(Math.max(0, i - 4), i + 5).map(({ energy }) => energy);
    if (block.energy < least * upperQuartile(around)) return;
    const last = out[out.length - 1];
    if (last && block.at - last.at < REFRACTORY) {
      if (block.energy > last.energy) out[out.length - 1] = block;
      return;
    }
    if (last && block.at - last.at < T_WAVE && block.energy < T_WAVE_ENERGY * last.energy) return;
    out.push(block);
  });
  return out;
}

function upperQuartile(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[Math.floor(values.length * 0.75)] ?? 0;
}
