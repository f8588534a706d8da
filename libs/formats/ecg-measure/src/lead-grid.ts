import type { EcgLead, EcgRecording } from '#libs/formats/ecg';

/** Rate of the grid on which beats are sought: above twice the QRS band, and R times are refined between its points. */
export const GRID_HZ = 250;
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
  if (sample === undefined || sample === lead.missingValue) return Number.NaN;
  return sample * lead.microvoltsPerUnit + lead.baselineMicrovolts;
}

/** The lead in microvolts on the common grid: the mean of the samples of each point, or between two samples. A gap holds its last value. */
export function onGrid(lead: EcgLead, span: LeadSpan): Float32Array {
  const out = new Float32Array(Math.floor(span.seconds * GRID_HZ));
  const step = lead.sampleRateHz / GRID_HZ;
  const offset = (span.startSeconds - startOf(lead)) * lead.sampleRateHz;
  let last = Number.NaN;
  for (let i = 0; i < lead.samples.length && Number.isNaN(last); i++) last = microvoltsAt(lead, i);
  if (Number.isNaN(last)) last = 0;
  for (let i = 0; i < out.length; i++) {
    const at = offset + i * step;
    const value = step > 1 ? meanAround(lead, at, step) : between(lead, at);
    if (!Number.isNaN(value)) last = value;
    out[i] = last;
  }
  return out;
}

function meanAround(lead: EcgLead, at: number, width: number): number {
  let [sum, count] = [0, 0];
  for (let i = Math.ceil(at - width / 2); i <= at + width / 2; i++) {
    const value = microvoltsAt(lead, i);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

function between(lead: EcgLead, at: number): number {
  const i = Math.floor(at);
  const a = microvoltsAt(lead, i);
  const b = microvoltsAt(lead, i + 1);
  if (Number.isNaN(b)) return a;
  return a + (b - a) * (at - i);
}
