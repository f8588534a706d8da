import { describe, expect, it } from '@jest/globals';
import {
  cutOblique,
  indexAt,
  isOblique,
  meetingOf,
  normalOf,
  originOf,
  planeAlong,
  turned,
  type ObliquePlane,
} from './oblique.js';
import { planesOf } from './plane.js';
import { dot, volumeOf, type PlacedSlice, type Vector, type Volume } from './volume.js';
import { readVoxels } from './voxels.js';

const [COLUMNS, ROWS, SLICES] = [9, 8, 7];
const X: Vector = [1, 0, 0];
const Y: Vector = [0, 1, 0];
const times = (a: Vector, by: number): Vector => [a[0] * by, a[1] * by, a[2] * by];
const plus = (...all: Vector[]): Vector => [0, 1, 2].map((axis) => all.reduce((sum, a) => sum + a[axis]!, 0)) as never;
const minus = (a: Vector, b: Vector): Vector => plus(a, times(b, -1));
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const SPACING = [0.5, 0.8] as const;
const slicesOf = (row: Vector, column: Vector, way: Vector, depths: readonly number[]): PlacedSlice[] =>
  depths.map((depth, index) => ({
    imageId: `${index}`,
    columns: COLUMNS,
    rows: ROWS,
    position: plus([-10, 20, 30], times(way, depth)),
    row,
    column,
    spacing: SPACING,
    frameOfReferenceUid: '1.2',
    samplesPerPixel: 1,
  }));
const even = Array.from({ length: SLICES }, (_, index) => index * 1.5);
const made = (slices: readonly PlacedSlice[]): Volume => {
  const volume = volumeOf(slices);
  if (typeof volume === 'string') throw new Error(volume);
  return volume;
};
const pixelsBy = (volume: Volume, slices: readonly PlacedSlice[], value: (place: Vector) => number) =>
  volume.imageIds.map((id) => {
    const { position, row, column } = slices.find(({ imageId }) => imageId === id)!;
    return Float32Array.from({ length: COLUMNS * ROWS }, (_, at) =>
      value(
        plus(position!, times(row, (at % COLUMNS) * SPACING[0]), times(column, Math.floor(at / COLUMNS) * SPACING[1])),
      ),
    );
  });
const placeOf = (volume: Volume, plane: ObliquePlane, index: number, at: number): Vector =>
  plus(
    originOf(volume, plane, index),
    times(plane.row, (at % plane.columns) * plane.spacing[0]),
    times(plane.column, Math.floor(at / plane.columns) * plane.spacing[1]),
  );
/** The other two planes, turned in one of them. */
const obliques = (volume: Volume, fixed: number, radians: number, pivot: Vector): ObliquePlane[] => {
  const planes = planesOf(volume);
  const around = normalOf(volume, planes[fixed]!);
  return planes
    .filter((_, index) => index !== fixed)
    .map((plane) => planeAlong(volume, plane, turned(normalOf(volume, plane), around, radians), pivot))
    .filter(isOblique);
};

describe('turning', () => {
  it('goes by the right hand', () => {
    turned(X, [0, 0, 1], Math.PI / 2).forEach((value, axis) => expect(value).toBeCloseTo(Y[axis]!, 12));
  });

  it('leaves the plane it is done in, makes the others oblique, and their images go through the pivot', () => {
    const volume = made(slicesOf(X, Y, [0, 0, 1], even));
    const pivot: Vector = [-8.2, 22.3, 34.4];
    for (const fixed of [0, 1, 2]) {
      const planes = planesOf(volume);
      const own = planes[fixed]!;
      expect(planeAlong(volume, own, normalOf(volume, own), pivot)).toBe(own);
      const both = obliques(volume, fixed, 0.4, pivot);
      expect(both).toHaveLength(2);
      for (const plane of both) {
        expect(plane.degrees).toBeCloseTo((0.4 * 180) / Math.PI, 9);
        expect(dot(plane.row, plane.column)).toBeCloseTo(0, 12);
        expect(dot(plane.row, plane.normal)).toBeCloseTo(0, 12);
        const straight = planes.find(({ name }) => name === plane.name)!;
        expect(dot(plane.row, straight.row)).toBeGreaterThan(0.9);
        expect(dot(plane.column, straight.column)).toBeGreaterThan(0.9);
        const through = originOf(volume, plane, indexAt(volume, plane, pivot));
        expect(dot(minus(pivot, through), plane.normal)).toBeCloseTo(0, 9);
      }
    }
  });

  it('finds where three planes meet', () => {
    const [a, b] = [turned(X, [0, 0, 1], 0.3), turned(Y, [0, 0, 1], 0.3)];
    const c: Vector = [0, 0, 1];
    const meet: Vector = [3, -4, 5];
    const on = (normal: Vector, ...others: [Vector, Vector]) => ({
      normal,
      point: plus(meet, times(others[0], 7), times(others[1], -2)),
    });
    meetingOf([on(a, b, c), on(b, a, c), on(c, a, b)]).forEach((value, axis) =>
      expect(value).toBeCloseTo(meet[axis]!, 9),
    );
  });
});

