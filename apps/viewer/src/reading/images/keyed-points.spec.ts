import { describe, expect, it } from '@jest/globals';
import { pointsFromKeys, withPoint } from './keyed-points.js';

describe('points set by keys', () => {
  it('make a mark when there are as many as its kind has', () => {
    expect(withPoint('length', [], [1, 2])).toEqual({ points: [[1, 2]], complete: false });
    expect(withPoint('length', [[1, 2]], [5, 2])!.complete).toBe(true);
    expect(withPoint('length', [[1, 2]], [1, 2])).toBeNull();
    expect(withPoint('probe', [], [1, 2])!.complete).toBe(true);
  });

  it('close a freehand region where one is set twice', () => {
    const three = [
      [0, 0],
      [4, 0],
      [4, 4],
    ] as [number, number][];
    expect(withPoint('freehand', three.slice(0, 2), [4, 0])).toBeNull();
    expect(withPoint('freehand', three, [4, 4])).toEqual({ points: three, complete: true });
    expect(withPoint('freehand', three, [0, 4])!.complete).toBe(false);
  });

  it('make a line along a leg of three, or of two where the second is set twice', () => {
    expect(withPoint('centre-line', [[0, 0]], [0, 0])).toBeNull();
    const two = [
      [0, 0],
      [0, 9],
    ] as [number, number][];
    expect(withPoint('centre-line', two, [0, 9])).toEqual({ points: two, complete: true });
    expect(withPoint('centre-line', two, [1, 20])!.complete).toBe(true);
  });

  it('are corners of regions, whichever is set first', () => {
    expect(
      pointsFromKeys(
        'rectangle',
        [
          [9, 8],
          [1, 2],
        ],
        [1, 1],
      ),
    ).toEqual([
      [1, 2],
      [9, 2],
      [9, 8],
      [1, 8],
    ]);
    expect(
      pointsFromKeys(
        'ellipse',
        [
          [1, 2],
          [9, 8],
        ],
        [1, 1],
      ),
    ).toEqual([
      [5, 8],
      [5, 2],
      [1, 5],
      [9, 5],
    ]);
  });

  it('give a short axis that stands upright in millimetres, also where pixels are not square', () => {
    expect(
      pointsFromKeys(
        'bidirectional',
        [
          [0, 0],
          [10, 0],
          [4, 3],
        ],
        [1, 2],
      ),
    ).toEqual([
      [0, 0],
      [10, 0],
      [4, 3],
      [4, -3],
    ]);
    const [a, b, c, d] = pointsFromKeys(
      'bidirectional',
      [
        [0, 0],
        [10, 10],
        [6, 2],
      ],
      [0.5, 2],
    );
    const dot = (b![0] - a![0]) * 0.5 * (d![0] - c![0]) * 0.5 + (b![1] - a![1]) * 2 * (d![1] - c![1]) * 2;
    expect(dot).toBeCloseTo(0, 9);
  });
});
