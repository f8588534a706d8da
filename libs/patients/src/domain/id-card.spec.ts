import { describe, expect, it } from '@jest/globals';
import { maskIdCard, validIdCard } from './id-card.js';

describe('ID-card numbers', () => {
  it('takes only a number whose check digit is right', () => {
    expect(validIdCard('11010519491231002X')).toBe('11010519491231002X');
    expect(validIdCard(' 11010519491231002x ')).toBe('11010519491231002X');
    expect(validIdCard('110105194912310021')).toBeNull();
    expect(validIdCard('')).toBeNull();
    expect(validIdCard(undefined)).toBeNull();
  });

  it('masks all but the first six and the last four', () => {
    expect(maskIdCard('11010519491231002X')).toBe('110105********002X');
  });
});
