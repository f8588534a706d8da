import { greyShade, rangeOf } from './grey-shade.js';
import { renderToRgb8, type RenderableFrame, type RenderOptions } from './render-to-rgb8.js';

/** Wider than this no table of shades is made. */
const MOST_SHADES = 65_536;

/**
 * One frame for a browser that has no decoder yet: about a quarter of its bytes once it is compressed by gzip, and undone in a few
 * milliseconds of plain arithmetic. In order:
 *
 * - a line of JSON ended by a line feed: `about`, and {@link PackedHead};
 * - `shades` bytes: the grey, 0 (black) to 255, that the stored value `least` + i is shown in at the frame's own window (none for colours);
 * - the samples less `least`, by pixel, each as its difference from what the median edge detector of JPEG-LS expects of its neighbours
 *   to the left, above, and above left (ITU-T T.87 A.4.1; 0 outside the image), modulo 2^(8·bytes), folded to non-negative numbers (0, -1, 1,
 *   -2 …: T.87 A.5.2): the low bytes of all, then the high bytes of all where `bytes` is 2.
 *
 * Grey keeps every stored bit. Colours are R G B of 8 bits as they are shown.
 * @throws RangeError as {@link renderToRgb8}, and where the values spread over more than 65,536
 */
export function packPicture(
  frame: RenderableFrame,
  description: { readonly rows: number; readonly columns: number; readonly bitsStored: number },
  options: RenderOptions,
  about: Readonly<Record<string, unknown>> = {},
): Buffer {
  const { rows, columns } = description;
  const colour = frame.samplesPerPixel >= 3 || frame.photometricInterpretation === 'PALETTE COLOR';
  const samples = colour
    ? { channels: 3, least: 0, shades: new Uint8Array(), values: renderToRgb8(frame, description, own(options)).data }
    : greySamples(frame, rows * columns, options);
  const bytes = samples.values.BYTES_PER_ELEMENT;
  const head: PackedHead = {
    rows,
    columns,
    channels: samples.channels,
    bytes,
    least: samples.least,
    shades: samples.shades.length,
    pixelAspect: options.pixelAspect ?? 1,
  };
  return Buffer.concat([
    Buffer.from(`${JSON.stringify({ ...about, ...head })}\n`),
    samples.shades,
    predicted(samples.values, columns * samples.channels, samples.channels),
  ]);
}

export interface PackedHead {
  readonly rows: number;
  readonly columns: number;
  /** 1 grey, 3 R G B by pixel */
  readonly channels: number;
  /** of a sample: 1 or 2 */
  readonly bytes: number;
  /** what is added to a sample to have the stored value */
  readonly least: number;
  readonly shades: number;
  /** height of a pixel over its width */
  readonly pixelAspect: number;
}

/** Colours keep their size; whoever draws them makes their pixels square. */
const own = (options: RenderOptions): RenderOptions => ({ palette: options.palette ?? null });

function greySamples(frame: RenderableFrame, count: number, options: RenderOptions) {
  const { pixels } = frame;
  if (pixels.length < count) throw new RangeError('the frame has too few samples');
  const range = rangeOf(pixels, count);
  const span = range.greatest - range.least + 1;
  if (!(span <= MOST_SHADES)) throw new RangeError('the values spread too far');
  const grey = greyShade(frame.photometricInterpretation, range, options);
  const values = span > 256 ? new Uint16Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i += 1) values[i] = pixels[i]! - range.least;
  return {
    channels: 1,
    least: range.least,
    shades: Uint8Array.from({ length: span }, (_, i) => grey(range.least + i)),
    values,
  };
}

/** `stride` samples are one row; the neighbour to the left is `step` samples before. */
function predicted(values: Uint8Array | Uint16Array, stride: number, step: number): Uint8Array {
  const wide = values.BYTES_PER_ELEMENT === 2;
  const [mask, sign] = wide ? [0xffff, 16] : [0xff, 24];
  const out = new Uint8Array(values.byteLength);
  for (let at = 0; at < values.length; at += 1) {
    const inRow = at % stride;
    const left = inRow >= step ? values[at - step]! : 0;
    const above = at >= stride ? values[at - stride]! : 0;
    const corner = inRow >= step && at >= stride ? values[at - stride - step]! : 0;
    const high = left > above ? left : above;
    const low = left > above ? above : left;
    const expected = corner >= high ? low : corner <= low ? high : left + above - corner;
    const difference = ((values[at]! - expected) << (wide ? 16 : 24)) >> sign;
    const folded = ((difference << 1) ^ (difference >> 31)) & mask;
    out[at] = folded;
    if (wide) out[values.length + at] = folded >> 8;
  }
  return out;
}
