import { describe, expect, it } from '@jest/globals';
import { placeInArea, shapeOfPixels, viewOf } from './displayed-area.js';

const sl = (...values: number[]) => ({ vr: 'SL', Value: values });
const cs = (value: string) => ({ vr: 'CS', Value: [value] });
const turned = (quarters: number, flip: string) => ({
  '00700042': { vr: 'US', Value: [90 * quarters] },
  '00700041': cs(flip),
});

describe('the displayed area', () => {
  it('is between its corners, whichever of them is the upper left one as it is seen', () => {
    const area = { left: 9, top: 19, right: 30, bottom: 50 };
    const item = { '00700052': sl(10, 20), '00700053': sl(30, 50) };
    expect(viewOf({}, item, 100, 80)).toEqual({ quarters: 0, flipped: false, area, magnified: null });
    const other = { '00700052': sl(30, 20), '00700053': sl(10, 50), '00700100': cs('MAGNIFY'), '00700103': sl(2) };
    expect(viewOf(turned(1, 'Y'), other, 100, 80)).toEqual({ quarters: 1, flipped: true, area, magnified: 2 });
  });

  it('is all of the image where none is said', () => {
    expect(viewOf({}, undefined, 100, 80).area).toEqual({ left: 0, top: 0, right: 80, bottom: 100 });
  });

  it.each([
    [0, 'N', [10, 20]],
    [1, 'N', [10, 60]],
    [2, 'N', [50, 60]],
    [3, 'N', [50, 20]],
    [0, 'Y', [50, 20]],
    [1, 'Y', [10, 20]],
    [3, 'Y', [50, 60]],
  ] as const)('has its upper left corner, turned %d times and %s', (quarters, flip, corner) => {
    const item = { '00700052': sl(11, 21), '00700053': sl(50, 60) };
    const view = viewOf(turned(quarters, flip), item, 100, 80);
    expect(placeInArea(view, 0, 0)).toEqual(corner);
    const opposite = placeInArea(view, 1, 1);
    expect([corner[0] + opposite[0], corner[1] + opposite[1]]).toEqual([60, 80]);
  });

  it('names the shape of its pixels by spacing or ratio', () => {
    expect(shapeOfPixels({ '00700101': sl(3, 2) })).toBe(1.5);
    expect(shapeOfPixels({ '00700102': sl(1, 1) })).toBe(1);
    expect(shapeOfPixels({})).toBeNull();
  });
});
