import { type PixelDescription, type SampleArray, UndecodableFrame } from '#libs/ports';
import { emptySamples } from './samples.js';

/** Loads a module at first use and keeps it; a failed load is tried again by the next caller. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((cause: unknown) => {
      loaded = undefined;
      throw cause;
    });
    return loaded;
  };
}

/**
 * The libraries would write their diagnoses to the console; what matters comes as an error. A new object every time,
 * because a library makes it its own module.
 */
export const quiet = () => ({ print: () => undefined, printErr: () => undefined });

const charls = once(async () => (await import('@cornerstonejs/codec-charls/decodewasmjs')).default(quiet()));
const openjpeg = once(async () => (await import('@cornerstonejs/codec-openjpeg/decodewasmjs')).default(quiet()));
const openjph = once(async () => (await import('@cornerstonejs/codec-openjph/wasmjs')).default(quiet()));

/** JPEG-LS (ISO 14495-1), lossless and near-lossless, 2–16 bits. */
export async function decodeJpegLs(frame: Uint8Array, d: PixelDescription): Promise<SampleArray> {
  const codec = await charls();
  return run(new codec.JpegLSDecoder(), frame, d, (decoder, info) => {
    // Interleave mode 0 leaves the components as planes, 1 and 2 by pixel.
    return {
      planar: decoder.getInterleaveMode?.() === 0 && info.componentCount > 1,
      signed: d.pixelRepresentation === 1,
    };
  });
}

/** JPEG 2000 (ISO 15444-1) or, with `highThroughput`, HTJ2K (ISO 15444-15); both undo the codestream's colour transform. */
export async function decodeJpeg2000(
  frame: Uint8Array,
  d: PixelDescription,
  highThroughput: boolean,
): Promise<SampleArray> {
  const decoder = highThroughput ? new (await openjph()).HTJ2KDecoder() : new (await openjpeg()).J2KDecoder();
  return run(decoder, frame, d, (_, info) => ({ planar: false, signed: info.isSigned === true }));
}

/** Runs a decoder whose memory lies in WebAssembly and copies the samples out before it is freed. */
export function run(
  decoder: CodecDecoder,
  frame: Uint8Array,
  d: PixelDescription,
  layout: (decoder: CodecDecoder, info: CodecFrameInfo) => { planar: boolean; signed: boolean },
): SampleArray {
  try {
    decoder.getEncodedBuffer(frame.length).set(frame);
    decoder.decode();
    const info = decoder.getFrameInfo();
    if (info.width === 0 || info.componentCount === 0)
      throw new UndecodableFrame('corrupt', 'the decoder found no image');
    assertSameImage({ ...info, components: info.componentCount, precision: info.bitsPerSample }, d);
    const { planar, signed } = layout(decoder, info);
    return collect(decoder.getDecodedBuffer(), info.bitsPerSample, d, planar, signed);
  } finally {
    decoder.delete();
  }
}

/** The bitstream must be the image that the attributes tell of. */
export function assertSameImage(
  found: { width: number; height: number; components: number; precision: number },
  d: PixelDescription,
): void {
  if (found.width !== d.columns || found.height !== d.rows || found.components !== d.samplesPerPixel) {
    throw new UndecodableFrame(
      'mismatch',
      `the bitstream holds ${found.width}×${found.height}×${found.components}, the attributes say ${d.columns}×${d.rows}×${d.samplesPerPixel}`,
    );
  }
  if (found.precision > d.bitsAllocated) {
    throw new UndecodableFrame(
      'mismatch',
      `the bitstream holds ${found.precision} bits, the attributes allocate ${d.bitsAllocated}`,
    );
  }
}

/**
 * Samples from a decoder's output. Where bitstream and attributes disagree on the sign, the attributes decide: the
 * same bits are read the other way (PS3.5 8.2.4), extended from the bitstream's own precision.
 */
export function collect(
  bytes: Uint8Array,
  precision: number,
  d: PixelDescription,
  planar: boolean,
  signed: boolean,
): SampleArray {
  const count = d.rows * d.columns * d.samplesPerPixel;
  const width = precision <= 8 ? 1 : 2;
  if (bytes.length < count * width) throw new UndecodableFrame('corrupt', 'the decoder gave too few samples');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = emptySamples(count, d.bitsAllocated, d.pixelRepresentation);
  const pixels = d.rows * d.columns;
  const shift = 32 - precision;
  const extend = d.pixelRepresentation === 1;
  const mask = !extend && signed;
  for (let i = 0; i < count; i += 1) {
    const from = planar ? (i % d.samplesPerPixel) * pixels + Math.floor(i / d.samplesPerPixel) : i;
    const value = width === 1 ? bytes[from]! : view.getUint16(2 * from, true);
    out[i] = extend ? (value << shift) >> shift : mask ? (value << shift) >>> shift : value;
  }
  return out;
}
