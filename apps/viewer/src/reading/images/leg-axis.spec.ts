import { describe, expect, it } from '@jest/globals';
import { legAxis } from './leg-axis.js';

describe('the axis of a leg', () => {
  it('is straight: 180 degrees, and the knee lies on it', () => {
    const axis = legAxis([
      [10, 0, 5],
      [10, 300, 5],
      [10, 720, 5],
    ])!;
    expect(axis.length).toBe(720);
    expect(axis.hipKneeAnkle).toBeCloseTo(180, 9);
    expect(axis.axisDeviation).toBeCloseTo(0, 9);
  });

  it('bends at the knee, to either side alike, and in any plane', () => {
    for (const side of [20, -20]) {
      const axis = legAxis([
        [0, 0, 0],
        [0, side, 400],
        [0, 0, 800],
      ])!;
      expect(axis.length).toBe(800);
      expect(axis.hipKneeAnkle).toBeCloseTo(180 - (2 * (Math.atan(20 / 400) * 180)) / Math.PI, 9);
      expect(axis.axisDeviation).toBeCloseTo(20, 9);
    }
  });

  it('has a length alone, of two points and where no point is known to be the knee', () => {
    expect(
      legAxis([
        [0, 0, 0],
        [3, 4, 0],
      ]),
    ).toEqual({ length: 5 });
    expect(
      legAxis([
        [0, 0, 0],
        [1, 1, 0],
        [2, 1, 0],
        [3, 4, 0],
      ]),
    ).toEqual({ length: 5 });
    expect(
      legAxis([
        [0, 0, 0],
        [0, 0, 0],
        [3, 4, 0],
      ]),
    ).toEqual({ length: 5 });
    expect(
      legAxis([
        [1, 2, 3],
        [4, 5, 6],
        [1, 2, 3],
      ]),
    ).toBeNull();
    expect(legAxis([])).toBeNull();
  });
});
