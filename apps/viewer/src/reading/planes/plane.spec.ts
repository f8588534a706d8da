import { describe, expect, it } from '@jest/globals';
import { cutPlane, cutSlab, planeOrigin, planesOf, type PlaneName } from './plane.js';
import { volumeOf, type PlacedSlice, type Vector, type Volume } from './volume.js';
import { readVoxels } from './voxels.js';

const [COLUMNS, ROWS, SLICES] = [5, 4, 6];
const STEP = 2.5;
const X: Vector = [1, 0, 0];
const Y: Vector = [0, 1, 0];
const Z: Vector = [0, 0, 1];
const times = (a: Vector, by: number): Vector => [a[0] * by, a[1] * by, a[2] * by];
const plus = (...all: Vector[]): Vector => [0, 1, 2].map((axis) => all.reduce((sum, a) => sum + a[axis]!, 0)) as never;
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

const slicesOf = (row: Vector, column: Vector, change: (slice: PlacedSlice, index: number) => object = () => ({})) =>
  Array.from({ length: SLICES }, (_, index): PlacedSlice => {
    const slice = {
      imageId: `image ${index}`,
      columns: COLUMNS,
      rows: ROWS,
      position: plus([-10, 20, 30], times(cross(row, column), index * STEP)),
      row,
      column,
      spacing: [0.5, 0.8] as const,
      frameOfReferenceUid: '1.2',
      samplesPerPixel: 1,
    };
    return { ...slice, ...change(slice, index) };
  });
const made = (slices: readonly PlacedSlice[]): Volume => {
  const volume = volumeOf(slices);
  if (typeof volume === 'string') throw new Error(volume);
  return volume;
};
/** Tells each voxel from every other. */
const value = (column: number, row: number, slice: number): number => column + 10 * row + 100 * slice;
const voxels = Array.from({ length: SLICES }, (_, slice) =>
  Int16Array.from({ length: COLUMNS * ROWS }, (__, at) => value(at % COLUMNS, Math.floor(at / COLUMNS), slice)),
);

describe('a volume', () => {
  it('orders its slices along their normal, whatever order they come in', () => {
    const volume = made(slicesOf(X, Y).toReversed());
    expect(volume.imageIds).toEqual(slicesOf(X, Y).map(({ imageId }) => imageId));
    expect(volume).toMatchObject({ origin: [-10, 20, 30], counts: [COLUMNS, ROWS, SLICES], steps: [0.5, 0.8, STEP] });
  });

  it.each<[string, string, readonly PlacedSlice[]]>([
    ['two images', 'few', slicesOf(X, Y).slice(0, 2)],
    ['colours', 'colour', slicesOf(X, Y, () => ({ samplesPerPixel: 3 }))],
    ['an image without a place', 'unplaced', slicesOf(X, Y, (_, index) => (index === 3 ? { position: null } : {}))],
    ['pixels without a size', 'unplaced', slicesOf(X, Y, () => ({ spacing: null }))],
    ['a scout among them', 'mixed', slicesOf(X, Y, (_, index) => (index === 0 ? { row: Y, column: X } : {}))],
    ['another matrix', 'mixed', slicesOf(X, Y, (_, index) => (index === 2 ? { rows: 9 } : {}))],
    ['another frame', 'mixed', slicesOf(X, Y, (_, index) => (index === 2 ? { frameOfReferenceUid: '9' } : {}))],
    ['two at one place', 'doubled', [...slicesOf(X, Y), slicesOf(X, Y)[2]!]],
    ['a part missing', 'apart', slicesOf(X, Y, (_, index) => (index > 3 ? { position: [-10, 20, 90 + index] } : {}))],
  ])('is refused of %s', (_what, why, slices) => expect(volumeOf(slices)).toBe(why));

  it('bears positions that were written with few digits', () => {
    const rounded = slicesOf(X, Y, ({ position }, index) => ({
      position: plus(position!, times(Z, index % 2 ? 0.01 : 0)),
    }));
    expect(made(rounded).steps[2]).toBeCloseTo(STEP, 2);
  });
});

const reader = (volume: Volume, slices = volume.imageIds.map((id) => voxels[Number(id.slice(6))]!)) =>
  readVoxels(volume, slices, COLUMNS);

