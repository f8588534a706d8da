import { describe, expect, it } from '@jest/globals';
import { expandSegments, inEightBits, lookedUp, paletteOf, tableOf } from './lookup-tables.js';

const base64 = (...bytes: number[]): string => btoa(String.fromCharCode(...bytes));

describe('look-up tables', () => {
  it('give the nearest entry outside their range', () => {
    const table = { first: -2, entries: [10, 20, 30], bits: 8 };
    expect([-9, -2, -1, 0, 7].map((value) => lookedUp(table, value))).toEqual([10, 10, 20, 30, 30]);
  });

  it('are read as words, and as bytes where there are too few for words', async () => {
    const descriptor = { vr: 'US', Value: [2, 5, 16] };
    const item = (...bytes: number[]) => ({
      '00283002': descriptor,
      '00283006': { vr: 'OW', InlineBinary: base64(...bytes) },
    });
    const [words, bytes] = [await tableOf(item(1, 2, 3, 4)), await tableOf(item(1, 2))];
    expect([...Array.from(words!.entries), words!.first, words!.bits]).toEqual([513, 1027, 5, 16]);
    expect(Array.from(bytes!.entries)).toEqual([1, 2]);
    expect(await tableOf({ '00283002': descriptor })).toBeNull();
  });
});

describe('palettes', () => {
  it('in segments: entries, lines, and earlier segments again (PS3.3 C.7.9.2)', () => {
    // 10 20, a line of 3 to 50, then the line again: from 50 it stays at 50.
    expect(expandSegments([0, 2, 10, 20, 1, 3, 50, 2, 1, 4, 0])).toEqual([10, 20, 30, 40, 50, 50, 50, 50]);
  });

  it('refuse segments that lead into themselves, and unknown ones', () => {
    expect(() => expandSegments([2, 1, 0, 0])).toThrow(RangeError);
    expect(() => expandSegments([7, 1, 0])).toThrow(RangeError);
  });

  it('come to eight bits by the depth of all three colours', () => {
    const table = (...entries: number[]) => ({ first: 0, bits: 16, entries });
    const colours = inEightBits([table(0, 255), table(0, 0xff00), table(0, 0x8000)]);
    expect(colours.map(({ entries }) => Array.from(entries))).toEqual([
      [0, 0],
      [0, 255],
      [0, 128],
    ]);
    expect(Array.from(inEightBits([table(0, 255)])[0]!.entries)).toEqual([0, 255]);
  });

  it('are none where a colour is missing', async () => {
    expect(await paletteOf({ '00281101': { vr: 'US', Value: [1, 0, 8] } })).toBeNull();
  });
});
