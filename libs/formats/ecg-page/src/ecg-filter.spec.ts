import { describe, expect, it } from '@jest/globals';
import { type EcgFilters, filterEcg, HIGH_PASS_HZ, LOW_PASS_HZ, RAW } from './ecg-filter.js';
import type { PageLead } from './page-lead.js';

const RATE = 500;
const lead = (value: (second: number) => number, seconds = 20, change: Partial<PageLead> = {}): PageLead => ({
  name: 'II',
  samples: Int32Array.from({ length: seconds * RATE }, (_, i) => Math.round(value(i / RATE) * 1000)),
  sampleRateHz: RATE,
  microvoltsPerUnit: 1,
  baselineMicrovolts: 0,
  derived: false,
  startSeconds: 0,
  ...change,
});
const sine = (hertz: number) => (second: number) => Math.sin(2 * Math.PI * hertz * second);
const filtered = (one: PageLead, change: Partial<EcgFilters>): PageLead =>
  filterEcg([one], { ...RAW, ...change }).leads[0]!;
/** Gain and shift in degrees at a frequency, over the middle half of the lead. */
function response(hertz: number, change: Partial<EcgFilters>, seconds = 20) {
  const { samples } = filtered(lead(sine(hertz), seconds), change);
  let [inPhase, across, count] = [0, 0, 0];
  const cycles = Math.floor((hertz * seconds) / 2);
  const from = Math.round((samples.length - (cycles / hertz) * RATE) / 2);
  const to = from + Math.round((cycles / hertz) * RATE);
  for (let i = from; i < to; i++) {
    inPhase += samples[i]! * Math.sin((2 * Math.PI * hertz * i) / RATE);
    across += samples[i]! * Math.cos((2 * Math.PI * hertz * i) / RATE);
    count++;
  }
  return {
    decibels: 20 * Math.log10((2 * Math.hypot(inPhase, across)) / count / 1000),
    degrees: (Math.atan2(across, inPhase) * 180) / Math.PI,
  };
}

describe('filterEcg', () => {
  it.each(LOW_PASS_HZ)('low-pass %d Hz loses 3 dB there, nothing at 5 Hz, and shifts nothing', (lowPassHz) => {
    expect(response(lowPassHz, { lowPassHz }).decibels).toBeCloseTo(-3.01, 1);
    expect(response(lowPassHz, { lowPassHz }).degrees).toBeCloseTo(0, 1);
    expect(response(5, { lowPassHz }).decibels).toBeCloseTo(0, 1);
    expect(response(240, { lowPassHz }).decibels).toBeLessThan(-25);
  });

  it.each(HIGH_PASS_HZ)('high-pass %d Hz loses 3 dB there, nothing at 5 Hz, and shifts nothing', (highPassHz) => {
    const long = Math.max(40, 20 / highPassHz);
    expect(response(highPassHz, { highPassHz }, long).decibels).toBeCloseTo(-3.01, 1);
    expect(response(highPassHz, { highPassHz }, long).degrees).toBeCloseTo(0, 0);
    expect(response(5, { highPassHz }, long).decibels).toBeCloseTo(0, 1);
  });

  it('the notch takes 50 Hz away and leaves 45 and 55 Hz', () => {
    expect(response(50, { notch50Hz: true }).decibels).toBeLessThan(-60);
    for (const hertz of [45, 55]) expect(response(hertz, { notch50Hz: true }).decibels).toBeGreaterThan(-0.5);
  });

  it('keeps a symmetric wave symmetric about the same sample', () => {
    const { samples } = filtered(
      lead((second) => Math.exp(-(((second - 5) / 0.02) ** 2)), 10),
      { lowPassHz: 40, highPassHz: 0.5, notch50Hz: true },
    );
    const values = Array.from(samples);
    expect(values.indexOf(Math.max(...values))).toBe(5 * RATE);
    for (let i = 1; i < 200; i++) expect(samples[5 * RATE - i]!).toBeCloseTo(samples[5 * RATE + i]!, 0);
  });

  it('leaves a constant to the low-pass, takes it with the high-pass, from the first sample to the last', () => {
    const still = lead(() => 2, 10, { baselineMicrovolts: 100, microvoltsPerUnit: 2 });
    for (const value of Array.from(filtered(still, { lowPassHz: 40 }).samples)) expect(value).toBeCloseTo(4100, 2);
    for (const value of Array.from(filtered(still, { highPassHz: 0.05 }).samples)) expect(value).toBeCloseTo(0, 2);
  });

  it('changes no sample of the lead it was given, and raw is the very same', () => {
    const one = lead(sine(7));
    const before = Array.from(one.samples);
    filtered(one, { lowPassHz: 40, highPassHz: 0.5, notch50Hz: true });
    expect(Array.from(one.samples)).toEqual(before);
    expect(filterEcg([one], RAW).leads[0]).toBe(one);
  });

  it('keeps gaps, and never carries one side of a gap to the other', () => {
    const one = lead((second) => (second < 5 ? 0 : 3), 10, { missingValue: -1 });
    (one.samples as Int32Array)[5 * RATE - 1] = -1;
    const out = filtered(one, { lowPassHz: 40 });
    expect(out.samples[5 * RATE - 1]).toBe(out.missingValue);
    expect(out.samples[5 * RATE - 2]).toBeCloseTo(0, 3);
    expect(out.samples[5 * RATE]).toBeCloseTo(3000, 1);
  });

  it('names leads that are sampled too slowly, and leaves that filter out', () => {
    const slow = lead(sine(5), 10, { sampleRateHz: 250 });
    expect(filterEcg([slow], { ...RAW, lowPassHz: 100 }).skipped).toEqual(['II']);
    expect(filterEcg([slow], { ...RAW, lowPassHz: 40 }).skipped).toEqual([]);
    expect(filterEcg([lead(sine(5), 1, { samples: new Int32Array(1) })], { ...RAW, lowPassHz: 40 }).leads).toHaveLength(
      1,
    );
  });
});
