import type { EcgLead, EcgRecording } from './ecg-recording.js';
import { tidy } from './microvolts.js';

/** Einthoven and Goldberger, doubled so that the halves stay whole: III = II - I, aVR = -(I + II)/2, aVL = I - II/2, aVF = II - I/2. */
const TWICE: readonly (readonly [name: string, ofI: number, ofII: number])[] = [
  ['III', -2, 2],
  ['aVR', -1, -1],
  ['aVL', 2, -1],
  ['aVF', -1, 2],
];

const MISSING = -0x8000_0000;

/**
 * The limb leads that the recording does not store, computed from I and II and marked `derived`; empty when I and II do not share
 * rate and time, for then nothing could be computed without inventing. Exact where I and II have one scale, else within a quarter of the
 * finer unit. The recording itself is left as it is.
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
  const unit = Math.min(I.microvoltsPerUnit, II.microvoltsPerUnit) / 2;
  const [perI, perII] = sameScale ? [1, 1] : [I.microvoltsPerUnit / 2 / unit, II.microvoltsPerUnit / 2 / unit];
  const length = Math.min(I.samples.length, II.samples.length);
  const samples = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const [a = 0, b = 0] = [I.samples[i], II.samples[i]];
    const missing = a === I.missingValue || b === II.missingValue;
    samples[i] = missing ? MISSING : Math.round(a * perI * ofI + b * perII * ofII);
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

function startOf(lead: EcgLead): number {
  return lead.startSeconds + (lead.skewSeconds ?? 0);
}
