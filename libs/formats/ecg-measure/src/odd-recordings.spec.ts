import { describe, expect, it } from '@jest/globals';
import type { EcgLead, EcgRecording } from '#libs/formats/ecg';
import { dynamicalEcg } from '#libs/formats/samples';
import { type EcgMeasures, findBeats, measureEcg, spanOf } from './index.js';

/** Mulberry32: repeatable. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const lead = (samples: Int32Array, more: Partial<EcgLead> = {}): EcgLead => ({
  name: 'II',
  samples,
  sampleRateHz: 250,
  microvoltsPerUnit: 2.5,
  baselineMicrovolts: 0,
  derived: false,
  startSeconds: 0,
  ...more,
});
const recordingOf = (...leads: EcgLead[]): EcgRecording => ({
  patient: {},
  leads,
  measurements: [],
  statements: [],
  notes: [],
  source: 'csv',
});
const made = (length: number, valueAt: (i: number) => number): Int32Array =>
  Int32Array.from({ length }, (_, i) => valueAt(i));
const noise = (length: number, height: number, seed = 1): Int32Array => {
  const random = seeded(seed);
  return made(length, () => Math.round((random() - 0.5) * 2 * height));
};
const beating = dynamicalEcg({
  beats: Array.from({ length: 20 }, () => ({ rrSeconds: 0.8 })),
  leads: { I: [1, 1, 1, 1, 1], II: [1, 1, 1, 1, 1], V1: [1, 1, 1, -1, 1] },
  sampleRateHz: 250,
}).recording.leads;

/** Places of numbers that are not finite: there must be none, for null stands for what cannot be measured. */
function unsound(value: unknown, place = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${place} is ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unsound(inner, `${place}.${key}`));
}

/** What holds of every answer, whatever the recording. */
function demandSound(recording: EcgRecording): EcgMeasures {
  const began = performance.now();
  const measures = measureEcg(recording);
  // Against hanging only: the slowest here takes a second.
  expect(performance.now() - began).toBeLessThan(60_000);
  expect(unsound(measures)).toEqual([]);
  const { startSeconds, seconds } = spanOf(recording);
  const times = measures.beats.map((beat) => beat.seconds);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.every((time) => time >= startSeconds - 0.1 && time <= startSeconds + seconds + 0.1)).toBe(true);
  const { beats, rr, rate, p, pr, qrs, qt, qtcBazett, qtcFridericia, pAxis, qrsAxis, tAxis, quality } = measures;
  for (const each of [rate, p, pr, qrs, qt, qtcBazett, qtcFridericia, pAxis, qrsAxis, tAxis]) {
    expect(each.value === null).toBe(each.why !== undefined);
  }
  for (const { flatShare, saturatedShare } of quality) {
    expect(Math.min(flatShare, saturatedShare)).toBeGreaterThanOrEqual(0);
    expect(Math.max(flatShare, saturatedShare)).toBeLessThanOrEqual(1);
  }
  expect(rr.count).toBeLessThanOrEqual(Math.max(0, beats.length - 1));
  expect(measures.warnings.some(({ code }) => code === 'no-beats')).toBe(beats.length === 0);
  return measures;
}

describe('a recording in which there is nothing to measure: no beats, nothing thrown', () => {
  const leads = (more: Partial<EcgLead>): EcgRecording => recordingOf(...beating.map((each) => ({ ...each, ...more })));
  it.each<[string, EcgRecording]>([
    ['no leads', recordingOf()],
    ['leads without samples', recordingOf(lead(new Int32Array()), lead(new Int32Array(), { name: 'I' }))],
    ['one sample', recordingOf(lead(made(1, () => 5)))],
    ['a constant', recordingOf(lead(made(5000, () => 9)))],
    ['at the greatest number', recordingOf(lead(made(5000, () => 0x7fff_ffff)))],
    ['at the least number', recordingOf(lead(made(5000, () => -0x8000_0000)))],
    ['from rail to rail', recordingOf(lead(made(5000, (i) => (i % 2 === 0 ? 0x7fff_ffff : -0x8000_0000))))],
    [
      'every lead off',
      recordingOf(
        lead(
          made(5000, () => -1),
          { missingValue: -1 },
        ),
      ),
    ],
    [
      'a single value',
      recordingOf(
        lead(
          made(5000, (i) => (i === 2500 ? 4 : -1)),
          { missingValue: -1 },
        ),
      ),
    ],
    ['a single impulse', recordingOf(lead(made(5000, (i) => (i === 2500 ? 1000 : 0))))],
    ['a sine of 12 Hz', recordingOf(lead(made(50_000, (i) => Math.round(1000 * Math.sin((i * 24 * Math.PI) / 250)))))],
    ['a scale of zero', leads({ microvoltsPerUnit: 0 })],
    ['a scale that is no number', leads({ microvoltsPerUnit: Number.NaN })],
    ['a scale without end', leads({ microvoltsPerUnit: 1e300 })],
    ['a scale next to nothing', leads({ microvoltsPerUnit: 1e-300 })],
    ['a baseline that is no number', leads({ baselineMicrovolts: Number.NaN })],
    ['a baseline without end', leads({ baselineMicrovolts: Infinity })],
    ['a start that is no number', leads({ startSeconds: Number.NaN })],
    ['a skew that is no number', leads({ skewSeconds: Number.NaN })],
    ['a start at the end of numbers', leads({ startSeconds: 1e300 })],
    ['no rate', leads({ sampleRateHz: 0 })],
    ['a rate that is no number', leads({ sampleRateHz: Number.NaN })],
    ['a rate without end', leads({ sampleRateHz: Infinity })],
    ['a negative rate', leads({ sampleRateHz: -250 })],
    ['1 Hz', leads({ sampleRateHz: 1 })],
    ['32 kHz', leads({ sampleRateHz: 32_000 })],
    ['two hundred thousand samples of lead off', recordingOf(lead(new Int32Array(200_000), { missingValue: 0 }))],
  ])('%s', (_, recording) => {
    expect(demandSound(recording).beats).toEqual([]);
  });
});

