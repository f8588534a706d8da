import { Injectable } from '@nestjs/common';
import {
  DicomFormatError,
  integer,
  locateFramesBy,
  swapped,
  transferSyntaxOf,
  type ByteRange,
  type FrameLocation,
  type FrameTable,
} from '#libs/formats/dicom';
import { Spool } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { ObjectStore, PixelCodec, UndecodableFrame, type DecodedFrame } from '#libs/ports';
import type { InstanceLocation } from './catalogue.repository.js';
import type { CompressedFrames } from './compressed-frames.repository.js';
import { framePixels, type FramePixels } from './domain/pixel-description.js';
import { assertHoldable, decodedSize, framePieces, joinFrame, sizeOf, type FrameBytes } from './frame-bytes.js';
import { nativeBytes } from './pixel-conversion.js';
import { openDataSet, type StoredDataSet } from './stored-data-set.js';

const REMEMBERED_TABLES = 256;
/** A frame header of JPEG stands behind application data, which may be a colour profile. */
const HEADER = 128 * 1024;
/** Processes of ITU-T T.81, of which files name the wrong one. */
const JPEG_PROCESS = /^1\.2\.840\.10008\.1\.2\.4\.([56]\d|70)$/;
/** Bytes of the words whose order depends on the transfer syntax (PS3.5 7.3). */
const WORDS: Readonly<Record<string, number>> = { OW: 2, OF: 4, OD: 8 };

/** Of an instance what its frames need; of the attributes those of Image Pixel and NumberOfFrames. */
export type FrameSource = Pick<
  InstanceLocation,
  'transferSyntaxUid' | 'digest' | 'objectKey' | 'sizeBytes' | 'datasetOffset' | 'pixelData' | 'attributes'
>;

/** The bytes of single frames as they were stored, or decompressed. */
@Injectable()
export class ReadFrames {
  /** where the frames of encapsulated objects lie; objects never change, so neither does this */
  private readonly tables = new Map<string, FrameTable>();

  constructor(
    private readonly objects: ObjectStore,
    private readonly spool: Spool,
    private readonly codec: PixelCodec,
  ) {}

  /** How many frames the instance has; 0: no pixel data. */
  count(instance: FrameSource): number {
    return instance.pixelData === null ? 0 : (integer(instance.attributes, '00280008') ?? 1);
  }

  /**
   * Frame `number` (from 1): for native syntaxes its bytes (of the inflated data set where that is deflated), for encapsulated ones its
   * fragments joined.
   * @throws Refusal `not-found` / frame-not-found; `conflict` / frames-unclear, malformed, truncated, frame-too-large (to be held)
   */
  async frame(instance: FrameSource, number: number): Promise<Buffer> {
    const place = this.nativePlace(instance, number);
    if (place) {
      assertHoldable(place.length);
      return this.objects.getRange(instance.objectKey, place.start, place.length);
    }
    for await (const frame of this.frames(instance, [number])) return frame;
    throw new Refusal('not-found', 'frame-not-found', `There is no frame ${number}.`);
  }

  /**
   * Where a frame lies in the object, for native syntaxes whose frames begin at whole bytes; undefined for all others.
   * @throws Refusal `not-found` / frame-not-found
   */
  nativePlace(instance: FrameSource, number: number): { start: number; length: number } | undefined {
    this.assertFrame(instance, number);
    const syntax = transferSyntaxOf(instance.transferSyntaxUid);
    if (!syntax || syntax.encapsulated || syntax.deflated) return undefined;
    const length = nativeLength(framePixels(instance));
    if (length === undefined) return undefined;
    const from = (number - 1) * length;
    const there = instance.pixelData!.length;
    if (there !== undefined && from + length > there)
      throw new Refusal('not-found', 'frame-not-found', `The pixel data end before frame ${number}.`);
    return { start: instance.datasetOffset + instance.pixelData!.offset + from, length };
  }

