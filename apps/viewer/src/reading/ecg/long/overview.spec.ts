import { describe, expect, it } from '@jest/globals';
import { decodeExtremes, eventFrom, eventsOf } from './overview.js';

const events = eventsOf({
  pauses: [
    { fromSeconds: 50, toSeconds: 54 },
    { fromSeconds: 900, toSeconds: 930, doubt: 'lead off' },
  ],
  fastRuns: [{ fromSeconds: 300, toSeconds: 306, beats: 18, ratePerMinute: 180, qrsMilliseconds: null }],
});

describe('events of a long ECG', () => {
  it('stand in the order of time', () => {
    expect(events.map(({ kind, fromSeconds, doubtful }) => [kind, fromSeconds, doubtful])).toEqual([
      ['pause', 50, false],
      ['fast', 300, false],
      ['pause', 900, true],
    ]);
  });

  it.each([
    [0, 1, 50],
    [50, 1, 300],
    [300, -1, 50],
    [5000, -1, 900],
    [900, 1, undefined],
    [50, -1, undefined],
  ] as const)('from second %d, by %d, lead to %s', (second, by, expected) => {
    expect(eventFrom(events, second, by)?.fromSeconds).toBe(expected);
  });
});

describe('decodeExtremes', () => {
  it('reads 16-bit little-endian integers', () => {
    const extremes = Buffer.from([0xff, 0xff, 0x2c, 0x01, 0x00, 0x80]).toString('base64');
    const levels = { lead: 'II', fromSeconds: 0, seconds: 1, ofSeconds: 1, pairsPerSecond: 25, microvoltsPerUnit: 10 };
    expect([...decodeExtremes({ ...levels, nothing: -32_768, extremes })]).toEqual([-1, 300, -32_768]);
  });
});
