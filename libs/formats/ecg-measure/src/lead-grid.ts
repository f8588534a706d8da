import type { EcgLead, EcgRecording } from '#libs/formats/ecg';

/** Rate of the grid on which beats are sought: above twice the QRS band, and R times are refined between its points. */
export const GRID_HZ = 250;
// Looked up once, for the loops over samples.
const { ceil, floor, max, min } = Math;
const { isNaN, NaN: NONE } = Number;
const NO_ECG = /resp|pleth|press|\babp\b|\bart\b|\beeg\b|\bemg\b|spo2|annotation|\bsat\b|temp|accel/i;
const [LEAST_HZ, MOST_HZ] = [90, 4100];

/** Where the leads lie in time, in seconds; `leads` are those that are an ECG at a rate that is measured here. */
export interface LeadSpan {
  readonly leads: readonly EcgLead[];
  readonly startSeconds: number;
  readonly seconds: number;
}

export function startOf(lead: EcgLead): number {
  return lead.startSeconds + (lead.skewSeconds ?? 0);
}

/** At most twelve leads, at most four times as long as the longest of them: a claimed start cannot ask for memory. */
export function spanOf(recording: EcgRecording): LeadSpan {
  const leads = recording.leads
    .filter(
      (lead) =>
        lead.sampleRateHz >= LEAST_HZ &&
        lead.sampleRateHz <= MOST_HZ &&
        Number.isFinite(lead.microvoltsPerUnit) &&
        Number.isFinite(startOf(lead)) &&
        lead.samples.length >= lead.sampleRateHz &&
        !NO_ECG.test(lead.name),
    )
    .slice(0, 12);
  if (leads.length === 0) return { leads, startSeconds: 0, seconds: 0 };
  const longest = Math.max(...leads.map((lead) => lead.samples.length / lead.sampleRateHz));
  const startSeconds = Math.min(...leads.map(startOf));
  const end = Math.max(...leads.map((lead) => startOf(lead) + lead.samples.length / lead.sampleRateHz));
  return { leads, startSeconds, seconds: Math.min(end - startSeconds, longest * 4) };
}

/** One value in microvolts, NaN where the lead has none. */
export function microvoltsAt(lead: EcgLead, index: number): number {
  const sample = lead.samples[index];
  if (sample === undefined || sample === lead.missingValue) return NONE;
  return sample * lead.microvoltsPerUnit + lead.baselineMicrovolts;
}

export function gridLength(span: LeadSpan): number {
  return Math.floor(span.seconds * GRID_HZ);
}

/** Part of the grid: `from` to `to` is its own, `first` to `last` is what must be filtered with it for its ends to have settled. */
export interface GridBlock {
  readonly first: number;
  readonly from: number;
  readonly to: number;
  readonly last: number;
}

/** Ten minutes each, so that a day asks for no more memory than ten minutes do; twenty seconds on either side for the filters. */
export const BLOCK = 600 * GRID_HZ;
const MARGIN = 20 * GRID_HZ;

export function blocksOf(length: number): GridBlock[] {
  const out: GridBlock[] = [];
  for (let from = 0; from < length; from += BLOCK) {
    const to = Math.min(length, from + BLOCK);
    out.push({ first: Math.max(0, from - MARGIN), from, to, last: Math.min(length, to + MARGIN) });
  }
  return out;
}

/**
 * The lead in microvolts on the common grid, from one place of it to another: the mean of the samples of each point, or between two
 * samples. A gap holds its last value, one at the beginning the first that follows.
 */
export function onGrid(lead: EcgLead, span: LeadSpan, from = 0, to = gridLength(span)): Float32Array {
  const out = new Float32Array(to - from);
  const step = lead.sampleRateHz / GRID_HZ;
  const offset = (span.startSeconds - startOf(lead)) * lead.sampleRateHz;
  const { samples, missingValue, microvoltsPerUnit, baselineMicrovolts } = lead;
  const end = min(samples.length, ceil(offset + to * step) + 1);
  let last = NONE;
  for (let i = max(0, floor(offset + from * step)); i < end && isNaN(last); i++) {
    last = microvoltsAt(lead, i);
  }
  if (isNaN(last)) last = 0;
  for (let k = 0; k < out.length; k++) {
    const at = offset + (from + k) * step;
    let value = NONE;
    if (step > 1) value = meanAround(lead, at, step);
    else {
      const i = floor(at);
      const [a, b] = [samples[i], samples[i + 1]];
      if (a === undefined || b === undefined || a === missingValue || b === missingValue) value = between(lead, at);
      else {
        const low = a * microvoltsPerUnit + baselineMicrovolts;
        value = low + (b * microvoltsPerUnit + baselineMicrovolts - low) * (at - i);
      }
    }
    if (!isNaN(value)) last = value;
    out[k] = last;
  }
  return out;
}

function meanAround(lead: EcgLead, at: number, width: number): number {
  const { samples, missingValue, microvoltsPerUnit, baselineMicrovolts } = lead;
  let sum = 0;
  let count = 0;
  const last = min(samples.length - 1, at + width / 2);
  for (let i = max(0, ceil(at - width / 2)); i <= last; i++) {
    const sample = samples[i]!;
    if (sample === missingValue) continue;
    sum += sample * microvoltsPerUnit + baselineMicrovolts;
    count++;
  }
  return count === 0 ? NONE : sum / count;
}

function between(lead: EcgLead, at: number): number {
  const i = floor(at);
  const a = microvoltsAt(lead, i);
  const b = microvoltsAt(lead, i + 1);
  if (isNaN(b)) return a;
  return a + (b - a) * (at - i);
}
