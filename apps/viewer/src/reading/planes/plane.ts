import { dot, type Vector, type Volume } from './volume.js';
import type { VoxelReader, Voxels } from './voxels.js';

export const PLANES = ['axial', 'coronal', 'sagittal'] as const;
export type PlaneName = (typeof PLANES)[number];

/** What a plane through several slices shows of each pixel. */
export type SlabMode = 'maximum' | 'minimum' | 'average';

/** An axis of the volume, walked from its end where it runs the other way than the screen. */
interface Walk {
  readonly axis: 0 | 1 | 2;
  readonly reversed: boolean;
}

/** How the voxels of a volume lie on the screen in one plane: a pixel is a voxel. */
export interface Plane {
  readonly name: PlaneName;
  readonly across: Walk;
  readonly down: Walk;
  readonly through: Walk;
  readonly columns: number;
  readonly rows: number;
  readonly count: number;
  /** millimetres from column to column, row to row, and image to image */
  readonly spacing: readonly [number, number, number];
  /** what a row and a column run towards */
  readonly row: Vector;
  readonly column: Vector;
}

const LEFT: Vector = [1, 0, 0];
const BACK: Vector = [0, 1, 0];
const FEET: Vector = [0, 0, -1];
/** As radiologists hang them: across, down, and from the first image to the last. */
const HUNG: Readonly<Record<PlaneName, readonly [Vector, Vector, Vector]>> = {
  axial: [LEFT, BACK, FEET],
  coronal: [LEFT, FEET, BACK],
  sagittal: [BACK, FEET, LEFT],
};
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** The three planes of a volume, each as near to the patient's as its voxels lie. */
export function planesOf(volume: Volume): Plane[] {
  const fit = (order: (typeof ORDERS)[number]): number =>
    order.reduce<number>((sum, axis, of) => sum + Math.abs(volume.axes[axis][of]!), 0);
  // Which axis of the volume runs along x, y and z of the patient.
  const order = ORDERS.reduce((best, one) => (fit(one) > fit(best) ? one : best));
  const walk = (towards: Vector): Walk => {
    const axis = order[towards.findIndex((value) => value !== 0)]!;
    return { axis, reversed: dot(volume.axes[axis], towards) < 0 };
  };
  const direction = ({ axis, reversed }: Walk): Vector => {
    const [x, y, z] = volume.axes[axis];
    return reversed ? [-x, -y, -z] : [x, y, z];
  };
  return PLANES.map((name) => {
    const [across, down, through] = HUNG[name].map(walk) as [Walk, Walk, Walk];
    return {
      name,
      across,
      down,
      through,
      columns: volume.counts[across.axis],
      rows: volume.counts[down.axis],
      count: volume.counts[through.axis],
      spacing: [volume.steps[across.axis], volume.steps[down.axis], volume.steps[through.axis]],
      row: direction(across),
      column: direction(down),
    };
  });
}

/** Place of the `number`-th voxel of a walk on its axis. */
const placeOf = ({ axis, reversed }: Walk, number: number, { counts }: Volume): number =>
  reversed ? counts[axis] - 1 - number : number;

/** Centre of the first pixel of an image of the plane, in the patient. */
export function planeOrigin(volume: Volume, plane: Plane, index: number): Vector {
  const at: [number, number, number] = [...volume.origin];
  for (const [walk, number] of [
    [plane.across, 0],
    [plane.down, 0],
    [plane.through, index],
  ] as const) {
    const by = placeOf(walk, number, volume) * volume.steps[walk.axis];
    for (const axis of [0, 1, 2] as const) at[axis] += volume.axes[walk.axis][axis] * by;
  }
  return at;
}

/** One image of the plane. @param read tells the voxels of the volume */
export function cutPlane(volume: Volume, read: VoxelReader, plane: Plane, index: number): Voxels {
  const { columns, rows } = plane;
  const out = new read.Kind(columns * rows);
  const at: [number, number, number] = [0, 0, 0];
  at[plane.through.axis] = placeOf(plane.through, index, volume);
  const first = placeOf(plane.across, 0, volume);
  const step = plane.across.reversed ? -1 : 1;
  for (let row = 0, to = 0; row < rows; row += 1) {
    at[plane.down.axis] = placeOf(plane.down, row, volume);
    at[plane.across.axis] = first;
    for (let column = 0; column < columns; column += 1, to += 1) {
      out[to] = read.at(at[0], at[1], at[2]);
      at[plane.across.axis] += step;
    }
  }
  return out;
}

/** The images around `index` seen through as one, `thickness` images deep. Means are rounded unless the voxels are fractions. */
export function cutSlab(
  volume: Volume,
  read: VoxelReader,
  plane: Plane,
  index: number,
  { mode, thickness }: { readonly mode: SlabMode; readonly thickness: number },
): Voxels {
  const from = Math.max(0, index - ((thickness - 1) >> 1));
  const to = Math.min(plane.count, index + (thickness >> 1) + 1);
  const out = cutPlane(volume, read, plane, from);
  const sums = mode === 'average' ? Float64Array.from(out) : null;
  for (let one = from + 1; one < to; one += 1) {
    const next = cutPlane(volume, read, plane, one);
    for (let at = 0; at < next.length; at += 1) {
      const value = next[at]!;
      if (sums) sums[at]! += value;
      else if (mode === 'maximum' ? value > out[at]! : value < out[at]!) out[at] = value;
    }
  }
  if (sums) {
    const whole = !(out instanceof Float32Array);
    for (let at = 0; at < sums.length; at += 1)
      out[at] = whole ? Math.round(sums[at]! / (to - from)) : sums[at]! / (to - from);
  }
  return out;
}
