import { describe, expect, it } from '@jest/globals';
import { alignBeats, cutBeats, rPeaks } from './ecg-beats.js';
import type { PageLead } from './page-lead.js';

const SECONDS = 10;
/** Known beats: P, QRS and T as Gaussians, with wander and noise of a fixed sequence. */
function lead(
  name: string,
  beats: readonly number[],
  size: number,
  change: Partial<PageLead> & { noise?: number } = {},
): PageLead {
  const { noise = 10, ...rest } = change;
  const sampleRateHz = rest.sampleRateHz ?? 500;
  let state = 7;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  };
  const wave = (t: number, centre: number, width: number): number => Math.exp(-(((t - centre) / width) ** 2) / 2);
  const samples = Int16Array.from({ length: SECONDS * sampleRateHz }, (_, i) => {
    const t = i / sampleRateHz;
    const heart = beats.reduce(
      (sum, r) => sum + size * (wave(t, r, 0.012) + 0.12 * wave(t, r - 0.16, 0.02) + 0.3 * wave(t, r + 0.28, 0.05)),
      0,
    );
    return Math.round((heart + 200 * Math.sin(t * 1.5) + noise * random()) / 2.5);
  });
  return {
    name,
    samples,
    sampleRateHz,
    microvoltsPerUnit: 2.5,
    baselineMicrovolts: 0,
    derived: false,
    startSeconds: 0,
    ...rest,
  };
}
/** An uneven rhythm. */
const known = [0.5, 1.32, 2.1, 2.96, 3.5, 4.62, 5.4, 6.24, 7.02, 7.9, 8.66, 9.48];
const near = (found: readonly number[], beats: readonly number[]): void => {
  expect(found).toHaveLength(beats.length);
  found.forEach((beat, i) => expect(Math.abs(beat - beats[i]!)).toBeLessThanOrEqual(0.006));
};

/** As they may be found in some lead: not on R, each by another distance. */
const around = known.map((beat, i) => beat + [-0.04, 0.03, 0.05, -0.02][i % 4]!);

describe('rPeaks', () => {
  it('places each R peak, up or down, at any rate of sampling', () => {
    const leads = [lead('II', known, 1000), lead('V1', known, -800), lead('V5', known, 1500)];
    near(rPeaks(leads, around, 0, SECONDS), known);
    near(rPeaks([lead('II', known, 1000, { sampleRateHz: 250 })], around, 0, SECONDS), known);
  });
  it('goes by the leads that beat, where others are noise or flat', () => {
    const noise = lead('V2', [], 0, { noise: 800 });
    const flat = lead('V3', [], 0, { noise: 0, microvoltsPerUnit: 0.01 });
    const leads = [lead('I', known, 700), noise, lead('II', known, 1000), flat, lead('V6', known, 900)];
    near(rPeaks(leads, around, 0, SECONDS), known);
  });
  it('looks at the page that is asked for, and counts from its beginning', () => {
    near(
      rPeaks([lead('II', known, 1000)], around, 4, 3),
      known.filter((r) => r > 4 && r < 7).map((r) => r - 4),
    );
    const late = lead('II', known, 1000, { startSeconds: 2 });
    near(
      rPeaks(
        [late],
        around.map((beat) => beat + 2),
        0,
        SECONDS,
      ),
      known,
    );
  });
  it('places none where none was found, and leaves one where no lead says better', () => {
    expect(rPeaks([lead('II', known, 1000)], [], 0, 10)).toEqual([]);
    expect(rPeaks([], around, 0, 10)).toEqual([]);
    expect(rPeaks([lead('II', known, 1000)], around, 20, 0)).toEqual([]);
    expect(rPeaks([lead('II', [], 0, { noise: 0, microvoltsPerUnit: 0.01 })], [1.5], 0, 10)).toEqual([1.5]);
  });
});

describe('cutBeats', () => {
  const at = (samples: ArrayLike<number>, seconds: number): number => samples[Math.round(seconds * 500)]!;
  it('lays beats on their R peaks, levelled, and takes their median', () => {
    const even = Array.from({ length: 10 }, (_, i) => 0.6 + i * 0.9);
    const leads = [lead('II', even, 1000), lead('V1', even, -500)];
    const { median, beats } = cutBeats(leads, even, 0)!;
    expect(beats).toHaveLength(10);
    for (const one of [median, ...beats]) expect(one.map(({ name }) => name)).toEqual(['II', 'V1']);
    const [two, one] = median;
    // 0.4 s before R, and 0.24 s before the next R: 0.66 s after it.
    expect(two!.samples).toHaveLength(530);
    expect(Math.abs(at(two!.samples, 0.4) - 1000)).toBeLessThan(20);
    expect(Math.abs(at(one!.samples, 0.4) + 500)).toBeLessThan(20);
    // The T wave, 0.37 s after the level: the wander goes 300 µV a second at most.
    for (const beat of [median, ...beats.slice(0, -1)])
      expect(Math.abs(at(beat[0]!.samples, 0.68) - 300)).toBeLessThan(0.37 * 300 + 10);
    // At R and before, the wander of 200 µV is taken from each.
    for (const beat of beats) expect(Math.abs(at(beat[0]!.samples, 0.31))).toBeLessThan(20);
  });
  it('has a median that an odd beat does not move, and what the odd beat was beneath it', () => {
    const even = Array.from({ length: 10 }, (_, i) => 0.6 + i * 0.9);
    const spoilt = lead('II', even, 1000);
    const samples = Int16Array.from(spoilt.samples);
    for (let i = 2490; i < 2520; i += 1) samples[i] = -2000;
    const peaks = even.map((beat, i) => (i === 5 ? 5 : beat));
    const { median, beats } = cutBeats([{ ...spoilt, samples }], peaks, 0)!;
    expect(Math.abs(at(median[0]!.samples, 0.4) - 1000)).toBeLessThan(20);
    expect(at(beats[5]![0]!.samples, 0.4)).toBeLessThan(-4000);
  });
  it('leaves open what was not recorded, and cuts nothing of fewer than three', () => {
    const even = [0.1, 1, 1.9, 2.8];
    const { median, beats } = cutBeats([lead('II', even, 1000)], even, 0)!;
    const [first] = beats[0]!;
    expect(first!.samples[0]).toBe(first!.missingValue);
    expect(median[0]!.samples[0]).not.toBe(median[0]!.missingValue);
    expect(cutBeats([lead('II', even, 1000)], [1, 1.9], 0)).toBeNull();
  });
});

describe('alignBeats', () => {
  it('moves a rhythm of the same rate by the smallest distance onto the other', () => {
    const moved = known.map((beat) => beat + 0.137);
    expect(alignBeats(known, moved)).toBeCloseTo(-0.137, 6);
    const even = Array.from({ length: 12 }, (_, i) => 0.4 + i * 0.8);
    expect(
      alignBeats(
        even,
        even.map((beat) => beat + 0.3),
      ),
    ).toBeCloseTo(-0.3, 6);
  });
  it('lays one beat on another where the rates differ', () => {
    const fast = Array.from({ length: 16 }, (_, i) => 0.3 + i * 0.6);
    const shift = alignBeats(known, fast);
    expect(fast.some((beat) => known.some((one) => Math.abs(beat + shift - one) < 0.001))).toBe(true);
  });
  it('moves nothing where there is nothing to go by', () => {
    expect(alignBeats([], [1])).toBe(0);
    expect(alignBeats([1], [])).toBe(0);
  });
});
