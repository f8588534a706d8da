import { describe, expect, it } from '@jest/globals';
import type { MarkPoint } from '../../api/types.js';
import { pointsToDraw, pointsToSave, rounded } from './mark-points.js';

const square: MarkPoint[] = [
  [0, 0],
  [4, 0],
  [0, 3],
  [4, 3],
];

describe('the points of a mark', () => {
  it('go round a rectangle, and come back as the tool has them', () => {
    const saved = pointsToSave('rectangle', square, [1, 1]);
    expect(saved).toEqual([
      [0, 0],
      [4, 0],
      [4, 3],
      [0, 3],
    ]);
    expect(pointsToDraw('rectangle', saved)).toEqual(square);
  });

  it('begin with the longer axis in millimetres', () => {
    const across: MarkPoint[] = [
      [0, 0],
      [4, 0],
      [2, -1],
      [2, 2],
    ];
    expect(pointsToSave('bidirectional', across, [1, 1])).toEqual(across);
    expect(pointsToSave('bidirectional', across, [1, 2])).toEqual([across[2], across[3], across[0], across[1]]);
  });

  it('end with the thorax, which is wider than the heart, however they were drawn', () => {
    const heart: MarkPoint[] = [
      [2, 5],
      [5, 5],
    ];
    const thorax: MarkPoint[] = [
      [0, 6],
      [8, 6],
    ];
    for (const points of [
      [...heart, ...thorax],
      [...thorax, ...heart],
    ])
      expect(pointsToSave('cardiothoracic', points, [1, 1])).toEqual([...heart, ...thorax]);
    expect(pointsToSave('cardiothoracic', [...heart, ...heart], [1, 1])).toEqual([...heart, ...heart]);
  });

  it('stay as they are otherwise', () => {
    expect(pointsToSave('cobb', square, [1, 1])).toEqual(square);
    expect(pointsToSave('length', [square[3]!, square[0]!], [1, 1])).toEqual([square[3], square[0]]);
    expect(rounded([1.23456, -7.0004])).toEqual([1.235, -7]);
  });
});