  /** Where a frame lies in the object exactly as it is to be given: as stored, or uncompressed in little endian. */
  placeAsGiven(
    instance: FrameSource,
    number: number,
    uncompressed: boolean,
  ): { start: number; length: number } | undefined {
    if (uncompressed && transferSyntaxOf(instance.transferSyntaxUid)?.bigEndian === true) return undefined;
    return this.nativePlace(instance, number);
  }

  /**
   * The transfer syntax that the stored bytes of a frame are in, which a file's own word for it need not be.
   * @throws Refusal as `frame`
   */
  async storedSyntax(instance: FrameSource, number: number): Promise<string> {
    const named = instance.transferSyntaxUid;
    if (!JPEG_PROCESS.test(named)) return named;
    for await (const { source, frame } of this.located(instance, [number])) {
      const { offset, length } = frame.fragments[0] ?? { offset: 0, length: 0 };
      return this.codec.syntaxOf(await source.read({ offset, length: Math.min(length, HEADER) }), named);
    }
    return named;
  }

  /** Several frames, each held whole, read as they are asked for. Refusals as for `frame`; a frame that is not there is told before the first. */
  async *frames(instance: FrameSource, numbers: readonly number[]): AsyncGenerator<Buffer> {
    const pixels = framePixels(instance);
    for await (const { source, frame } of this.located(instance, numbers)) {
      yield await joinFrame((range) => source.read(range), frame, pixels);
    }
  }

  /** Are frames given by their stored bytes (uncompressed: in little endian), without the codec? */
  givesStoredBytes(instance: FrameSource, uncompressed: boolean): boolean {
    return !uncompressed || transferSyntaxOf(instance.transferSyntaxUid)?.encapsulated === false;
  }

  /**
   * Frames of any size by their stored bytes, or those of native ones in little endian; never held. Refusals as for `frames` but
   * frame-too-large.
   */
  async *pieces(instance: FrameSource, numbers: readonly number[], uncompressed: boolean): AsyncGenerator<FrameBytes> {
    const pixels = framePixels(instance);
    const unit = uncompressed ? this.swappedWords(instance) : 1;
    for await (const { source, frame, number } of this.located(instance, numbers)) {
      const read = (range: ByteRange) => source.read(range);
      if (frame.fragments.some(({ offset, length }) => offset + length > source.size))
        throw new Refusal('not-found', 'frame-not-found', `The pixel data end before frame ${number}.`);
      if (pixels.bitsAllocated === 1 && frame.bitOffset !== 0) {
        const bytes = await joinFrame(read, frame, pixels);
        yield { size: bytes.length, stream: () => once(bytes) };
      } else yield { size: sizeOf(frame), stream: () => framePieces(read, frame, unit) };
    }
  }

  /** Frames as they were compressed beforehand; see `InstancePlace.compressed`. @throws ObjectNotFound before the first, when they have gone */
  async *compressedBefore(
    { objectKey, frameEnds }: CompressedFrames,
    numbers: readonly number[],
  ): AsyncGenerator<FrameBytes> {
    for (const number of numbers) {
      const start = frameEnds[number - 2] ?? 0;
      const bytes = await this.objects.getRange(objectKey, start, frameEnds[number - 1]! - start);
      yield { size: bytes.length, stream: () => once(bytes) };
    }
  }

  /** Where the frames lie in the data set, which is open until the next is asked for. */
  private async *located(
    instance: FrameSource,
    numbers: readonly number[],
  ): AsyncGenerator<{ source: StoredDataSet; frame: FrameLocation; number: number }> {
    for (const number of numbers) this.assertFrame(instance, number);
    const source = await openDataSet(this.objects, this.spool, instance);
    try {
      const table = this.tables.get(instance.digest) ?? (await this.locate(instance, source));
      for (const number of numbers) {
        const frame = table.frames[number - 1];
        if (!frame) throw new Refusal('not-found', 'frame-not-found', `There is no frame ${number}.`);
        yield { source, frame, number };
      }
    } finally {
      await source.close();
    }
  }

  /**
   * Frame `number` as samples.
   * @throws Refusal as `frame`; `conflict` / pixels-unreadable, frame-too-large
   */
  async decoded(instance: FrameSource, number: number): Promise<{ frame: DecodedFrame; pixels: FramePixels }> {
    const pixels = framePixels(instance);
    assertHoldable(decodedSize(pixels));
    return { frame: await this.decode(await this.frame(instance, number), pixels), pixels };
  }

