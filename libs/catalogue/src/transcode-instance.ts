import { createDeflateRaw, constants } from 'node:zlib';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  DicomFormatError,
  isVideo,
  pixelDataHeader,
  reencodeElements,
  transferSyntaxOf,
  type TransferSyntax,
} from '#libs/formats/dicom';
import { Spool } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { ObjectStore, PixelCodec, UndecodableFrame } from '#libs/ports';
import type { InstanceLocation } from './catalogue.repository.js';
import { GatheredBytes } from './gathered-bytes.js';
import { convertPixels, copyNative, type PixelConversion } from './pixel-conversion.js';
import { openDataSet, type StoredDataSet } from './stored-data-set.js';

/** Elements around the pixel data are rewritten in memory, up to here. */
const LARGEST_HEADER = 128 * 1024 * 1024;

/** A data set (without preamble and file meta) ready to be sent. Read it once, or discard it. */
export interface ConvertedDataSet {
  readonly transferSyntaxUid: string;
  /** Bytes that `stream` will give. */
  readonly size: number;
  /** The bytes, or those of the span; leaves nothing behind, also when the reader stops early. */
  stream(start?: number, length?: number): AsyncIterable<Buffer>;
  discard(): Promise<void>;
}

export type TranscodableInstance = Pick<
  InstanceLocation,
  | 'sopInstanceUid'
  | 'transferSyntaxUid'
  | 'objectKey'
  | 'sizeBytes'
  | 'datasetOffset'
  | 'pixelData'
  | 'attributes'
  | 'digest'
  | 'format'
>;

/**
 * The data set of a stored instance in a wanted transfer syntax; what is stored is never changed.
 *
 * Equal: as stored, byte for byte. Native to native: every element written anew (PS3.5 A.1 to A.5). Compressed to native: decompressed
 * frame by frame, with the attributes that follow from it (PS3.5 section 8.2, PS3.3 C.7.6.3). To a compressed syntax: only where the
 * codec port encodes it without loss. A conversion is made whole, in memory or in the spool, before its first byte is handed out, so
 * that what cannot be converted is refused and never breaks off.
 */
@Injectable()
export class TranscodeInstance {
  constructor(
    private readonly objects: ObjectStore,
    private readonly spool: Spool,
    private readonly codec: PixelCodec,
  ) {}

  /** Whether there is a way between the two syntaxes; a single instance may still be refused (damaged, or of an odd depth). */
  converts(instance: TranscodableInstance, transferSyntaxUid: string): boolean {
    const from = transferSyntaxOf(instance.transferSyntaxUid);
    const to = transferSyntaxOf(transferSyntaxUid);
    if (instance.transferSyntaxUid === transferSyntaxUid) return true;
    if (!from || !to || instance.format !== 'dicom' || isVideo(from.uid) || isReference(from) || isReference(to))
      return false;
    if (to.encapsulated && (instance.pixelData === null || !this.codec.encodes(to.uid))) return false;
    // A data set without pixels is the same in an encapsulated syntax as in explicit little endian (PS3.5 A.4).
    return instance.pixelData === null || !needsCodec(from, to) || this.codec.decodes(from.uid);
  }

  /**
   * @throws Refusal `conflict` / not-convertible (no way between the syntaxes), pixels-unreadable (damaged, or of a kind without a
   *   decoder or encoder), data-set-unreadable, header-too-large
   */
  async dataSet(instance: TranscodableInstance, transferSyntaxUid: string): Promise<ConvertedDataSet> {
    if (instance.transferSyntaxUid === transferSyntaxUid) return this.asStored(instance);
    if (!this.converts(instance, transferSyntaxUid)) {
      throw new Refusal(
        'conflict',
        'not-convertible',
        `Instance ${instance.sopInstanceUid} is stored in ${instance.transferSyntaxUid} and cannot be given in ${transferSyntaxUid}.`,
        { stored: instance.transferSyntaxUid, wanted: transferSyntaxUid },
      );
    }
    const out = new GatheredBytes(this.spool);
    const source = await openDataSet(this.objects, this.spool, instance);
    try {
      await this.convert(instance, source, transferSyntaxOf(transferSyntaxUid)!, out);
    } catch (error) {
      await out.discard();
      throw asRefusal(error, instance.sopInstanceUid);
    } finally {
      await source.close();
    }
    return {
      transferSyntaxUid,
      size: out.size,
      stream: (start, length) => out.stream(start, length),
      discard: () => out.discard(),
    };
  }

