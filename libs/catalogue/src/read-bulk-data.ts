import { Injectable } from '@nestjs/common';
import {
  DicomFormatError,
  readAttributes,
  swapped,
  transferSyntaxOf,
  type ByteRange,
  type DicomJson,
} from '#libs/formats/dicom';
import { Spool } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import type { InstancePlace } from './retrieval.repository.js';
import { openDataSet, type StoredDataSet } from './stored-data-set.js';

const REMEMBERED_TABLES = 128;
/** Elements beside the pixels are read into memory to be found, up to here. */
const LARGEST_HEADER = 256 * 1024 * 1024;
const PIECE = 256 * 1024;
const UNITS: Readonly<Record<string, number>> = { OW: 2, US: 2, SS: 2, AT: 2, OL: 4, OF: 4, UL: 4, SL: 4, FL: 4 };
const LONG_UNITS = new Set(['OD', 'OV', 'FD', 'SV', 'UV']);

interface BulkTable {
  readonly places: Readonly<Record<string, ByteRange>>;
  readonly vrs: ReadonlyMap<string, string>;
}

/** One value that the metadata only point to. */
export interface BulkValue {
  readonly size: number;
  readonly vr: string;
  /** An encapsulated document's own media type (PS3.3 C.24.2), else undefined. */
  readonly mediaType: string | undefined;
  /** Little endian (PS3.18 8.7.3.3.2). Read once or left alone. */
  stream(start?: number, length?: number): AsyncIterable<Buffer>;
}

/** Large values beside the pixel data, by the path that their BulkDataURI ends with. */
@Injectable()
export class ReadBulkData {
  private readonly tables = new Map<string, BulkTable>();

  constructor(
    private readonly objects: ObjectStore,
    private readonly spool: Spool,
  ) {}

  /**
   * `path` is a tag, or tags and item numbers from 0: `54000100/0/54001010`.
   * @throws Refusal `not-found` / bulk-data-not-found; `conflict` / data-set-unreadable
   */
  async value(instance: InstancePlace, path: string): Promise<BulkValue> {
    const table = this.tables.get(instance.digest) ?? (await this.table(instance));
    const place = table.places[`bulk/${path}`];
    if (!place) throw new Refusal('not-found', 'bulk-data-not-found', 'There is no bulk data under this address.');
    return this.at(instance, place, table.vrs.get(path) ?? 'UN', table.vrs.get(`${path}#type`));
  }

  /** The whole value of native pixel data. Refusals as `value`. */
  pixels(instance: InstancePlace): BulkValue {
    const { pixelData } = instance;
    if (pixelData?.length === undefined)
      throw new Refusal('not-found', 'bulk-data-not-found', 'There are no native pixel data under this address.');
    return this.at(instance, { offset: pixelData.offset, length: pixelData.length }, pixelData.vr, undefined);
  }

  private at(instance: InstancePlace, place: ByteRange, vr: string, mediaType: string | undefined): BulkValue {
    const bigEndian = transferSyntaxOf(instance.transferSyntaxUid)?.bigEndian === true;
    const unit = bigEndian ? (UNITS[vr] ?? (LONG_UNITS.has(vr) ? 8 : 1)) : 1;
    const open = () => openDataSet(this.objects, this.spool, instance);
    return {
      size: place.length,
      vr,
      mediaType,
      stream: (start = 0, length = place.length) => pieces(open, place, unit, start, length),
    };
  }

  private async table(instance: InstancePlace): Promise<BulkTable> {
    const source = await openDataSet(this.objects, this.spool, instance);
    try {
      return await this.read(instance, source);
    } finally {
      await source.close();
    }
  }

  private async read(instance: InstancePlace, source: StoredDataSet): Promise<BulkTable> {
    const length = instance.pixelData?.offset ?? source.size;
    if (length > LARGEST_HEADER)
      throw new Refusal('conflict', 'header-too-large', 'The data set is too large to be searched.');
    const syntax = transferSyntaxOf(instance.transferSyntaxUid);
    // Of a deflated data set we read the inflated bytes, which are explicit little endian.
    const uid = syntax?.deflated ? '1.2.840.10008.1.2.1' : instance.transferSyntaxUid;
    let read;
    try {
      read = readAttributes(await source.read({ offset: 0, length }), uid, { complete: instance.pixelData === null });
    } catch (error) {
      if (!(error instanceof DicomFormatError)) throw error;
      throw new Refusal('conflict', 'data-set-unreadable', error.message);
    }
    const vrs = new Map<string, string>();
    collectVrs(read.attributes, '', vrs);
    const document = read.attributes['00420012']?.Value?.[0];
    if (typeof document === 'string' && /^[\w.+-]+\/[\w.+-]+$/.test(document)) vrs.set('00420011#type', document);
    const table = { places: read.bulk, vrs };
    if (this.tables.size >= REMEMBERED_TABLES) this.tables.delete(this.tables.keys().next().value!);
    this.tables.set(instance.digest, table);
    return table;
  }
}

function collectVrs(attributes: DicomJson, path: string, into: Map<string, string>): void {
  for (const [tag, element] of Object.entries(attributes)) {
    if (element.BulkDataURI !== undefined) into.set(`${path}${tag}`, element.vr);
    if (element.vr !== 'SQ') continue;
    for (const [index, item] of (element.Value ?? []).entries())
      collectVrs(item as DicomJson, `${path}${tag}/${index}/`, into);
  }
}

async function* pieces(
  open: () => Promise<StoredDataSet>,
  place: ByteRange,
  unit: number,
  start: number,
  length: number,
): AsyncGenerator<Buffer> {
  const source = await open();
  try {
    const end = Math.min(place.length, start + length);
    for (let at = start - (start % unit); at < end; at += PIECE) {
      const whole = await source.read({ offset: place.offset + at, length: Math.min(PIECE, place.length - at) });
      if (whole.length === 0) throw new Error('the object ends before its data set');
      const piece = unit > 1 ? swapped(whole, unit) : whole;
      yield piece.subarray(Math.max(0, start - at), Math.min(piece.length, end - at));
    }
  } finally {
    await source.close();
  }
}