describe('planes', () => {
  // Each as scanners store them, and one that runs to the right and to the front.
  const acquired: readonly [string, Vector, Vector][] = [
    ['axial', X, Y],
    ['coronal', X, [0, 0, -1]],
    ['sagittal', Y, [0, 0, -1]],
    ['axial from behind', [-1, 0, 0], [0, -1, 0]],
    ['nearly axial', [Math.cos(0.2), Math.sin(0.2), 0], [-Math.sin(0.2), Math.cos(0.2), 0]],
  ];
  const directions: Readonly<Record<PlaneName, readonly [Vector, Vector, Vector]>> = {
    axial: [X, Y, times(Z, -1)],
    coronal: [X, times(Z, -1), Y],
    sagittal: [Y, times(Z, -1), X],
  };

  it.each(acquired)('of an %s series: every pixel is the voxel at its place in the patient', (_what, row, column) => {
    const volume = made(slicesOf(row, column));
    const read = reader(volume);
    const normal = cross(row, column);
    for (const plane of planesOf(volume)) {
      const [across, down, through] = directions[plane.name];
      const angle = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
      expect(angle(plane.row, across)).toBeGreaterThan(0.9);
      expect(angle(plane.column, down)).toBeGreaterThan(0.9);
      const [start, next] = [planeOrigin(volume, plane, 0), planeOrigin(volume, plane, 1)];
      expect(angle(plus(next, times(start, -1)), through)).toBeCloseTo(
        plane.spacing[2] * Math.abs(angle(through, volume.axes[plane.through.axis])),
        6,
      );
      for (let index = 0; index < plane.count; index += 1) {
        const pixels = cutPlane(volume, read, plane, index);
        expect(pixels).toHaveLength(plane.columns * plane.rows);
        pixels.forEach((pixel, at) => {
          const place = plus(
            planeOrigin(volume, plane, index),
            times(plane.row, (at % plane.columns) * plane.spacing[0]),
            times(plane.column, Math.floor(at / plane.columns) * plane.spacing[1]),
            [10, -20, -30],
          );
          const voxel = [angle(place, row) / 0.5, angle(place, column) / 0.8, angle(place, normal) / STEP].map(
            Math.round,
          );
          expect(pixel).toBe(value(voxel[0]!, voxel[1]!, voxel[2]!));
        });
      }
    }
  });

  it('hold every value, though each slice was decoded into an array of its own kind', () => {
    const volume = made(slicesOf(X, Y));
    const coronal = planesOf(volume)[1]!;
    const kinds = [Uint8Array, Int16Array, Uint16Array, Int16Array, Uint8Array, Int16Array];
    const far = [200, -1000, 65_000, -32_768, 255, 32_767];
    const mixed = kinds.map((Kind, index) => new Kind(COLUMNS * ROWS).fill(far[index]!));
    const column = Array.from(
      { length: SLICES },
      (_, row) => cutPlane(volume, reader(volume, mixed as never), coronal, 0)[row * COLUMNS],
    );
    expect(column).toEqual(far.toReversed());
    const signed = mixed.map((one) => (one instanceof Uint16Array ? new Uint8Array(one.length) : one));
    expect(cutPlane(volume, reader(volume, signed as never), coronal, 0)).toBeInstanceOf(Int16Array);
  });

  it('seen through as one show the greatest, the least and the mean', () => {
    const volume = made(slicesOf(X, Y));
    const axial = planesOf(volume)[0]!;
    const at = (mode: 'maximum' | 'minimum' | 'average', index: number, thickness: number) =>
      cutSlab(volume, reader(volume), axial, index, { mode, thickness })[0];
    // From the head on: image 1 is slice 4.
    expect(at('maximum', 1, 3)).toBe(500);
    expect(at('minimum', 1, 3)).toBe(300);
    expect(at('average', 1, 3)).toBe(400);
    expect(at('average', 0, 3)).toBe(450);
    expect(at('maximum', 3, 1)).toBe(200);
    expect(at('minimum', 5, 99)).toBe(0);
  });

  const lean: Vector = [0, Math.cos(0.3), -Math.sin(0.3)];
  const depths = [0, 2, 3, 5.5, 8, 9];
  it.each<[string, readonly PlacedSlice[], number, [number, number]]>([
    ['unevenly', slicesOf(X, Y, (_, index) => ({ position: [-10, 20, 30 + depths[index]!] })), 0, [1, 2.5]],
    [
      'with a leaning gantry',
      slicesOf(X, lean, (_, index) => ({ position: [-10, 20, 30 + index * 3] })),
      (0.3 * 180) / Math.PI,
      [3 * Math.cos(0.3), 3 * Math.cos(0.3)],
    ],
    [
      'with a gantry leaning to the side, unevenly',
      slicesOf(lean, X, (_, index) => ({ position: [-10, 20, 30 - depths[index]!] })),
      (0.3 * 180) / Math.PI,
      [Math.cos(0.3), 2.5 * Math.cos(0.3)],
    ],
  ])('of slices taken %s lie where they lie in the patient', (_what, slices, tilt, gaps) => {
    // What rises evenly in all directions is right between its samples too.
    const field = ([x, y, z]: Vector): number => 3 * x - 5 * y + 7 * z;
    const volume = made(slices);
    expect(volume.irregular!.tiltDegrees).toBeCloseTo(tilt, 4);
    volume.irregular!.gapsMm.forEach((gap, at) => expect(gap).toBeCloseTo(gaps[at]!, 6));
    const known = new Map(slices.map((slice) => [slice.imageId, slice]));
    const pixels = volume.imageIds.map((id) => {
      const { position, row, column } = known.get(id)!;
      return Float32Array.from({ length: COLUMNS * ROWS }, (__, at) =>
        field(plus(position!, times(row, (at % COLUMNS) * 0.5), times(column, Math.floor(at / COLUMNS) * 0.8))),
      );
    });
    const outside = Math.min(...pixels.flatMap((one) => [...one]));
    const read = readVoxels(volume, pixels, COLUMNS);
    let inside = 0;
    for (const plane of planesOf(volume)) {
      for (let index = 0; index < plane.count; index += 1) {
        cutPlane(volume, read, plane, index).forEach((pixel, at) => {
          const place = plus(
            planeOrigin(volume, plane, index),
            times(plane.row, (at % plane.columns) * plane.spacing[0]),
            times(plane.column, Math.floor(at / plane.columns) * plane.spacing[1]),
          );
          if (pixel === Math.fround(outside)) return;
          expect(pixel).toBeCloseTo(field(place), 3);
          inside += 1;
        });
      }
    }
    expect(inside).toBeGreaterThan(100);
  });
});