describe('a recording that is odd, but has beats', () => {
  const [first, second, third] = beating as [EcgLead, EcgLead, EcgLead];
  it.each<[string, EcgRecording]>([
    ['empty leads among others', recordingOf(lead(new Int32Array(), { name: 'V9' }), ...beating)],
    ['forty leads of one name', recordingOf(...Array.from({ length: 40 }, () => first))],
    ['upside down', recordingOf(...beating.map((each) => ({ ...each, microvoltsPerUnit: -1 })))],
    ['a baseline of a kilovolt', recordingOf(...beating.map((each) => ({ ...each, baselineMicrovolts: 1e9 })))],
    ['starts that are far apart', recordingOf(first, { ...second, startSeconds: 1e12 })],
    ['leads of different lengths', recordingOf(first, { ...second, samples: second.samples.subarray(0, 600) }, third)],
  ])('%s: all twenty are found', (_, recording) => {
    expect(demandSound(recording).beats).toHaveLength(20);
  });

  it.each<[string, EcgRecording]>([
    [
      'rates that cannot all be right',
      recordingOf(first, { ...second, sampleRateHz: 1000 }, { ...third, sampleRateHz: 100 }),
    ],
    ['steps', recordingOf(lead(made(100_000, (i) => ((i >> 9) % 2) * 2000)))],
    ['a million samples of noise', recordingOf(lead(noise(1_000_000, 500)))],
    [
      'three leads of it, one a million times as high',
      recordingOf(
        lead(noise(50_000, 500, 2)),
        lead(noise(50_000, 500, 3), { name: 'I' }),
        lead(noise(50_000, 500_000_000, 4), { name: 'V1' }),
      ),
    ],
  ])('%s: whatever is said is sound', (_, recording) => {
    demandSound(recording);
  });

  it('forty drawn by lot', () => {
    const random = seeded(7);
    const one = <T>(...from: T[]): T => from[Math.floor(random() * from.length)]!;
    const drawn = (): EcgLead => ({
      ...one(...beating, lead(noise(Math.floor(random() * 4000), one(1, 1e3, 1e9)))),
      name: one('I', 'II', 'V6', 'resp', ''),
      sampleRateHz: one(1, 89, 90, 125, 250, 999.5, 4100, 32_000, Number.NaN),
      microvoltsPerUnit: one(0, 1e-9, 1, -2.5, 1e12, 1e30, Infinity),
      baselineMicrovolts: one(0, -5120, 1e20, Number.NaN),
      startSeconds: one(0, 0.004, -3, 7.5, 1e9, Number.NaN),
      ...one({}, { skewSeconds: 0.002 }, { missingValue: 0 }, { missingValue: -0x8000_0000 }),
    });
    let beats = 0;
    for (let i = 0; i < 40; i++) {
      const recording = recordingOf(...Array.from({ length: Math.floor(random() * 8) }, drawn));
      beats += demandSound(recording).beats.length;
    }
    expect(beats).toBeGreaterThan(100);
  });
});

describe('only the beats', () => {
  it.each([0, 1, 249, 250, 251])('%d samples at 250 Hz: no error', (length) => {
    const { beats } = findBeats(spanOf(recordingOf(lead(noise(length, 500)))));
    expect(beats.every(({ seconds }) => Number.isFinite(seconds))).toBe(true);
  });
});
