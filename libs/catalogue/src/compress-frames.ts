import { Injectable } from '@nestjs/common';
import { integer, type DicomJson } from '#libs/formats/dicom';
import { Spool, type SpooledFile } from '#libs/ingest';
import { newId, Refusal } from '#libs/kernel';
import { ObjectNotFound, ObjectStore, PixelCodec, UndecodableFrame } from '#libs/ports';
import type { InstanceLocation } from './catalogue.repository.js';
import { CompressedFramesRepository } from './compressed-frames.repository.js';
import { framePixels, type FramePixels } from './domain/pixel-description.js';
import { decodedSize } from './frame-bytes.js';
import { ReadFrames } from './read-frames.js';

/** HTJ2K Lossless in RPCL order (PS3.5 8.2.14): small, and decoded in a browser in about the time that the raw bytes take over a good line. */
const HTJ2K_LOSSLESS_RPCL = '1.2.840.10008.1.2.4.202';
/** What saves less than a tenth is not worth an object. */
const WORTH = 0.9;
/** More than any cine, and few enough to be listed. */
const MOST_FRAMES = 20_000;
/** A larger one would take several times as much of the worker's memory. */
const LARGEST_FRAME = 24 * 1024 * 1024;
/** Longer than the longest run of an instance takes; then whoever had it is taken for dead. */
const AGAIN_IN_SECONDS = 1800;

/**
 * Compresses what was stored uncompressed, once its examination has settled, one instance at a time and behind everything else. What was
 * received stays as it came; this is what a reader on a poor line is given in its place (decision 49).
 */
@Injectable()
export class CompressFrames {
  constructor(
    private readonly compressed: CompressedFramesRepository,
    private readonly readFrames: ReadFrames,
    private readonly codec: PixelCodec,
    private readonly objects: ObjectStore,
    private readonly spool: Spool,
  ) {}

  expect(examId: string): Promise<void> {
    return this.compressed.expect(examId);
  }

  /** @returns whether there was one; what is broken off by `signal` is begun anew later */
  async next(signal: AbortSignal): Promise<boolean> {
    const instance = await this.compressed.take(AGAIN_IN_SECONDS);
    if (!instance) return false;
    const file = this.spool.create();
    try {
      const frameEnds = await this.compress(instance, file, signal);
      const size = frameEnds?.at(-1) ?? 0;
      if (!frameEnds || size > WORTH * storedSize(instance)) {
        await this.compressed.keep(instance.id, null);
        return true;
      }
      const objectKey = `compressed-frames/${instance.id}/${newId()}`;
      await this.objects.put(objectKey, await file.finish());
      const made = { objectKey, size, frameEnds, transferSyntaxUid: HTJ2K_LOSSLESS_RPCL };
      if (!(await this.compressed.keep(instance.id, made))) await this.objects.remove(objectKey);
      return true;
    } finally {
      await file.discard();
    }
  }

  /** @returns where each frame ends; null: this one is not compressed */
  private async compress(instance: InstanceLocation, file: SpooledFile, signal: AbortSignal): Promise<number[] | null> {
    const pixels = framePixels(instance);
    if (!isPlain(pixels, instance.attributes) || decodedSize(pixels) > LARGEST_FRAME) return null;
    // A file may say that it has a milliard of them.
    const count = this.readFrames.count(instance);
    const there = instance.pixelData?.length;
    if (count > MOST_FRAMES || (there !== undefined && count * decodedSize(pixels) > there)) return null;
    const ends: number[] = [];
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    try {
      for await (const stored of this.readFrames.frames(instance, numbers)) {
        signal.throwIfAborted();
        await file.append(Buffer.from(await this.codec.recompress(stored, pixels, HTJ2K_LOSSLESS_RPCL)));
        ends.push(file.size);
      }
    } catch (error) {
      const never =
        error instanceof UndecodableFrame ||
        error instanceof ObjectNotFound ||
        (error instanceof Refusal && error.kind !== 'unavailable');
      if (!never) throw error;
      return null;
    }
    return ends;
  }
}

/** Bytes of the pixel data as stored; of those whose length their element does not say, of all of the file. */
const storedSize = ({ pixelData, sizeBytes, datasetOffset }: InstanceLocation): number =>
  pixelData?.length ?? sizeBytes - datasetOffset - (pixelData?.offset ?? 0);

/** The samples are all that the cells hold, and those of one colour model: nothing else would come out again. */
function isPlain(pixels: FramePixels, attributes: DicomJson): boolean {
  const inCells = Object.keys(attributes).some(
    (tag) => /^60[0-9A-F]{2}0102$/.test(tag) && (integer(attributes, tag) ?? 0) > 0,
  );
  const { photometricInterpretation, samplesPerPixel, bitsStored, highBit } = pixels;
  const colours =
    samplesPerPixel === 1
      ? /^(MONOCHROME[12]|PALETTE COLOR)$/.test(photometricInterpretation)
      : samplesPerPixel === 3 && photometricInterpretation === 'RGB' && pixels.bitsAllocated === 8;
  return colours && !inCells && bitsStored >= 2 && highBit === bitsStored - 1;
}
