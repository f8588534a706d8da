import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { transferSyntaxOf, type ByteRange } from '#libs/formats/dicom';
import { Spool } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import type { ObjectStore } from '#libs/ports';
import { GatheredBytes } from './gathered-bytes.js';

/** A deflated data set may not grow beyond this. */
const LARGEST_INFLATED = 1 << 30;
const PIECE = 256 * 1024;

/** Where an instance's data set lies. */
export interface StoredPlace {
  readonly objectKey: string;
  readonly sizeBytes: number;
  readonly datasetOffset: number;
  readonly transferSyntaxUid: string;
}

/** The bytes of one data set, read piece by piece; of a deflated one those of the inflated. `close` when done. */
export interface StoredDataSet {
  readonly size: number;
  /** Fewer bytes where the data set ends before. */
  read(range: ByteRange): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens a stored data set. A deflated one is inflated once, into memory or, where it is large, into the spool.
 * @throws Refusal `invalid` / deflate-broken or inflates-too-large
 */
export async function openDataSet(objects: ObjectStore, spool: Spool, place: StoredPlace): Promise<StoredDataSet> {
  const size = place.sizeBytes - place.datasetOffset;
  if (transferSyntaxOf(place.transferSyntaxUid)?.deflated !== true) {
    return {
      size,
      read: ({ offset, length }) =>
        objects.getRange(place.objectKey, place.datasetOffset + offset, Math.max(0, Math.min(length, size - offset))),
      close: async () => undefined,
    };
  }
  const gathered = new GatheredBytes(spool);
  try {
    const deflated = await objects.get(place.objectKey, { start: place.datasetOffset, length: size });
    await pipeline(deflated, createInflateRaw({ chunkSize: PIECE }), async (inflated: AsyncIterable<Buffer>) => {
      for await (const chunk of inflated) {
        if (gathered.size + chunk.length > LARGEST_INFLATED)
          throw new Refusal('invalid', 'inflates-too-large', 'The deflated data set grows beyond 1 GB.');
        await gathered.append(chunk);
      }
    });
  } catch (error) {
    await gathered.discard();
    const code = (error as { code?: string }).code ?? '';
    if (code.startsWith('Z_')) throw new Refusal('invalid', 'deflate-broken', 'The data set cannot be inflated.');
    throw error;
  }
  return {
    size: gathered.size,
    read: ({ offset, length }) => gathered.read(offset, length),
    close: () => gathered.discard(),
  };
}
