import { describe, expect, it } from '@jest/globals';
import { indexedFacts, moment } from './indexed-facts.js';

describe('moment', () => {
  it.each([
    ['20261122', '140500', undefined, '2026-11-22T06:05:00.000Z'],
    ['20261122', '140500.123', '+0000', '2026-11-22T14:05:00.000Z'],
    ['2026.11.22', '14', undefined, '2026-11-22T06:00:00.000Z'],
    ['20261122', undefined, undefined, '2026-11-21T16:00:00.000Z'],
  ])('%s %s %s', (date, time, zone, expected) => {
    expect(moment(date, time, zone)?.toISOString()).toBe(expected);
  });
  it('knows nothing of nonsense', () => {
    expect(moment('20261399', '120000', undefined)).toBeNull();
    expect(moment('', '', undefined)).toBeNull();
  });
});

describe('indexedFacts', () => {
  it('does not count what explains an examination', () => {
    expect(indexedFacts({}, '1.2.840.10008.5.1.4.1.1.88.33').counts).toBe(false);
    expect(indexedFacts({}, '1.2.840.10008.5.1.4.1.1.104.1').counts).toBe(false);
    expect(indexedFacts({}, '1.2.840.10008.5.1.4.1.1.2').counts).toBe(true);
  });
});