  /** Whether frames of this instance can be decompressed (a damaged one may still be refused). */
  decodes(instance: FrameSource): boolean {
    return this.codec.decodes(framePixels(instance).transferSyntaxUid);
  }

  /**
   * A stored frame's bytes uncompressed in little endian: native ones as the attributes tell of them, decompressed ones by pixel.
   * @throws Refusal `conflict` / pixels-unreadable, frame-too-large
   */
  async uncompressed(bytes: Buffer, instance: FrameSource): Promise<Uint8Array> {
    const pixels = framePixels(instance);
    const syntax = transferSyntaxOf(pixels.transferSyntaxUid);
    if (syntax?.encapsulated !== false) return nativeBytes(await this.decode(bytes, pixels), pixels, false);
    const unit = this.swappedWords(instance);
    return unit > 1 ? swapped(bytes, unit) : bytes;
  }

  /** The length of the words whose bytes change places in little endian; 1: none do. */
  private swappedWords(instance: FrameSource): number {
    const bigEndian = transferSyntaxOf(instance.transferSyntaxUid)?.bigEndian === true;
    return bigEndian ? (WORDS[instance.pixelData?.vr ?? ''] ?? 1) : 1;
  }

  /** A stored frame's bytes in a lossless compressed syntax. Refusals as `uncompressed`. */
  async compressed(bytes: Buffer, instance: FrameSource, transferSyntaxUid: string): Promise<Uint8Array> {
    const pixels = framePixels(instance);
    const decoded = await this.decode(bytes, pixels);
    return (await this.guarded(() => this.codec.encode(decoded, pixels, transferSyntaxUid))).bytes;
  }

  /** @throws Refusal `not-found` / frame-not-found */
  assertFrames(instance: FrameSource, numbers: readonly number[]): void {
    for (const number of numbers) this.assertFrame(instance, number);
  }

  private async decode(bytes: Buffer, pixels: FramePixels): Promise<DecodedFrame> {
    assertHoldable(decodedSize(pixels));
    return this.guarded(() => this.codec.decode(bytes, pixels));
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UndecodableFrame)) throw error;
      throw new Refusal('conflict', 'pixels-unreadable', `The frame cannot be converted: ${error.message}.`, {
        reason: error.code,
      });
    }
  }

  private assertFrame(instance: FrameSource, number: number): void {
    const count = this.count(instance);
    if (Number.isInteger(number) && number >= 1 && number <= count) return;
    throw new Refusal('not-found', 'frame-not-found', `This instance has ${count} frame(s), not ${number}.`);
  }

  private async locate(instance: FrameSource, source: StoredDataSet): Promise<FrameTable> {
    let table;
    try {
      table = await locateFramesBy(
        (range) => source.read(range),
        instance.transferSyntaxUid,
        instance.attributes,
        instance.pixelData!,
      );
    } catch (error) {
      if (!(error instanceof DicomFormatError)) throw error;
      throw new Refusal('conflict', error.code, error.message);
    }
    if (this.tables.size >= REMEMBERED_TABLES) this.tables.delete(this.tables.keys().next().value!);
    this.tables.set(instance.digest, table);
    return table;
  }
}

async function* once<T>(one: T): AsyncGenerator<T> {
  yield one;
}

/** Bytes of one native frame, where frames begin at whole bytes. */
function nativeLength(pixels: FramePixels): number | undefined {
  const { rows, columns, bitsAllocated, samplesPerPixel, photometricInterpretation } = pixels;
  if (!rows || !columns || !bitsAllocated || bitsAllocated % 8 !== 0) return undefined;
  // 4:2:2 stores two samples of colour for each four of brightness (PS3.3 C.7.6.3.1.2).
  const stored = /^YBR_(?:FULL|PARTIAL)_422$/.test(photometricInterpretation) ? 2 : samplesPerPixel;
  return (rows * columns * stored * bitsAllocated) / 8;
}
