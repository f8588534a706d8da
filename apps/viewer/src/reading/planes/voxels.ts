import type { Irregular, Volume } from './volume.js';

export type Voxels = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array;
type VoxelArray = new (length: number) => Voxels;

/** Tells the value of each voxel of a volume. */
export interface VoxelReader {
  /** what holds its values */
  readonly Kind: VoxelArray;
  /** by column, row and slice of the lattice */
  readonly at: (column: number, row: number, slice: number) => number;
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
  if (volume.irregular) return between(volume, volume.irregular, slices, columns);
  return { Kind: arrayFor(slices), at: (column, row, slice) => slices[slice]![row * columns + column]! };
}

/** Linear between the four pixels around, and between the two slices; the least value there is where either slice does not reach. */
function between(
  { steps }: Volume,
  { depths, columns: across, rows: down }: Irregular,
  slices: readonly Voxels[],
  columns: number,
): VoxelReader {
  const rows = slices[0]!.length / columns;
  let outside = Infinity;
  for (const slice of slices) for (const value of slice) if (value < outside) outside = value;
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
  return { Kind: Float32Array, at };
}
