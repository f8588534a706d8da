import { describe, expect, it } from '@jest/globals';
import { arranged, cellsOf, filled, LAYOUTS, layoutName, nextLayout } from './layouts.js';

describe('layouts', () => {
  it('go round', () => {
    let layout = LAYOUTS[0]!;
    const seen = LAYOUTS.map(() => layoutName((layout = nextLayout(layout))));
    expect(new Set(seen).size).toBe(LAYOUTS.length);
    expect(layout).toEqual(LAYOUTS[0]);
    expect(Math.max(...LAYOUTS.map(cellsOf))).toBe(9);
  });

  it('that were arranged by hand stay so, with their empty cells, while all of it is there', () => {
    expect(arranged(['b', '', 'a'], 3, ['a', 'b'])).toBe(true);
    expect(arranged(['b', 'gone'], 2, ['a', 'b'])).toBe(false);
    expect(arranged(['a'], 2, ['a'])).toBe(false);
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
