import { type DecodedFrame, type EightBitImage, type PixelDescription } from '#libs/ports';
import type { JpegHeader } from './jpeg-header.js';
import { decodeDeepJpeg } from './jpeg-deep.js';
import { once, quiet, run } from './wasm-decoders.js';

const turbo = once(async () => (await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs')).default(quiet()));

const encoder = once(async () => (await import('jpeg-js')).default);

/**
 * JPEG baseline, extended and progressive of 8 bits. The decoder undoes YCbCr where the stream says so by JFIF or
 * Adobe marker. A stream that says nothing would be taken for YCbCr; where the attributes say RGB they are believed.
 */
export async function decodeJpegBaseline(
  frame: Uint8Array,
  d: PixelDescription,
  header: JpegHeader,
): Promise<DecodedFrame> {
  if (header.precision !== 8) {
    const pixels = decodeDeepJpeg(frame, d, header);
    return { pixels, samplesPerPixel: d.samplesPerPixel, photometricInterpretation: d.photometricInterpretation };
  }
  const codec = await turbo();
  const silent = header.adobeTransform === null && !header.jfif;
  const stream = d.photometricInterpretation === 'RGB' && silent ? sayingRgb(frame) : frame;
  const pixels = run(new codec.JPEGDecoder(), stream, { ...d, pixelRepresentation: 0 }, () => ({
    planar: false,
    signed: false,
  }));
  return { pixels, samplesPerPixel: d.samplesPerPixel, photometricInterpretation: colourAfter(d, header) };
}

function colourAfter(d: PixelDescription, header: JpegHeader): string {
  if (d.samplesPerPixel !== 3) return d.photometricInterpretation;
  const untouched = header.adobeTransform === 0 && !header.jfif;
  return untouched && d.photometricInterpretation.startsWith('YBR') ? 'YBR_FULL' : 'RGB';
}

/** An Adobe APP14 marker with transform 0 (no transform), set after the start of the image. */
const ADOBE_RGB = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);

function sayingRgb(frame: Uint8Array): Uint8Array {
  const out = new Uint8Array(frame.length + ADOBE_RGB.length);
  out.set(frame.subarray(0, 2));
  out.set(ADOBE_RGB, 2);
  out.set(frame.subarray(2), 2 + ADOBE_RGB.length);
  return out;
}

/**
 * Baseline without subsampling, always of three components. By jpeg-js: the encoder of the WebAssembly library writes
 * past its buffer when the JPEG grows larger than the pixels (small images, noise) and damages what lies behind it.
 */
export async function encodeBaseline(image: EightBitImage, quality: number): Promise<Uint8Array> {
  const { encode } = await encoder();
  const { width, height, channels, data } = image;
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let c = 0; c < 3; c += 1) rgba[pixel * 4 + c] = data[pixel * channels + (channels === 3 ? c : 0)]!;
  }
  return encode({ width, height, data: rgba }, quality).data;
}
