import type { EcgLead, EcgRecording } from './ecg-recording.js';
import { tidy } from './microvolts.js';

/** Einthoven and Goldberger, doubled so that the halves stay whole: III = II - I, aVR = -(I + II)/2, aVL = I - II/2, aVF = II - I/2. */
const TWICE: readonly (readonly [name: string, ofI: number, ofII: number])[] = [
  ['III', -2, 2],
  ['aVR', -1, -1],
  ['aVL', 2, -1],
  ['aVF', -1, 2],
];

const MOST = 0x7fff_fff0;
const MISSING = -0x8000_0000;

/**
 * The limb leads that the recording does not store, computed from I and II and marked `derived`; empty when I and II do not share
 * rate and time, for then nothing could be computed without inventing. Exact where I and II have one scale and 32 bits hold the sum, else within
 * a quarter of the finer unit, or half of the coarser one that holds it. The recording itself is left as it is.
 */
export function deriveLimbLeads(recording: EcgRecording): EcgLead[] {
  const I = recording.leads.find(({ name }) => name === 'I');
  const II = recording.leads.find(({ name }) => name === 'II');
  if (!I || !II || I.sampleRateHz !== II.sampleRateHz || startOf(I) !== startOf(II)) return [];
  const absent = TWICE.filter(([name]) => !recording.leads.some((lead) => lead.name === name));
  return absent.map(([name, ofI, ofII]) => combine(name, I, II, ofI, ofII));
}

function combine(name: string, I: EcgLead, II: EcgLead, ofI: number, ofII: number): EcgLead {
  const sameScale = I.microvoltsPerUnit === II.microvoltsPerUnit;
  const finest = Math.min(I.microvoltsPerUnit, II.microvoltsPerUnit) / 2;
  const [perI, perII] = sameScale ? [1, 1] : [I.microvoltsPerUnit / 2 / finest, II.microvoltsPerUnit / 2 / finest];
  // Samples of 32 bits, doubled and added, may need a coarser unit to fit 32 bits again.
  const most = greatest(I) * Math.abs(perI * ofI) + greatest(II) * Math.abs(perII * ofII);
  const coarser = 2 ** Math.max(0, Math.ceil(Math.log2(most / MOST)));
  const unit = finest * coarser;
  const length = Math.min(I.samples.length, II.samples.length);
  const samples = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const [a = 0, b = 0] = [I.samples[i], II.samples[i]];
    const missing = a === I.missingValue || b === II.missingValue;
    samples[i] = missing ? MISSING : Math.round((a * perI * ofI + b * perII * ofII) / coarser);
  }
  const hasGaps = I.missingValue !== undefined || II.missingValue !== undefined;
  return {
    name,
    samples,
    sampleRateHz: I.sampleRateHz,
    microvoltsPerUnit: tidy(unit),
    baselineMicrovolts: tidy((I.baselineMicrovolts * ofI + II.baselineMicrovolts * ofII) / 2),
    derived: true,
    startSeconds: I.startSeconds,
    ...(I.skewSeconds === undefined ? {} : { skewSeconds: I.skewSeconds }),
    ...(hasGaps ? { missingValue: MISSING } : {}),
  };
}

function greatest({ samples, missingValue }: EcgLead): number {
  let most = 0;
  for (let i = 0; i < samples.length; i++) {
    const size = samples[i] === missingValue ? 0 : Math.abs(samples[i]!);
    if (size > most) most = size;
  }
  return most;
}

function startOf(lead: EcgLead): number {
  return lead.startSeconds + (lead.skewSeconds ?? 0);
}
