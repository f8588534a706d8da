import { planeOrigin, type Plane, type PlaneName, type SlabMode } from './plane.js';
import { dot, type Vector, type Volume } from './volume.js';
import type { VoxelReader, Voxels } from './voxels.js';

/** Images through a volume in a direction that its voxels do not have; values lie between those of the voxels. */
export interface ObliquePlane {
  readonly name: PlaneName;
  readonly columns: number;
  readonly rows: number;
  readonly count: number;
  /** millimetres from column to column, row to row, and image to image */
  readonly spacing: readonly [number, number, number];
  /** what a row and a column run towards, and the images from the first to the last */
  readonly row: Vector;
  readonly column: Vector;
  readonly normal: Vector;
  /** centre of the first pixel of the first image */
  readonly origin: Vector;
  /** by how much it leans from the plane that it was */
  readonly degrees: number;
}

export const isOblique = (plane: Plane | ObliquePlane): plane is ObliquePlane => 'origin' in plane;

const times = (a: Vector, by: number): Vector => [a[0] * by, a[1] * by, a[2] * by];
const plus = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
const minus = (a: Vector, b: Vector): Vector => plus(a, times(b, -1));
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (a: Vector): Vector => times(a, 1 / Math.hypot(...a));

/** By the right hand, around a direction. */
export function turned(vector: Vector, around: Vector, radians: number): Vector {
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return plus(
    plus(times(vector, cos), times(cross(around, vector), sin)),
    times(around, dot(around, vector) * (1 - cos)),
  );
}

/** From the first image of a plane to the last. */
export function normalOf(volume: Volume, plane: Plane): Vector {
  return unit(minus(planeOrigin(volume, plane, 1), planeOrigin(volume, plane, 0)));
}

const SAME = 1e-6;

/** The plane of a volume whose images lie along `normal`, one of them through `pivot`: turned out of the straight one by the shortest way. */
export function planeAlong(volume: Volume, straight: Plane, normal: Vector, pivot: Vector): Plane | ObliquePlane {
  const before = normalOf(volume, straight);
  const axis = cross(before, normal);
  const sin = Math.hypot(...axis);
  const radians = Math.atan2(sin, dot(before, normal));
  if (radians < SAME) return straight;
  // Turned over, it is turned about the patient's upright, or what is nearest to it.
  const around = sin < SAME ? straight.column : times(axis, 1 / sin);
  const row = unit(turned(straight.row, around, radians));
  const column = unit(turned(straight.column, around, radians));
  const step = Math.min(...volume.steps);
  const corners = Array.from({ length: 8 }, (_, corner) =>
    ([0, 1, 2] as const).reduce<Vector>((at, one) => {
      const place = (corner >> one) & 1 ? volume.counts[one] - 1 : 0;
      return plus(at, times(volume.axes[one], place * volume.steps[one]));
    }, volume.origin),
  );
  // Whole steps from the pivot, which lies on a pixel.
  const [across, down, through] = [row, column, normal].map((direction) => {
    const along = corners.map((corner) => dot(minus(corner, pivot), direction) / step);
    return [Math.ceil(Math.min(...along) - SAME), Math.floor(Math.max(...along) + SAME)] as const;
  }) as [readonly [number, number], readonly [number, number], readonly [number, number]];
  const origin = [[row, across] as const, [column, down] as const, [normal, through] as const].reduce<Vector>(
    (at, [direction, [from]]) => plus(at, times(direction, from * step)),
    pivot,
  );
  return {
    name: straight.name,
    columns: Math.max(1, across[1] - across[0] + 1),
    rows: Math.max(1, down[1] - down[0] + 1),
    count: Math.max(1, through[1] - through[0] + 1),
    spacing: [step, step, step],
    row,
    column,
    normal,
    origin,
    degrees: (radians * 180) / Math.PI,
  };
}

/** Centre of the first pixel of an image. */
export const originOf = (volume: Volume, plane: Plane | ObliquePlane, index: number): Vector =>
  isOblique(plane)
    ? plus(plane.origin, times(plane.normal, index * plane.spacing[2]))
    : planeOrigin(volume, plane, index);

/** The image of a plane that is nearest to a point. */
export function indexAt(volume: Volume, plane: Plane | ObliquePlane, point: Vector): number {
  const [start, next] = [originOf(volume, plane, 0), originOf(volume, plane, 1)];
  const step = minus(next, start);
  const index = Math.round(dot(minus(point, start), step) / dot(step, step));
  return Math.max(0, Math.min(plane.count - 1, index));
}

/** Where three planes that stand upright on each other meet: each given by a point on it and its normal. */
export const meetingOf = (planes: readonly { readonly point: Vector; readonly normal: Vector }[]): Vector =>
  planes.reduce<Vector>((at, { point, normal }) => plus(at, times(normal, dot(point, normal))), [0, 0, 0]);

/** As many images are looked through at most: thicker ones are taken from further apart. */
const MOST_SAMPLES = 24;

/** One image, or what is seen through `millimetres` around it. Whole numbers are rounded. */
export function cutOblique(
  volume: Volume,
  read: VoxelReader,
  plane: ObliquePlane,
  index: number,
  slab: { readonly mode: SlabMode; readonly millimetres: number } | null,
): Voxels {
  const { columns, rows, row, column, normal, spacing } = plane;
  const samples = slab ? Math.max(1, Math.min(MOST_SAMPLES, Math.round(slab.millimetres / spacing[2]))) : 1;
  const apart = slab ? slab.millimetres / samples : 0;
  const out = new read.Kind(columns * rows);
  const whole = !(out instanceof Float32Array);
  // All in voxels of the volume: where the first pixel lies, and what a step is.
  const inVoxels = (vector: Vector): Vector =>
    [0, 1, 2].map((axis) => dot(vector, volume.axes[axis as 0]) / volume.steps[axis as 0]) as unknown as Vector;
  const start = inVoxels(minus(originOf(volume, plane, index), volume.origin));
  const [right, below, deeper] = [times(row, spacing[0]), times(column, spacing[1]), times(normal, apart)].map(
    inVoxels,
  ) as [Vector, Vector, Vector];
  const mode = slab?.mode ?? 'average';
  for (let y = 0, to = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1, to += 1) {
      const column0 = start[0] + right[0] * x + below[0] * y;
      const row0 = start[1] + right[1] * x + below[1] * y;
      const slice0 = start[2] + right[2] * x + below[2] * y;
      let value = mode === 'maximum' ? -Infinity : mode === 'minimum' ? Infinity : 0;
      for (let one = 0; one < samples; one += 1) {
        const depth = one - (samples - 1) / 2;
        const here = read.between(column0 + deeper[0] * depth, row0 + deeper[1] * depth, slice0 + deeper[2] * depth);
        if (mode === 'average') value += here / samples;
        else if (mode === 'maximum' ? here > value : here < value) value = here;
      }
      out[to] = whole ? Math.round(value) : value;
    }
  return out;
}
