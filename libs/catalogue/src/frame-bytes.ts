import type { ByteRange, FrameLocation } from '#libs/formats/dicom';
import type { FramePixels } from './domain/pixel-description.js';

/** The bytes of one frame as stored: its fragments joined; frames of single bits begin at the first bit of the first byte. */
export async function joinFrame(
  read: (range: ByteRange) => Promise<Buffer>,
  frame: FrameLocation,
  { rows, columns, samplesPerPixel, bitsAllocated }: FramePixels,
): Promise<Buffer> {
  const parts = await Promise.all(frame.fragments.map((part) => read(part)));
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  if (bitsAllocated !== 1 || frame.bitOffset === 0) return bytes;
  return shifted(bytes, frame.bitOffset, rows * columns * samplesPerPixel);
}

function shifted(bytes: Buffer, offset: number, bits: number): Buffer {
  const out = Buffer.alloc(Math.ceil(bits / 8));
  for (let index = 0; index < out.length; index += 1) {
    out[index] = ((bytes[index]! >> offset) | ((bytes[index + 1] ?? 0) << (8 - offset))) & 255;
  }
  const rest = bits % 8;
  if (rest > 0) out[out.length - 1]! &= (1 << rest) - 1;
  return out;
}

/** Eight samples of 0 and 1 a byte, the first in the lowest bit (PS3.5 8.1.1). */
export function bitsFrom(samples: ArrayLike<number>): Buffer {
  const out = Buffer.alloc(Math.ceil(samples.length / 8));
  for (let index = 0; index < samples.length; index += 1) if (samples[index]) out[index >> 3]! |= 1 << (index & 7);
  return out;
}
