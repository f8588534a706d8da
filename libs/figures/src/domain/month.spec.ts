import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { monthBounds } from './month.js';

describe('a month of the network', () => {
  it('begins and ends at midnight in Shanghai', () => {
    expect(monthBounds('2026-11')).toEqual({
      from: new Date('2026-10-31T16:00:00Z'),
      to: new Date('2026-11-30T16:00:00Z'),
    });
    expect(monthBounds('2026-12').to).toEqual(new Date('2026-12-31T16:00:00Z'));
  });
  it.each(['', '2026', '2026-13', '2026-00', '2026-1', '26-01', '2026-11-01'])('is not %j', (text) => {
    expect(() => monthBounds(text)).toThrow(Refusal);
  });
});
