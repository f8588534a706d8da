import { areaOf } from './axes.js';
import type { Delineation } from './delineate.js';
import type { EcgWarning } from './ecg-measures.js';
import type { LeadQuality } from './lead-quality.js';
import type { MedianBeat } from './median-beat.js';

const REVERSAL = 'Batchvarov, Malik, Camm 2007, Europace 9:1081, doi 10.1093/europace/eum198';
const OWN = 'own bound, see docs/ecg-measuring.md';
/** Own choices: a tenth of the time lost, a hundredth at the rail, noise as high as a small P wave. */
const [LOST_SHARE, RAIL_SHARE, NOISE_MICROVOLTS] = [0.1, 0.01, 50];

export function qualityWarnings(quality: readonly LeadQuality[]): EcgWarning[] {
  const named = (test: (each: LeadQuality) => boolean): string[] => quality.filter(test).map(({ lead }) => lead);
  const out: EcgWarning[] = [];
  const add = (code: EcgWarning['code'], leads: string[], text: string, source: string): void => {
    if (leads.length > 0) out.push({ code, leads, text, source });
  };
  const challenge = 'a constant lead counts as missing: PhysioNet/CinC Challenge 2011';
  add(
    'lead-off',
    named((each) => each.flatShare >= LOST_SHARE),
    'Constant or without values: the lead may be off.',
    challenge,
  );
  add(
    'saturated',
    named((each) => each.saturatedShare >= RAIL_SHARE),
    'At the end of its range.',
    OWN,
  );
  add(
    'noisy',
    named((each) => (each.noiseMicrovolts ?? 0) >= NOISE_MICROVOLTS),
    'Noise hides small waves.',
    OWN,
  );
  return out;
}

/**
 * Suspected exchanges of limb electrodes. Arms: I is upside down (P, QRS and T) while V6 is upright, which tells it from dextrocardia.
 * Right arm with right leg: II is all but a flat line. Other exchanges leave no mark that is safe without an earlier ECG.
 */
export function reversalWarnings(beats: readonly MedianBeat[], marks: Delineation): EcgWarning[] {
  const { qrsOnset, qrsEnd, tEnd, pOnset, pEnd } = marks;
  if (qrsOnset === null || qrsEnd === null) return [];
  const of = (name: string): MedianBeat | undefined => beats.find((beat) => beat.name === name);
  const qrs = (name: string): number | null => {
    const beat = of(name);
    return beat ? areaOf(beat, qrsOnset, qrsEnd) : null;
  };
  const out: EcgWarning[] = [];
  const [I, lateral] = [of('I'), qrs('V6') ?? qrs('V5')];
  if (I && lateral !== null && lateral > 0 && areaOf(I, qrsOnset, qrsEnd) < 0) {
    const p = pOnset === null || pEnd === null ? null : areaOf(I, pOnset, pEnd);
    const t = tEnd === null ? null : areaOf(I, qrsEnd + 30, tEnd, 0);
    if (p !== null ? p < 0 : t !== null && t < 0) {
      const text = `P, QRS or T of I are upside down while ${of('V6') ? 'V6' : 'V5'} is upright: the arms may be exchanged.`;
      out.push({ code: 'arms-reversed', leads: ['I', 'aVL', 'aVR'], text, source: REVERSAL });
    }
  }
  const height = (name: string): number | null => {
    const values = of(name)?.values;
    return values ? Math.max(...values) - Math.min(...values) : null;
  };
  const [first, second] = [height('I'), height('II')];
  if (first !== null && second !== null && second < 100 && first > 5 * second) {
    const text = 'II is all but flat: right arm and right leg may be exchanged.';
    out.push({ code: 'right-arm-and-leg-reversed', leads: ['II'], text, source: REVERSAL });
  }
  return out;
}
