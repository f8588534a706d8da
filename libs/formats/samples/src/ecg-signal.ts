import { random } from './sample-study.js';

/** Twelve leads in the usual order, with the IEEE 11073-10101 codes that DICOM (CID 3001) and HL7 aECG share. */
export const LEADS = [
  { name: 'I', mdc: 'MDC_ECG_LEAD_I', code: '2:1' },
  { name: 'II', mdc: 'MDC_ECG_LEAD_II', code: '2:2' },
  { name: 'III', mdc: 'MDC_ECG_LEAD_III', code: '2:61' },
  { name: 'aVR', mdc: 'MDC_ECG_LEAD_AVR', code: '2:62' },
  { name: 'aVL', mdc: 'MDC_ECG_LEAD_AVL', code: '2:63' },
  { name: 'aVF', mdc: 'MDC_ECG_LEAD_AVF', code: '2:64' },
  { name: 'V1', mdc: 'MDC_ECG_LEAD_V1', code: '2:3' },
  { name: 'V2', mdc: 'MDC_ECG_LEAD_V2', code: '2:4' },
  { name: 'V3', mdc: 'MDC_ECG_LEAD_V3', code: '2:5' },
  { name: 'V4', mdc: 'MDC_ECG_LEAD_V4', code: '2:6' },
  { name: 'V5', mdc: 'MDC_ECG_LEAD_V5', code: '2:7' },
  { name: 'V6', mdc: 'MDC_ECG_LEAD_V6', code: '2:8' },
] as const;

export const SAMPLING_HERTZ = 500;
export const SECONDS = 10;
export const SAMPLES = SAMPLING_HERTZ * SECONDS;
/** Microvolts for one step of a sample. */
export const MICROVOLTS_PER_STEP = 2.5;

/** Peaks in µV: P, Q, R, S, T. Limb leads other than I and II follow from these two. */
const WAVES: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  I: [80, -40, 700, -120, 220],
  II: [130, -60, 1100, -180, 300],
  V1: [60, 0, 220, -900, -60],
  V2: [70, 0, 450, -1300, 350],
  V3: [70, 0, 800, -900, 450],
  V4: [70, -40, 1400, -500, 450],
  V5: [70, -60, 1300, -250, 350],
  V6: [70, -60, 1000, -100, 260],
};

/** Centre (from the R peak) and width of each wave, in seconds. */
const SHAPES: readonly (readonly [number, number])[] = [
  [-0.165, 0.022],
  [-0.032, 0.008],
  [0, 0.011],
  [0.034, 0.011],
  [0.285, 0.05],
];

function rPeaks(next: () => number): number[] {
  const peaks: number[] = [];
  for (let at = 0.42; at < SECONDS + 0.4; at += 60 / 72 + (next() - 0.5) * 0.04) peaks.push(at);
  return peaks;
}

function measured(name: string, peaks: readonly number[], next: () => number, even: boolean): Int16Array {
  const waves = WAVES[name]!;
  const phase = next() * Math.PI * 2;
  return Int16Array.from({ length: SAMPLES }, (_, index) => {
    const time = index / SAMPLING_HERTZ;
    let microvolts = 18 * Math.sin(time * 2 * Math.PI * 0.22 + phase) + (next() - 0.5) * 12;
    for (const peak of peaks) {
      const from = time - peak;
      if (from < -0.3 || from > 0.6) continue;
      SHAPES.forEach(([centre, width], wave) => {
        const distance = (from - centre) / width;
        if (distance > -4 && distance < 4) microvolts += waves[wave]! * Math.exp((-distance * distance) / 2);
      });
    }
    const steps = microvolts / MICROVOLTS_PER_STEP;
    return even ? Math.round(steps / 2) * 2 : Math.round(steps);
  });
}

/**
 * Ten seconds of sinus rhythm near 72/min for the twelve leads, in steps of 2.5 µV. I and II are even, so that III =
 * II − I, aVR = −(I + II)/2, aVL = I − II/2 and aVF = II − I/2 hold exactly in whole steps.
 */
export function ecgSignal(seed: string): Int16Array[] {
  const next = random(`${seed}/ecg`);
  const peaks = rPeaks(next);
  const one = measured('I', peaks, next, true);
  const two = measured('II', peaks, next, true);
  const derived = (rule: (i: number, ii: number) => number): Int16Array =>
    one.map((value, index) => rule(value, two[index]!));
  return [
    one,
    two,
    derived((i, ii) => ii - i),
    derived((i, ii) => -(i + ii) / 2),
    derived((i, ii) => i - ii / 2),
    derived((i, ii) => ii - i / 2),
    ...['V1', 'V2', 'V3', 'V4', 'V5', 'V6'].map((name) => measured(name, peaks, next, false)),
  ];
}
