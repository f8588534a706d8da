import { type PageLead, startOf } from './page-lead.js';

/** Of one clock for all leads: R peaks are placed to 2 ms. */
const GRID_HZ = 500;
const at = (seconds: number): number => Math.round(seconds * GRID_HZ);
/** Own choice: a lead that stays within 50 µV of its level around a beat does not say where its R peak is. */
const FLAT_MICROVOLTS = 50;
/** Own choices: the R peak lies this near to where the beat was found, and is measured from the median of this stretch around it. */
const NEAR = at(0.06);
const AROUND = at(0.3);
/** As docs/ecg-measuring.md has it: 0.4 s before R; after it 0.24 s before the next R at the latest, or three fifths of R-R, to 0.7 s. */
const BEFORE_SECONDS = 0.4;
const LONGEST_AFTER = 0.7;
const NEXT_P = 0.24;
const AT_FAST_RATES = 0.6;
const LEAST_BEATS = 3;
/** Of levelled beats: no recording reaches it. */
const MISSING = Number.MAX_SAFE_INTEGER;

/**
 * Where on a page the R peaks of known beats are, in seconds from its beginning, ascending: for laying beats over each other. `beats` are
 * on the clock of the leads' `startSeconds`; the page begins `fromSeconds` after the earliest lead. A peak is where the leads' distances
 * from their own levels, each as a share of its largest, have the highest median: two recordings of one person are so placed alike,
 * whatever lead their beats were found in.
 */
export function rPeaks(
  leads: readonly PageLead[],
  beats: readonly number[],
  fromSeconds: number,
  seconds: number,
): number[] {
  if (leads.length === 0) return [];
  // A beat at the page's edge is looked at on both sides of it.
  const start = Math.min(...leads.map(startOf)) + fromSeconds - AROUND / GRID_HZ;
  const length = Math.max(0, at(seconds)) + 2 * AROUND;
  const signals = leads.map((lead) => onGrid(lead, start, length));
  return beats
    .map((beat) => at(beat - start))
    .filter((beat) => beat >= 0 && beat < length)
    .map((beat) => {
      const [from, to] = [Math.max(0, beat - AROUND), Math.min(length, beat + AROUND)];
      const distances = signals.flatMap((signal) => {
        const part = signal.subarray(from, to);
        const level = median(part);
        const distance = part.map((value) => Math.abs(value - level));
        const largest = distance.reduce((most, value) => Math.max(most, value), 0);
        return largest < FLAT_MICROVOLTS ? [] : [distance.map((value) => value / largest)];
      });
      if (distances.length === 0) return beat - AROUND;
      const [first, last] = [Math.max(from, beat - NEAR), Math.min(to - 1, beat + NEAR)];
      let [best, highest] = [beat, -1];
      for (let i = first; i <= last; i += 1) {
        const value = median(distances.map((distance) => distance[i - from]!));
        if (value > highest) [best, highest] = [i, value];
      }
      return best - AROUND;
    })
    .filter((peak) => peak >= 0 && peak < at(seconds))
    .map((peak) => peak / GRID_HZ);
}

/**
 * By how many seconds beats are to be moved so that one of them lies on one of the others and as many as possible lie near one: the
 * smallest such shift. 0 where either list is empty. Distances above 100 ms count as 100 ms: the two may go at different rates.
 */
export function alignBeats(present: readonly number[], moved: readonly number[]): number {
  let best = { shift: 0, cost: Infinity };
  for (const one of present) {
    for (const other of moved) {
      const shift = one - other;
      const cost = moved.reduce((sum, beat) => sum + Math.min(0.1, nearest(present, beat + shift)), 0);
      const better = cost < best.cost - 1e-6;
      const equal = Math.abs(cost - best.cost) <= 1e-6 && Math.abs(shift) < Math.abs(best.shift);
      if (better || equal) best = { shift, cost };
    }
  }
  return Math.round(best.shift * 1000) / 1000;
}

