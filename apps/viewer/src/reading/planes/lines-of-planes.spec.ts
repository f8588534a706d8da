import { describe, expect, it } from '@jest/globals';
import { angleTo, reach } from './lines-of-planes.js';

describe('the line of another plane', () => {
  it('reaches to the edge of its cell, wherever the planes meet in it', () => {
    expect(reach([50, 40], [1, 0], [200, 100], 10)).toBe(140);
    expect(reach([50, 40], [-1, 0], [200, 100], 10)).toBe(40);
    expect(reach([50, 40], [0.6, 0.8], [200, 100], 10)).toBeCloseTo(62.5, 9);
    expect(reach([-20, 40], [-1, 0], [200, 100], 10)).toBe(0);
    expect(reach([50, 40], [0, 0], [200, 100], 10)).toBe(0);
    expect(reach([50, 300], [1, 0], [200, 100], 10)).toBe(0);
  });

  it('is turned towards the pointer, about the normal of the image', () => {
    const cell = { normal: [0, 0, -1], meeting: [1, 1, 7] } as const;
    expect(angleTo([1, 0, 0], cell, [1, 5, 7])).toBeCloseTo(-Math.PI / 2, 12);
    expect(angleTo([1, 0, 0], cell, [3, 1, 7])).toBeCloseTo(0, 12);
    expect(angleTo([0, 1, 0], { ...cell, normal: [1, 0, 0] }, [1, 2, 8])).toBeCloseTo(Math.PI / 4, 12);
  });
});
