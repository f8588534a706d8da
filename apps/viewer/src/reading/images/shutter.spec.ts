import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '../../api/dicom-web.js';
import { isOpen, shutterOf } from './shutter.js';

const dataset = (attributes: Record<string, unknown[]>): DicomJson =>
  Object.fromEntries(Object.entries(attributes).map(([tag, Value]) => [tag, { vr: 'IS', Value }]));
const drawn = (attributes: Record<string, unknown[]>): string[] => {
  const shutter = shutterOf(dataset(attributes))!;
  return Array.from({ length: 5 }, (_, row) =>
    Array.from({ length: 7 }, (__, column) => (isOpen(shutter, row + 1, column + 1) ? '#' : '.')).join(''),
  );
};
const rectangle = { '00181602': [2], '00181604': [4], '00181606': [2], '00181608': [5] };

describe('a shutter', () => {
  it('leaves a rectangle with its edges', () =>
    expect(drawn({ '00181600': ['RECTANGULAR'], ...rectangle })).toEqual([
      '.......',
      '.###...',
      '.###...',
      '.###...',
      '.###...',
    ]));

  it('leaves a circle', () =>
    expect(drawn({ '00181600': ['CIRCULAR'], '00181610': [3, 4], '00181612': [2] })).toEqual([
      '...#...',
      '..###..',
      '.#####.',
      '..###..',
      '...#...',
    ]));

  it('leaves a polygon with its edges, hollow where it is', () =>
    expect(drawn({ '00181600': ['POLYGONAL'], '00181620': [1, 1, 3, 4, 1, 7, 5, 7, 5, 1] })).toEqual([
      '#.....#',
      '##...##',
      '#######',
      '#######',
      '#######',
    ]));

  it('leaves what all of its shapes leave', () =>
    expect(
      drawn({ '00181600': ['RECTANGULAR', 'CIRCULAR'], ...rectangle, '00181610': [3, 4], '00181612': [1] }),
    ).toEqual(['.......', '...#...', '..##...', '...#...', '.......']));

  it('is none where the file has no whole shape', () => {
    expect(shutterOf(dataset({}))).toBeNull();
    expect(shutterOf(dataset({ '00181600': ['RECTANGULAR'], '00181602': [2] }))).toBeNull();
  });
});
