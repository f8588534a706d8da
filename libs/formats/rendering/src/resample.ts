/**
 * The size to show an image at, never enlarged: square pixels, and no edge above `maxEdge`. `pixelAspect` is the
 * height of a pixel over its width (PixelAspectRatio, or row spacing over column spacing).
 */
export function fitWithin(
  columns: number,
  rows: number,
  pixelAspect: number,
  maxEdge: number,
): { width: number; height: number } {
  const aspect = Number.isFinite(pixelAspect) && pixelAspect > 0 ? pixelAspect : 1;
  const width = aspect > 1 ? columns / aspect : columns;
  const height = aspect > 1 ? rows : rows * aspect;
  const scale = Math.min(1, maxEdge / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Shrinks by area: a pixel is the mean of what it covers, edges in proportion. `width` ≤ `fromWidth`, the same for heights. */
export function resampleByArea(
  data: Uint8Array,
  fromWidth: number,
  fromHeight: number,
  channels: number,
  width: number,
  height: number,
): Uint8Array {
  if (width === fromWidth && height === fromHeight) return data;
  const across = new Float32Array(width * fromHeight * channels);
  const columns = coverage(fromWidth, width);
  for (let y = 0; y < fromHeight; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const { first, weights } = columns[x]!;
      for (let c = 0; c < channels; c += 1) {
        let sum = 0;
        for (let i = 0; i < weights.length; i += 1)
          sum += weights[i]! * data[(y * fromWidth + first + i) * channels + c]!;
        across[(y * width + x) * channels + c] = sum;
      }
    }
  }
  const out = new Uint8Array(width * height * channels);
  const line = width * channels;
  for (const [y, { first, weights }] of coverage(fromHeight, height).entries()) {
    for (let x = 0; x < line; x += 1) {
      let sum = 0;
      for (let i = 0; i < weights.length; i += 1) sum += weights[i]! * across[(first + i) * line + x]!;
      out[y * line + x] = Math.round(sum);
    }
  }
  return out;
}

/** For each target cell the source cells under it and their shares, which add up to 1. */
function coverage(from: number, to: number): Array<{ first: number; weights: number[] }> {
  const step = from / to;
  return Array.from({ length: to }, (_, cell) => {
    const begin = cell * step;
    const end = Math.min(from, begin + step);
    const first = Math.floor(begin);
    const weights: number[] = [];
    for (let i = first; i < end - 1e-9; i += 1)
      weights.push((Math.min(end, i + 1) - Math.max(begin, i)) / (end - begin));
    return { first, weights };
  });
}
