import { describe, expect, it } from '@jest/globals';
import { monthBeside, thisMonth } from './month.js';

describe('the month that figures are shown of', () => {
  it('is the one in Shanghai', () => {
    expect(thisMonth(Date.parse('2026-10-31T16:00:00Z'))).toBe('2026-11');
    expect(thisMonth(Date.parse('2026-10-31T15:59:00Z'))).toBe('2026-10');
  });
  it('has one before and one after, over the year’s end too', () => {
    expect(monthBeside('2026-01', -1)).toBe('2025-12');
    expect(monthBeside('2026-12', 1)).toBe('2027-01');
  });
});
