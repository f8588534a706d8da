import { describe, expect, it } from '@jest/globals';
import { KeyPauses } from './key-pauses.js';

describe('pauses between the jobs of a key', () => {
  it('holds nothing back before its first', () => {
    expect(new KeyPauses(() => 0).waiting()).toEqual([]);
  });

  it('doubles while more keep coming, up to the longest', () => {
    let now = 0;
    const pauses = new KeyPauses(() => now);
    const lengths: number[] = [];
    for (let job = 0; job < 4; job += 1) {
      pauses.went('study', 8_000);
      const began = now;
      while (pauses.waiting().includes('study')) now += 100;
      lengths.push(now - began);
    }
    expect(lengths).toEqual([2_000, 4_000, 8_000, 8_000]);
  });

  it('begins anew with a key that has been silent, and keeps keys apart', () => {
    let now = 0;
    const pauses = new KeyPauses(() => now);
    pauses.went('a', 8_000);
    now = 2_000;
    pauses.went('a', 8_000);
    pauses.went('b', 8_000);
    now = 4_000;
    expect(pauses.waiting()).toEqual(['a']);
    now = 60_000;
    expect(pauses.waiting()).toEqual([]);
    pauses.went('a', 8_000);
    now = 62_000;
    expect(pauses.waiting()).toEqual([]);
  });

  it('never pauses for longer than asked', () => {
    let now = 0;
    const pauses = new KeyPauses(() => now);
    pauses.went('study', 500);
    now = 500;
    expect(pauses.waiting()).toEqual([]);
  });
});
