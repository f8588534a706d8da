import { describe, expect, it } from '@jest/globals';
import type { EcgBeat } from './find-beats.js';
import type { LeadQuality } from './lead-quality.js';
import { rateTrend } from './rate-trend.js';

const beat = (seconds: number): EcgBeat => ({ seconds, kind: 'normal', templateCorrelation: 1 });
const every = (from: number, to: number, rr: number): EcgBeat[] =>
  Array.from({ length: Math.round((to - from) / rr) }, (_, i) => beat(from + i * rr));
const lead = (flat: LeadQuality['flat']): LeadQuality =>
  ({ lead: 'II', flat, flatShare: 0 }) as Partial<LeadQuality> as LeadQuality;

describe('rateTrend', () => {
  it('tells mean, lowest and highest of each minute', () => {
    const beats = [...every(0.25, 60, 1), ...every(60.25, 90, 0.5), ...every(90.25, 120, 1.5)];
    const [first, second] = rateTrend({ beats, quality: [lead([])] }, 120);
    expect(first).toEqual({ mean: 60, lowest: 60, highest: 60 });
    expect(second).toMatchObject({ lowest: 40, highest: 120 });
    expect(second!.mean).toBeGreaterThan(70);
    expect(second!.mean).toBeLessThan(90);
  });

  it('has no rate where there are no beats, and no lowest of a few', () => {
    const trend = rateTrend({ beats: every(61, 65, 1), quality: [lead([])] }, 150);
    expect(trend).toEqual([
      { mean: null, lowest: null, highest: null },
      { mean: 60, lowest: null, highest: null },
      { mean: null, lowest: null, highest: null },
    ]);
  });

  it('leaves an R-R out over which the lead is off', () => {
    const beats = [...every(0, 20, 1), ...every(40, 60, 1)];
    const quality = [lead([{ fromSeconds: 20, toSeconds: 39.5, atBaseline: false }])];
    expect(rateTrend({ beats, quality }, 60)).toEqual([{ mean: 60, lowest: 60, highest: 60 }]);
    expect(rateTrend({ beats, quality: [lead([])] }, 60)[0]!.lowest).toBeLessThan(30);
  });
});
