import type { Irregular, Volume } from './volume.js';

export type Voxels = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array;
type VoxelArray = new (length: number) => Voxels;

/** Tells the value of each voxel of a volume. */
export interface VoxelReader {
  /** what holds its values */
  readonly Kind: VoxelArray;
  /** by column, row and slice of the lattice */
  readonly at: (column: number, row: number, slice: number) => number;
  /** between the voxels: linear between those around; the least value there is outside of them */
  readonly between: (column: number, row: number, slice: number) => number;
}

/** An array that holds the values of all slices: each was decoded into the narrowest for itself. */
function arrayFor(slices: readonly Voxels[]): VoxelArray {
  const [any, ...others] = new Set(slices.map((one) => one.constructor as VoxelArray));
  if (others.length === 0) return any!;
  const narrow = new Set<VoxelArray>([Int8Array, Uint8Array, Int16Array]);
  return [any!, ...others].every((one) => narrow.has(one)) ? Int16Array : Float32Array;
}

/**
 * @param slices pixels of each image, in the volume's order
 * @param columns of an image
 */
export function readVoxels(volume: Volume, slices: readonly Voxels[], columns: number): VoxelReader {
  if (volume.irregular) return unevenly(volume, volume.irregular, slices, columns);
  const at = (column: number, row: number, slice: number): number => slices[slice]![row * columns + column]!;
  return { Kind: arrayFor(slices), at, between: evenly(volume, slices, columns) };
}

function leastOf(slices: readonly Voxels[]): number {
  let least = Infinity;
  // By index: there may be a hundred million.
  for (const slice of slices) for (let at = 0; at < slice.length; at += 1) if (slice[at]! < least) least = slice[at]!;
  return least;
}

/** A place that the last digits of its computation have put beside the edge lies on it. */
const EDGE = 1e-6;

/** Linear between the eight voxels around. */
function evenly({ counts }: Volume, slices: readonly Voxels[], columns: number): VoxelReader['between'] {
  let outside: number | null = null;
  const [mostX, mostY, mostZ] = [counts[0] - 1, counts[1] - 1, counts[2] - 1];
  return (column, row, slice) => {
    if (
      column < -EDGE ||
      row < -EDGE ||
      slice < -EDGE ||
      column > mostX + EDGE ||
      row > mostY + EDGE ||
      slice > mostZ + EDGE
    )
      return (outside ??= leastOf(slices));
    const x = column < 0 ? 0 : column > mostX ? mostX : column;
    const y = row < 0 ? 0 : row > mostY ? mostY : row;
    const z = slice < 0 ? 0 : slice > mostZ ? mostZ : slice;
    const left = Math.floor(x);
    const top = Math.floor(y);
    const front = Math.floor(z);
    const dx = x - left;
    const dy = y - top;
    const dz = z - front;
    const here = top * columns + left;
    const right = here + (dx > 0 ? 1 : 0);
    const down = dy > 0 ? columns : 0;
    const near = slices[front]!;
    const far = dz > 0 ? slices[front + 1]! : near;
    const upper =
      (near[here]! * (1 - dx) + near[right]! * dx) * (1 - dz) + (far[here]! * (1 - dx) + far[right]! * dx) * dz;
    const lower =
      (near[here + down]! * (1 - dx) + near[right + down]! * dx) * (1 - dz) +
      (far[here + down]! * (1 - dx) + far[right + down]! * dx) * dz;
    return upper * (1 - dy) + lower * dy;
  };
}

/** Linear between the four pixels around, and between the two slices; the least value there is where either slice does not reach. */
function unevenly(
  { steps, counts }: Volume,
  { depths, columns: across, rows: down }: Irregular,
  slices: readonly Voxels[],
  columns: number,
): VoxelReader {
  const rows = slices[0]!.length / columns;
  const outside = leastOf(slices);
  const inSlice = (slice: number, column: number, row: number): number => {
    const [x, y] = [column + across[slice]!, row + down[slice]!];
    if (x < 0 || y < 0 || x > columns - 1 || y > rows - 1) return Number.NaN;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [dx, dy] = [x - left, y - top];
    const pixels = slices[slice]!;
    const here = top * columns + left;
    const [right, below] = [dx > 0 ? 1 : 0, dy > 0 ? columns : 0];
    const upper = pixels[here]! * (1 - dx) + pixels[here + right]! * dx;
    const lower = pixels[here + below]! * (1 - dx) + pixels[here + below + right]! * dx;
    return upper * (1 - dy) + lower * dy;
  };
  let back = 1;
  const at = (column: number, row: number, slice: number): number => {
    const depth = slice * steps[2];
    while (back < depths.length - 1 && depths[back]! < depth) back += 1;
    while (back > 1 && depths[back - 1]! > depth) back -= 1;
    const front = back - 1;
    const part = Math.min(1, (depth - depths[front]!) / (depths[back]! - depths[front]!));
    const near = part < 1 ? inSlice(front, column, row) : 0;
    const far = part > 0 ? inSlice(back, column, row) : 0;
    const value = near * (1 - part) + far * part;
    return Number.isNaN(value) ? outside : value;
  };
  // The pixels of each slice and the way between the slices are real numbers already.
  const within = (column: number, row: number, slice: number): number => {
    const most = counts[2] - 1;
    if (slice < -EDGE || slice > most + EDGE) return outside;
    return at(column, row, Math.max(0, Math.min(most, slice)));
  };
  return { Kind: Float32Array, at, between: within };
}
