import { describe, expect, it } from '@jest/globals';
import { clockAt, elapsed, ticksOf } from './clock.js';

describe('the clock of a long ECG', () => {
  it.each([
    ['2026-11-20T08:30:00', 61.9, '08:31:01'],
    ['2026-11-20T23:59:30+08:00', 30, '00:00:00 +1'],
    ['2026-12-31T08:30', 86_400, '08:30:00 +1'],
    ['2026-11-20', 5, ''],
    [undefined, 5, ''],
  ])('from %s, %d s on, shows %s', (start, second, text) => {
    expect(clockAt(start, second)).toBe(text);
  });
  it.each([
    [0, '0:00:00'],
    [3725.9, '1:02:05'],
    [86_399, '23:59:59'],
  ])('counts %d s as %s', (second, text) => {
    expect(elapsed(second)).toBe(text);
  });
  it('marks whole hours of the day', () => {
    expect(ticksOf('2026-11-20T08:30:00', 9000, 3600)).toEqual([1800, 5400]);
    expect(ticksOf('2026-11-20T08:00:00', 7200, 3600)).toEqual([0, 3600]);
    expect(ticksOf(undefined, 5000, 1800)).toEqual([0, 1800, 3600]);
  });
});
