import { describe, expect, it } from '@jest/globals';
import { hang } from './hanging.js';
import { cellsOf, filled, LAYOUTS, layoutName, nextLayout } from './layouts.js';
import type { Series } from './series.js';

const pictures = (modality: string, count: number): Series[] =>
  Array.from({ length: count }, (_, index) => ({
    uid: String(index),
    number: String(index),
    description: '',
    modality,
    instances: 1,
  }));

describe('layouts', () => {
  it('go round', () => {
    let layout = LAYOUTS[0]!;
    const seen = LAYOUTS.map(() => layoutName((layout = nextLayout(layout))));
    expect(new Set(seen).size).toBe(LAYOUTS.length);
    expect(layout).toEqual(LAYOUTS[0]);
    expect(Math.max(...LAYOUTS.map(cellsOf))).toBe(9);
  });

  it('keep what hangs, add the series that hang nowhere, and leave the rest empty', () => {
    expect(filled([], 2, ['a', 'b', 'c'])).toEqual(['a', 'b']);
    expect(filled(['c'], 2, ['a', 'b', 'c'])).toEqual(['c', 'a']);
    expect(filled(['c', 'a'], 4, ['a', 'b', 'c'])).toEqual(['c', 'a', 'b', '']);
    expect(filled(['gone', 'b'], 2, ['a', 'b'])).toEqual(['b', 'a']);
    expect(filled(['a', 'b', 'c'], 1, ['a', 'b', 'c'])).toEqual(['a']);
    expect(filled([], 1, [])).toEqual(['']);
    expect(filled([], 2, ['a'], ['report'])).toEqual(['a', '']);
    expect(filled(['report'], 2, ['a'], ['report'])).toEqual(['report', 'a']);
  });
});

describe('hanging', () => {
  it('goes by modality and number of series, unless the reader chose before', () => {
    expect(layoutName(hang(pictures('CT', 5), {}))).toBe('1×1');
    expect(layoutName(hang(pictures('MG', 4), {}))).toBe('2×2');
    expect(layoutName(hang(pictures('DX', 2), {}))).toBe('1×2');
    expect(layoutName(hang(pictures('DX', 1), {}))).toBe('1×1');
    expect(layoutName(hang([], {}))).toBe('1×1');
    expect(layoutName(hang(pictures('CT', 5), { CT: { rows: 1, columns: 3 } }))).toBe('1×3');
  });
});
