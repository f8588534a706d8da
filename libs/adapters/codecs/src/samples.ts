import { type PixelDescription, type SampleArray, UndecodableFrame } from '#libs/ports';

export const samplesOf = (d: PixelDescription) => d.rows * d.columns * d.samplesPerPixel;

/**
 * Samples of the stored bits from bytes of `bitsAllocated` each (PS3.5 8.1.1): shifted down from the high bit, and
 * sign extended or masked, so that overlay bits beside them are gone.
 */
export function samplesFromBytes(bytes: Uint8Array, d: PixelDescription, bigEndian: boolean): SampleArray {
  const count = samplesOf(d);
  const width = d.bitsAllocated / 8;
  if (bytes.length < count * width) {
    throw new UndecodableFrame('corrupt', `${bytes.length} bytes of ${count * width} in the frame`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = emptySamples(count, d.bitsAllocated, d.pixelRepresentation);
  const little = !bigEndian;
  if (width === 1) for (let i = 0; i < count; i += 1) out[i] = bytes[i]!;
  else if (width === 2) for (let i = 0; i < count; i += 1) out[i] = view.getUint16(2 * i, little);
  else for (let i = 0; i < count; i += 1) out[i] = view.getUint32(4 * i, little);
  keepStoredBits(out, d);
  return out;
}

export function emptySamples(count: number, bits: number, pixelRepresentation: 0 | 1): SampleArray {
  if (bits <= 8) return pixelRepresentation ? new Int8Array(count) : new Uint8Array(count);
  if (bits <= 16) return pixelRepresentation ? new Int16Array(count) : new Uint16Array(count);
  return pixelRepresentation ? new Int32Array(count) : new Uint32Array(count);
}

export function keepStoredBits(samples: SampleArray, d: PixelDescription): void {
  if (d.bitsStored === d.bitsAllocated) return;
  const up = 31 - d.highBit;
  const down = 32 - d.bitsStored;
  if (d.pixelRepresentation) for (let i = 0; i < samples.length; i += 1) samples[i] = (samples[i]! << up) >> down;
  else for (let i = 0; i < samples.length; i += 1) samples[i] = (samples[i]! << up) >>> down;
}

/** R R R … G G G … B B B … to R G B R G B …; `width` is bytes per sample. */
export function byPixel(planes: Uint8Array, samplesPerPixel: number, width: number): Uint8Array {
  const out = new Uint8Array(planes.length);
  const pixels = planes.length / (samplesPerPixel * width);
  for (let s = 0; s < samplesPerPixel; s += 1) {
    for (let p = 0; p < pixels; p += 1) {
      for (let b = 0; b < width; b += 1)
        out[(p * samplesPerPixel + s) * width + b] = planes[(s * pixels + p) * width + b]!;
    }
  }
  return out;
}

/** One bit each, the first pixel in the lowest bit (PS3.5 8.1.1). */
export function samplesFromBits(bytes: Uint8Array, count: number): Uint8Array {
  if (bytes.length < Math.ceil(count / 8)) throw new UndecodableFrame('corrupt', 'the bit frame is cut');
  return Uint8Array.from({ length: count }, (_, i) => (bytes[i >> 3]! >> (i & 7)) & 1);
}

/** Native YBR_FULL_422 (PS3.3 C.7.6.3.1.2): Y1 Y2 Cb Cr for each two pixels; the second shares the first one's colour. */
export function upsample422(bytes: Uint8Array, pixels: number): Uint8Array {
  if (bytes.length < pixels * 2) throw new UndecodableFrame('corrupt', 'the 4:2:2 frame is cut');
  const out = new Uint8Array(pixels * 3);
  for (let p = 0; p < pixels; p += 1) {
    const from = (p >> 1) * 4;
    out[3 * p] = bytes[from + (p & 1)]!;
    out[3 * p + 1] = bytes[from + 2]!;
    out[3 * p + 2] = bytes[from + 3]!;
  }
  return out;
}

/** Bytes that were written as big-endian 16-bit words (PS3.5 8.1.2), in their own order again. */
export function swapPairs(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => bytes[i ^ 1] ?? byte);
}
