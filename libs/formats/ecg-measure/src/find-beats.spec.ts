import { describe, expect, it } from '@jest/globals';
import { findBeats, spanOf } from './index.js';

describe('a signal without beats', () => {
  it.each([
    ['flat', () => 0],
    ['at a rail', () => 32_767],
    ['alternating by one unit', (i: number) => i % 2],
  ])('%s: no beats, no error', (_, valueAt) => {
    const samples = Int32Array.from({ length: 5000 }, (__, i) => valueAt(i));
    const scale = { sampleRateHz: 500, microvoltsPerUnit: 2.5, baselineMicrovolts: 0, derived: false, startSeconds: 0 };
    const leads = [{ name: 'II', samples, ...scale }];
    const recording = { patient: {}, leads, measurements: [], statements: [], notes: [], source: 'csv' as const };
    expect(findBeats(spanOf(recording)).beats).toEqual([]);
  });
});