const nearest = (beats: readonly number[], to: number): number => Math.min(...beats.map((beat) => Math.abs(beat - to)));

/** One beat as short leads of the same names, in microvolts above the level 80 to 100 ms before R; it begins at 0 s. */
export type BeatLeads = readonly PageLead[];

/**
 * The beats of a page cut out and laid on their R peaks, and their median, sample by sample. `peaks` as {@link rPeaks} gives them for the
 * same page. All have the same length and scale. Null where there are fewer than three beats.
 */
export function cutBeats(
  leads: readonly PageLead[],
  peaks: readonly number[],
  fromSeconds: number,
): { readonly median: BeatLeads; readonly beats: readonly BeatLeads[] } | null {
  if (peaks.length < LEAST_BEATS || leads.length === 0) return null;
  const start = Math.min(...leads.map(startOf)) + fromSeconds;
  const rr = median(peaks.slice(1).map((peak, i) => peak - peaks[i]!));
  const after = Math.min(LONGEST_AFTER, Math.max(rr - NEXT_P, rr * AT_FAST_RATES));
  const ofLead = leads.map((lead) => peaks.map((peak) => cut(lead, start + peak, after)));
  const named = (lead: PageLead, samples: Float64Array): PageLead => ({
    name: lead.name,
    samples,
    sampleRateHz: lead.sampleRateHz,
    microvoltsPerUnit: 1,
    baselineMicrovolts: 0,
    derived: lead.derived,
    startSeconds: 0,
    missingValue: MISSING,
  });
  return {
    median: leads.map((lead, k) => named(lead, medianOf(ofLead[k]!))),
    beats: peaks.map((_, beat) => leads.map((lead, k) => named(lead, ofLead[k]![beat]!))),
  };
}

function cut(lead: PageLead, r: number, after: number): Float64Array {
  const rate = lead.sampleRateHz;
  const before = Math.round(BEFORE_SECONDS * rate);
  const first = Math.round((r - startOf(lead)) * rate) - before;
  const out = new Float64Array(before + Math.round(after * rate)).fill(MISSING);
  for (let i = 0; i < out.length; i += 1) {
    const sample = lead.samples[first + i];
    if (sample !== undefined && sample !== lead.missingValue)
      out[i] = sample * lead.microvoltsPerUnit + lead.baselineMicrovolts;
  }
  const known = out.subarray(before - Math.round(0.1 * rate), before - Math.round(0.08 * rate) + 1);
  const level = median(known.filter((value) => value !== MISSING));
  return out.map((value) => (value === MISSING ? MISSING : value - level));
}

function medianOf(beats: readonly Float64Array[]): Float64Array {
  const known = new Float64Array(beats.length);
  return beats[0]!.map((_, i) => {
    let count = 0;
    for (const beat of beats) {
      const value = beat[i]!;
      if (value === MISSING) continue;
      // In its place among those before it.
      let k = count++;
      for (; k > 0 && known[k - 1]! > value; k -= 1) known[k] = known[k - 1]!;
      known[k] = value;
    }
    return count < LEAST_BEATS ? MISSING : (known[(count - 1) >> 1]! + known[count >> 1]!) / 2;
  });
}

/** Microvolts, the nearest sample of each instant; where there is none, the one before. */
function onGrid(lead: PageLead, start: number, length: number): Float64Array {
  const out = new Float64Array(length);
  const late = start - startOf(lead);
  let last = 0;
  for (let i = 0; i < length; i += 1) {
    const sample = lead.samples[Math.round((late + i / GRID_HZ) * lead.sampleRateHz)];
    if (sample !== undefined && sample !== lead.missingValue) last = sample * lead.microvoltsPerUnit;
    out[i] = last;
  }
  return out;
}

/** Of an even number the mean of the two in the middle; 0 of none. */
function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return sorted.length === 0 ? 0 : (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
