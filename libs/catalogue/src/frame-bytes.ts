import { swapped, type ByteRange, type FrameLocation } from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';
import type { FramePixels } from './domain/pixel-description.js';

/** What is decoded, encoded or drawn is held whole, several times over: up to here. The largest detectors make 56 MB. */
const LARGEST_HELD = 64 * 1024 * 1024;
/** Divisible by the words of every VR. */
const PIECE = 1024 * 1024;

/** One frame's bytes, read piece by piece. */
export interface FrameBytes {
  readonly size: number;
  /** Read it once, and before the next frame is asked for. */
  stream(): AsyncIterable<Buffer>;
}

/** @throws Refusal `conflict` / frame-too-large */
export function assertHoldable(bytes: number): void {
  if (bytes <= LARGEST_HELD) return;
  throw new Refusal(
    'conflict',
    'frame-too-large',
    `A frame of ${bytes} bytes is too large to be converted or drawn; it can be had as it is stored.`,
    { bytes, most: LARGEST_HELD },
  );
}

export function sizeOf(frame: FrameLocation): number {
  return frame.fragments.reduce((sum, { length }) => sum + length, 0);
}

/** The bytes of one frame in pieces; `unit` is the length of words whose bytes are to change places, or 1. */
export async function* framePieces(
  read: (range: ByteRange) => Promise<Buffer>,
  { fragments }: FrameLocation,
  unit: number,
): AsyncGenerator<Buffer> {
  for (const { offset, length } of fragments) {
    for (let at = 0; at < length; at += PIECE) {
      const wanted = Math.min(PIECE, length - at);
      const piece = await read({ offset: offset + at, length: wanted });
      if (piece.length < wanted) throw new Error('the object ends before its pixel data');
      yield unit > 1 ? swapped(piece, unit) : piece;
    }
  }
}

/** The bytes of one frame as stored, held: its fragments joined; frames of single bits begin at the first bit of the first byte. Refusal as `assertHoldable`. */
export async function joinFrame(
  read: (range: ByteRange) => Promise<Buffer>,
  frame: FrameLocation,
  { rows, columns, samplesPerPixel, bitsAllocated }: FramePixels,
): Promise<Buffer> {
  assertHoldable(sizeOf(frame));
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

/** Bytes of one frame when it is decompressed. */
export function decodedSize({ rows, columns, samplesPerPixel, bitsAllocated }: FramePixels): number {
  return rows * columns * samplesPerPixel * Math.ceil(bitsAllocated / 8);
}

/** Eight samples of 0 and 1 a byte, the first in the lowest bit (PS3.5 8.1.1). */
export function bitsFrom(samples: ArrayLike<number>): Buffer {
  const out = Buffer.alloc(Math.ceil(samples.length / 8));
  for (let index = 0; index < samples.length; index += 1) if (samples[index]) out[index >> 3]! |= 1 << (index & 7);
  return out;
}
