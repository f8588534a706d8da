import type { FrameBytes, InstancePlace, ReadFrames } from '#libs/catalogue';
import { ObjectNotFound } from '#libs/ports';
import type { FrameRepresentation } from './frame-representation.js';

/** Frames in the coding that is asked for: by their stored bytes, of any size, as they were compressed beforehand, or through the codec, one held at a time. */
export async function* givenFrames(
  readFrames: ReadFrames,
  place: InstancePlace,
  numbers: readonly number[],
  coding: FrameRepresentation['coding'],
): AsyncGenerator<FrameBytes> {
  if (typeof coding === 'string' && readFrames.givesStoredBytes(place, coding === 'uncompressed')) {
    yield* readFrames.pieces(place, numbers, coding === 'uncompressed');
    return;
  }
  const { compressed } = place;
  let left = numbers;
  if (compressed && typeof coding !== 'string' && coding.transferSyntax === compressed.transferSyntaxUid) {
    try {
      for await (const frame of readFrames.compressedBefore(compressed, numbers)) {
        left = left.slice(1);
        yield frame;
      }
      return;
    } catch (error) {
      // It may have lost its object; then what is left is made now.
      if (!(error instanceof ObjectNotFound)) throw error;
    }
  }
  for await (const stored of readFrames.frames(place, left)) {
    const made =
      typeof coding === 'string'
        ? await readFrames.uncompressed(stored, place)
        : await readFrames.compressed(stored, place, coding.transferSyntax);
    const bytes = Buffer.from(made.buffer, made.byteOffset, made.byteLength);
    yield { size: bytes.length, stream: () => once(bytes) };
  }
}

export async function* once<T>(one: T): AsyncGenerator<T> {
  yield one;
}
