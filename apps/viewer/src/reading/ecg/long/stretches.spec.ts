import { describe, expect, it } from '@jest/globals';
import type { EcgView } from '../ecg-view.js';
import { boundsOf, stretchAt, type Stretches, withStretch } from './stretches.js';

describe('stretches of a long ECG', () => {
  it.each([0, 9.9, 70, 89.9, 90, 1234.5, 86_390])('hold a page from %d s on whole, with room at its ends', (second) => {
    const { from, seconds } = boundsOf(stretchAt(second));
    expect(from).toBeLessThanOrEqual(Math.max(0, second - 20));
    expect(from + seconds).toBeGreaterThanOrEqual(second + 40);
  });

  it('are kept, but for the one that lies farthest away', () => {
    const view = (name: string): EcgView => ({
      recording: { leads: [], measurements: [], statements: [name], notes: [] },
    });
    let kept: Stretches = new Map();
    for (const number of [0, 1, 2, 900, 3, 4, 5, 6]) kept = withStretch(kept, number, view(String(number)));
    expect(kept.size).toBe(8);
    kept = withStretch(kept, 7, view('7'));
    expect([...kept.keys()].sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    kept = withStretch(kept, 7, view('again'));
    expect(kept.get(7)?.recording.statements).toEqual(['again']);
  });
});