  private asStored(instance: TranscodableInstance): ConvertedDataSet {
    const { objects } = this;
    const size = instance.sizeBytes - instance.datasetOffset;
    return {
      transferSyntaxUid: instance.transferSyntaxUid,
      size,
      async *stream(start = 0, length = size) {
        const span = { start: instance.datasetOffset + start, length: Math.min(length, size - start) };
        yield* (await objects.get(instance.objectKey, span)) as AsyncIterable<Buffer>;
      },
      discard: async () => undefined,
    };
  }

  private async convert(
    instance: TranscodableInstance,
    source: StoredDataSet,
    to: TransferSyntax,
    out: GatheredBytes,
  ): Promise<void> {
    if (!to.deflated) {
      for await (const piece of this.pieces(instance, source, to)) await out.append(piece);
      return;
    }
    const deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED });
    const deflated = Readable.from(this.pieces(instance, source, to), { objectMode: false }).pipe(deflate);
    for await (const piece of deflated as AsyncIterable<Buffer>) await out.append(piece);
    // PS3.5 A.5: padded to even length.
    if (out.size % 2 === 1) await out.append(Buffer.alloc(1));
  }

  private async *pieces(
    instance: TranscodableInstance,
    source: StoredDataSet,
    to: TransferSyntax,
  ): AsyncGenerator<Uint8Array> {
    const from = transferSyntaxOf(instance.transferSyntaxUid)!;
    const { pixelData } = instance;
    const headEnd = pixelData?.offset ?? source.size;
    if (headEnd > LARGEST_HEADER)
      throw new Refusal('conflict', 'header-too-large', 'The elements beside the pixels are too many to be rewritten.');
    const head = await source.read({ offset: 0, length: headEnd });
    if (!pixelData) {
      yield* reencodeElements(head, from, to);
      return;
    }
    const converts = needsCodec(from, to);
    let conversion: PixelConversion;
    if (converts) conversion = await convertPixels(instance, source, to, this.codec);
    else if (from.encapsulated)
      throw new UndecodableFrame('unsupported', 'fragments cannot be copied between syntaxes');
    else conversion = copyNative(pixelData, source, from, to);
    yield* reencodeElements(head, from, to, {
      replace: conversion.attributes,
      toNative: from.encapsulated && !to.encapsulated,
    });
    yield pixelDataHeader(conversion.vr, conversion.length, to);
    yield* conversion.bytes();
    const rest = source.size - conversion.end;
    if (rest > LARGEST_HEADER)
      throw new Refusal('conflict', 'header-too-large', 'The elements behind the pixels are too many to be rewritten.');
    if (rest >= 8) yield* reencodeElements(await source.read({ offset: conversion.end, length: rest }), from, to);
  }
}

/** JPIP syntaxes: the pixels lie elsewhere. */
function isReference({ name }: TransferSyntax): boolean {
  return name.startsWith('JPIP');
}

function needsCodec(from: TransferSyntax, to: TransferSyntax): boolean {
  return from.encapsulated || to.encapsulated;
}

function asRefusal(error: unknown, sopInstanceUid: string): unknown {
  if (error instanceof UndecodableFrame) {
    return new Refusal('conflict', 'pixels-unreadable', `Instance ${sopInstanceUid}: ${error.message}.`, {
      reason: error.code,
    });
  }
  if (error instanceof DicomFormatError)
    return new Refusal('conflict', 'data-set-unreadable', `Instance ${sopInstanceUid}: ${error.message}`);
  return error;
}
