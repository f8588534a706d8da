import { type Palette, throughPalette } from './palette.js';
import { fitWithin, resampleByArea } from './resample.js';
import { greyShade, rangeOf, type GreyOptions } from './grey-shade.js';

/** Samples by pixel, one element each, holding the stored bits alone. */
export interface RenderableFrame {
  readonly pixels: ArrayLike<number>;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
}

export interface RenderOptions extends GreyOptions {
  /** Needed for PALETTE COLOR. */
  readonly palette?: Palette | null;
  /** Height of a pixel over its width; 1 unless told otherwise. The longer direction is shrunk. */
  readonly pixelAspect?: number | null;
  /** No edge of the result is longer; an image is never enlarged. */
  readonly maxEdge?: number | null;
}

export interface RenderedImage {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 0 black. 3: R G B by pixel. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/**
 * A decoded frame as it is shown: rescaled, windowed (grey) or turned to RGB (colour), square pixels, shrunk to fit.
 * Throws RangeError when the frame has fewer samples than its dimensions ask for, or a palette is missing.
 */
export function renderToRgb8(
  frame: RenderableFrame,
  description: { readonly rows: number; readonly columns: number; readonly bitsStored: number },
  options: RenderOptions = {},
): RenderedImage {
  const { rows, columns } = description;
  if (frame.pixels.length < rows * columns * frame.samplesPerPixel)
    throw new RangeError('the frame has too few samples');
  const colour = frame.samplesPerPixel >= 3 || frame.photometricInterpretation === 'PALETTE COLOR';
  const full = colour
    ? colourOf(frame, rows * columns, description.bitsStored, options.palette)
    : greyOf(frame, rows * columns, options);
  const channels = colour ? 3 : 1;
  const { width, height } = fitWithin(columns, rows, options.pixelAspect ?? 1, options.maxEdge ?? Infinity);
  return { width, height, channels, data: resampleByArea(full, columns, rows, channels, width, height) };
}

function greyOf(frame: RenderableFrame, count: number, options: RenderOptions): Uint8Array {
  const { pixels } = frame;
  const { least, greatest } = rangeOf(pixels, count);
  const grey = greyShade(frame.photometricInterpretation, { least, greatest }, options);
  const out = new Uint8Array(count);
  const span = greatest - least + 1;
  // One look-up instead of one window per pixel, unless the values spread wider than there are pixels.
  if (Number.isInteger(least) && span <= Math.max(count, 65_536)) {
    const table = Uint8Array.from({ length: span }, (_, i) => grey(least + i));
    for (let i = 0; i < count; i += 1) out[i] = table[pixels[i]! - least]!;
  } else {
    for (let i = 0; i < count; i += 1) out[i] = grey(pixels[i]!);
  }
  return out;
}

function colourOf(
  frame: RenderableFrame,
  count: number,
  bitsStored: number,
  palette: Palette | null | undefined,
): Uint8Array {
  const { pixels, samplesPerPixel, photometricInterpretation } = frame;
  if (photometricInterpretation === 'PALETTE COLOR') {
    if (!palette) throw new RangeError('PALETTE COLOR without a palette');
    return throughPalette(pixels, palette);
  }
  const toEightBits = 2 ** Math.max(0, bitsStored - 8);
  const convert = photometricInterpretation.startsWith('YBR_PARTIAL')
    ? fromPartialYbr
    : photometricInterpretation.startsWith('YBR_FULL')
      ? fromFullYbr
      : null;
  // Clamped: conversion overshoots by a little at saturated colours.
  const out = new Uint8ClampedArray(count * 3);
  for (let i = 0; i < count; i += 1) {
    const from = i * samplesPerPixel;
    const a = Math.floor(pixels[from]! / toEightBits);
    const b = Math.floor(pixels[from + 1]! / toEightBits);
    const c = Math.floor(pixels[from + 2]! / toEightBits);
    const [red, green, blue] = convert ? convert(a, b, c) : [a, b, c];
    out[3 * i] = red;
    out[3 * i + 1] = green;
    out[3 * i + 2] = blue;
  }
  return new Uint8Array(out.buffer);
}

/** The inverse of the equations in PS3.3 C.7.6.3.1.2 for YBR_FULL. */
function fromFullYbr(y: number, cb: number, cr: number): [number, number, number] {
  return [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)];
}

/** The same for YBR_PARTIAL, whose luma runs from 16 to 235 and chroma from 16 to 240. */
function fromPartialYbr(y: number, cb: number, cr: number): [number, number, number] {
  return fromFullYbr(((y - 16) * 255) / 219, ((cb - 128) * 255) / 224 + 128, ((cr - 128) * 255) / 224 + 128);
}
