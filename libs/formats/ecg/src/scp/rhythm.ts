import { EcgFormatError } from '../ecg-format-error.js';
import { decodeLead } from './encoded-lead.js';
import type { HuffmanTable } from './huffman-tables.js';
import type { ScpBeats, ScpLead, ScpSignal, ScpZone } from './signal-sections.js';

/** A run of samples that were all kept, or that share one stored value by `factor`. */
interface Run {
  readonly length: number;
  readonly kept: boolean;
}

/**
 * The runs of a lead under bimodal compression: inside the protected zones every sample was kept, and the zones cut the rest into runs
 * whose last block may be short.
 */
function runsOf(lead: ScpLead, zones: readonly ScpZone[]): Run[] {
  const runs: Run[] = [];
  let at = lead.start;
  for (const zone of zones) {
    const start = Math.max(zone.start, lead.start);
    const end = Math.min(zone.end, lead.end);
    if (end < start) continue;
    if (start > at) runs.push({ length: start - at, kept: false });
    runs.push({ length: end - start + 1, kept: true });
    at = end + 1;
  }
  if (at <= lead.end) runs.push({ length: lead.end - at + 1, kept: false });
  return runs;
}

/**
 * Samples of a lead whose residual was bimodally compressed (EN 1064, 5.9 and annex C): outside the protected zones only a mean of each
 * block of `factor` samples was stored. Here a mean stands for the middle of its block, so that nothing is shifted in time; values between
 * two middles are interpolated linearly, and before the first and behind the last middle of a run its value is held.
 */
export function decodeBimodal(
  data: Uint8Array,
  lead: ScpLead,
  zones: readonly ScpZone[],
  factor: number,
  tables: readonly HuffmanTable[],
  differences: number,
): Int32Array {
  const runs = runsOf(lead, zones);
  const stored = runs.reduce((sum, run) => sum + (run.kept ? run.length : Math.ceil(run.length / factor)), 0);
  const values = decodeLead(data, stored, tables, differences);
  const samples = new Int32Array(lead.end - lead.start + 1);
  let from = 0;
  let to = 0;
  for (const { length, kept } of runs) {
    const count = kept ? length : Math.ceil(length / factor);
    if (kept) samples.set(values.subarray(from, from + count), to);
    else interpolate(values.subarray(from, from + count), samples.subarray(to, to + length), factor);
    from += count;
    to += length;
  }
  return samples;
}

function interpolate(means: Int32Array, samples: Int32Array, factor: number): void {
  const middleOf = (block: number): number =>
    block * factor + (Math.min(factor, samples.length - block * factor) - 1) / 2;
  const last = means.length - 1;
  for (let i = 0; i < samples.length; i++) {
    let block = Math.floor(i / factor);
    if (i < middleOf(block)) block--;
    const [from, to] = [Math.max(0, block), Math.min(last, block + 1)];
    const share = from === to ? 0 : (i - middleOf(from)) / (middleOf(to) - middleOf(from));
    samples[i] = Math.round(means[from]! + (means[to]! - means[from]!) * share);
  }
}

/**
 * Adds reference beat 0 back where section 4 says that it was subtracted, with the fiducials one over the other (EN 1064, 5.7.4 and C.2).
 * Where a zone reaches beyond the reference beat, nothing was subtracted.
 */
export function addReferenceBeat(samples: Int32Array, lead: ScpLead, beats: ScpBeats, reference: Int32Array): void {
  for (const { start, end, fiducial } of beats.subtractions) {
    const shift = beats.referenceFiducial - fiducial - 1;
    const first = Math.max(start, lead.start, -shift);
    const last = Math.min(end, lead.end, reference.length - 1 - shift);
    for (let number = first; number <= last; number++) samples[number - lead.start]! += reference[number + shift]!;
  }
}

/** How many samples of the rhythm became one, from the two sample intervals. */
export function bimodalFactor(
  rhythm: ScpSignal,
  reference: ScpSignal | undefined,
  beats: ScpBeats | undefined,
): number {
  if (!reference || !beats)
    throw new EcgFormatError('unsupported', 'Bimodal compression without sections 4 and 5 cannot be undone.');
  const factor = rhythm.microseconds / reference.microseconds;
  if (!Number.isInteger(factor) || factor < 1 || factor > 8)
    throw new EcgFormatError('unsupported', `Bimodal compression by a factor of ${factor} is not known.`);
  return factor;
}
