import { describe, expect, it } from '@jest/globals';
import type { Mark } from '../../api/types.js';
import { mergeMarks, sameMarks } from './merge-marks.js';

const mark = (id: string, column = 0): Mark => ({
  id,
  kind: 'probe',
  sopInstanceUid: '1.2',
  frame: 1,
  points: [[column, 0]],
  values: [],
  calibration: 'pixels',
});
const a = mark('a');
const b = mark('b');
const c = mark('c');

describe('marks of two windows', () => {
  it('are both kept', () => expect(mergeMarks([a], [a, b], [a, c])).toEqual([a, c, b]));

  it('are gone where either took them away', () => {
    expect(mergeMarks([a, b], [b], [a, b, c])).toEqual([b, c]);
    expect(mergeMarks([a, b], [a, b, c], [b])).toEqual([b, c]);
  });

  it('are as they were changed, here before there', () => {
    expect(mergeMarks([a, b], [mark('a', 1), b], [mark('a', 2), mark('b', 3)])).toEqual([mark('a', 1), mark('b', 3)]);
    expect(mergeMarks([a], [mark('a', 1)], [])).toEqual([mark('a', 1)]);
  });

  it('are told apart by what they say, not by who else wrote them down', () => {
    const stored = { ...a, author: { id: 'x', name: 'y' } } as Mark;
    expect(sameMarks([a], [stored])).toBe(true);
    expect(sameMarks([a], [{ ...a, text: '新' }])).toBe(false);
  });
});