describe('an oblique image', () => {
  const tilt: Vector = [0, Math.cos(0.3), -Math.sin(0.3)];
  it.each<[string, readonly PlacedSlice[]]>([
    ['a lattice', slicesOf(X, Y, [0, 0, 1], even)],
    [
      'a lattice that leans in the patient',
      slicesOf(Y, tilt, cross(Y, [0, Math.cos(0.3), -Math.sin(0.3)]), even).map((one) => ({
        ...one,
        row: X,
        column: tilt,
        position: plus([-10, 20, 30], times(cross(X, tilt), Number(one.imageId) * 1.5)),
      })),
    ],
    ['uneven slices', slicesOf(X, Y, [0, 0, 1], [0, 1, 2.5, 4, 4.9, 7, 9])],
    ['a leaning gantry', slicesOf(X, tilt, [0, 0, 1], even)],
  ])('of %s has at each pixel what is at its place in the patient', (_what, slices) => {
    // What rises evenly is right between its samples, however they lie.
    const field = ([x, y, z]: Vector): number => 3 * x - 5 * y + 7 * z;
    const volume = made(slices);
    const pixels = pixelsBy(volume, slices, field);
    const least = Math.min(...pixels.flatMap((one) => [...one]));
    const read = readVoxels(volume, pixels, COLUMNS);
    const middle = plus(
      volume.origin,
      times(volume.axes[0], 2),
      times(volume.axes[1], 2.7),
      times(volume.axes[2], 4.2),
    );
    for (const fixed of [0, 1, 2])
      for (const plane of obliques(volume, fixed, 0.5, middle)) {
        let inside = 0;
        const index = indexAt(volume, plane, middle);
        for (const [at, pixel] of cutOblique(volume, read, plane, index, null).entries()) {
          if (pixel === Math.fround(least)) continue;
          inside += 1;
          expect(pixel).toBeCloseTo(field(placeOf(volume, plane, index, at)), 3);
        }
        expect(inside).toBeGreaterThan(10);
        // Where every sample lies inside, the mean of what rises evenly is that of the middle, the others lie half the way apart.
        const rise = Math.abs(dot([3, -5, 7], plane.normal));
        const centre = [...cutOblique(volume, read, plane, index, null)].findIndex(
          (_, at) => Math.hypot(...minus(placeOf(volume, plane, index, at), middle)) < 1e-6,
        );
        const seen = (mode: 'maximum' | 'minimum' | 'average') =>
          cutOblique(volume, read, plane, index, { mode, millimetres: 1 })[centre]!;
        const samples = Math.round(1 / plane.spacing[2]);
        const half = (rise * (1 - 1 / samples)) / 2;
        expect(seen('average')).toBeCloseTo(field(middle), 3);
        expect(seen('maximum')).toBeCloseTo(field(middle) + half, 3);
        expect(seen('minimum')).toBeCloseTo(field(middle) - half, 3);
      }
  });

  it('of values that do not rise evenly is that of the eight voxels around, whole numbers rounded', () => {
    const slices = slicesOf(X, Y, [0, 0, 1], even);
    const volume = made(slices);
    const value = (column: number, row: number, slice: number): number => (column * 37 + row * 91 + slice * 53) % 101;
    const pixels = even.map((_, slice) =>
      Int16Array.from({ length: COLUMNS * ROWS }, (__, at) => value(at % COLUMNS, Math.floor(at / COLUMNS), slice)),
    );
    const read = readVoxels(volume, pixels, COLUMNS);
    const pivot: Vector = [-8, 22.4, 34.5];
    const [plane] = obliques(volume, 0, 0.35, pivot);
    const index = indexAt(volume, plane!, pivot);
    let inside = 0;
    cutOblique(volume, read, plane!, index, null).forEach((pixel, at) => {
      const place = minus(placeOf(volume, plane!, index, at), [-10, 20, 30]);
      const voxel = [place[0] / 0.5, place[1] / 0.8, place[2] / 1.5];
      const most = [COLUMNS - 1, ROWS - 1, SLICES - 1];
      if (voxel.some((one, axis) => one < 1e-3 || one > most[axis]! - 1e-3)) return;
      let sum = 0;
      for (let corner = 0; corner < 8; corner += 1) {
        const at8 = voxel.map((one, axis) => Math.floor(one) + ((corner >> axis) & 1));
        const weight = voxel.reduce((all, one, axis) => all * (1 - Math.abs(one - at8[axis]!)), 1);
        sum += weight * value(at8[0]!, at8[1]!, at8[2]!);
      }
      expect(Math.abs(pixel - sum)).toBeLessThan(0.501);
      inside += 1;
    });
    expect(inside).toBeGreaterThan(30);
  });
});
