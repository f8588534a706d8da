export type Vector = readonly [number, number, number];

/** One image and where it lies, in millimetres of the patient (PS3.3 C.7.6.2). */
export interface PlacedSlice {
  readonly imageId: string;
  readonly columns: number;
  readonly rows: number;
  /** centre of the first pixel; null where the image does not say where it lies */
  readonly position: Vector | null;
  /** what a row and a column run towards */
  readonly row: Vector;
  readonly column: Vector;
  /** from column to column and from row to row; null where the pixels have no size in the patient */
  readonly spacing: readonly [number, number] | null;
  readonly frameOfReferenceUid: string;
  readonly samplesPerPixel: number;
}

/** Why no planes can be cut through a series. */
export type NoVolume = 'few' | 'colour' | 'unplaced' | 'mixed' | 'doubled' | 'apart';

/** How slices lie that are no lattice themselves: a gantry leaned, or steps differ. Lengths of the arrays are the number of slices. */
export interface Irregular {
  /** by which the way from slice to slice leans off their normal */
  readonly tiltDegrees: number;
  /** least and greatest distance from slice to slice */
  readonly gapsMm: readonly [number, number];
  /** millimetres behind the first slice */
  readonly depths: readonly number[];
  /** what is added to a column and a row of the lattice to find the pixel of each slice */
  readonly columns: readonly number[];
  readonly rows: readonly number[];
}

/** A lattice of voxels; of regular slices each voxel is a pixel. */
export interface Volume {
  /** along the third axis */
  readonly imageIds: readonly string[];
  /** values between the pixels are asked for; null: they are never */
  readonly irregular: Irregular | null;
  /** centre of the first voxel */
  readonly origin: Vector;
  /** columns, rows and slices run towards these */
  readonly axes: readonly [Vector, Vector, Vector];
  readonly counts: readonly [number, number, number];
  /** millimetres */
  readonly steps: readonly [number, number, number];
  readonly frameOfReferenceUid: string;
}

const LEAST_SLICES = 3;
/** Of a unit vector: a twentieth of a degree. */
const SAME_DIRECTION = 1e-3;
/** Positions are decimal strings of few digits: steps may differ by this part of the step, or these millimetres. */
const [UNEVEN_PART, UNEVEN_MM] = [0.02, 0.02];
const DOUBLED_MM = 0.001;
/** Slices may slide sideways by this part of a pixel from the first to the last. */
const SIDEWAYS_PART = 0.5;
/** A gap of so many usual ones is no step between slices: there are no images. */
const APART = 4;

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const along = (a: Vector, b: Vector, by: number): Vector => [a[0] + b[0] * by, a[1] + b[1] * by, a[2] + b[2] * by];
const near = (a: Vector, b: Vector): boolean => a.every((value, axis) => Math.abs(value - b[axis]!) < SAME_DIRECTION);

/** Lays the slices of a series behind each other, or says why that would show what is not there. */
export function volumeOf(slices: readonly PlacedSlice[]): Volume | NoVolume {
  const [first] = slices;
  if (!first || slices.length < LEAST_SLICES) return 'few';
  if (slices.some(({ samplesPerPixel }) => samplesPerPixel !== 1)) return 'colour';
  if (slices.some(({ position, spacing }) => position === null || spacing === null)) return 'unplaced';
  const { columns, rows, row, column, spacing } = first;
  const alike = (one: PlacedSlice): boolean =>
    one.columns === columns &&
    one.rows === rows &&
    near(one.row, row) &&
    near(one.column, column) &&
    one.frameOfReferenceUid === first.frameOfReferenceUid &&
    one.spacing!.every((value, axis) => Math.abs(value - spacing![axis]!) < 1e-4 * value);
  if (!slices.every(alike)) return 'mixed';
  const normal = cross(row, column);
  const placed = slices
    .map(({ imageId, position }) => ({ imageId, position: position!, depth: dot(position!, normal) }))
    .sort((a, b) => a.depth - b.depth);
  const [front, back] = [placed[0]!, placed.at(-1)!];
  const depths = placed.map(({ depth }) => depth - front.depth);
  const gaps = depths.slice(1).map((depth, index) => depth - depths[index]!);
  if (gaps.some((gap) => gap < DOUBLED_MM)) return 'doubled';
  const usual = [...gaps].sort((a, b) => a - b)[gaps.length >> 1]!;
  if (gaps.some((gap) => gap > APART * usual)) return 'apart';
  const lattice: Volume = {
    imageIds: placed.map(({ imageId }) => imageId),
    irregular: null,
    origin: front.position,
    axes: [row, column, normal],
    counts: [columns, rows, placed.length],
    steps: [spacing![0], spacing![1], depths.at(-1)! / gaps.length],
    frameOfReferenceUid: first.frameOfReferenceUid,
  };
  // How far each slice lies beside the first, in pixels.
  const beside = placed.map(({ position }) => {
    const off = minus(position, front.position);
    return [dot(off, row) / spacing![0], dot(off, column) / spacing![1]] as const;
  });
  const slides = beside.some((off) => Math.hypot(...off) > SIDEWAYS_PART);
  const [, , step] = lattice.steps;
  const uneven = gaps.some((gap) => Math.abs(gap - step) > Math.max(UNEVEN_MM, UNEVEN_PART * step));
  if (!slides && !uneven) return lattice;
  return { ...lattice, ...straightened(lattice, depths, beside, minus(back.position, front.position)) };
}

/** A lattice that holds all slices where they really lie, with steps as small as their least gap. */
function straightened(
  { counts, steps, axes, origin }: Volume,
  depths: readonly number[],
  beside: readonly (readonly [number, number])[],
  way: Vector,
): Pick<Volume, 'irregular' | 'origin' | 'counts' | 'steps'> {
  const gaps = depths.slice(1).map((depth, index) => depth - depths[index]!);
  const gapsMm = [Math.min(...gaps), Math.max(...gaps)] as const;
  const step = Math.max(gapsMm[0], Math.min(steps[0], steps[1]));
  const from = [0, 1].map((axis) => Math.floor(Math.min(...beside.map((off) => off[axis]!)))) as [number, number];
  const to = [0, 1].map((axis) => Math.ceil(Math.max(...beside.map((off) => off[axis]!)))) as [number, number];
  const depth = depths.at(-1)!;
  return {
    irregular: {
      tiltDegrees: (Math.acos(Math.min(1, Math.abs(dot(way, axes[2])) / Math.hypot(...way))) * 180) / Math.PI,
      gapsMm,
      depths,
      columns: beside.map(([across]) => from[0] - across),
      rows: beside.map(([, down]) => from[1] - down),
    },
    origin: along(along(origin, axes[0], from[0] * steps[0]), axes[1], from[1] * steps[1]),
    counts: [counts[0] + to[0] - from[0], counts[1] + to[1] - from[1], Math.floor(depth / step + 1e-6) + 1],
    steps: [steps[0], steps[1], step],
  };
}
