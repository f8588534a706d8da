import {
  buildFileMeta,
  datasetFromJson,
  DicomFormatError,
  EXPLICIT_VR_LITTLE_ENDIAN,
  transferSyntaxOf,
  type DatasetPiece,
} from '#libs/formats/dicom';
import type { Spool } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { parseMediaType, type MediaType } from './media-type.js';
import type { Part } from './multipart-related.js';

/** All metadata of one request, and one step when bulk data are read back. */
const LARGEST_METADATA = 32 * 1024 * 1024;
const STEP = 256 * 1024;
const PIXEL_DATA = '7FE00010';

/** Media types of compressed pixel data and the transfer syntax they mean where none is named (PS3.18 tables 8.7.3-2 to 8.7.3-5). */
const SYNTAX_OF: Readonly<Record<string, string>> = {
  'image/jpeg': '1.2.840.10008.1.2.4.70',
  'image/dicom-rle': '1.2.840.10008.1.2.5',
  'image/x-dicom-rle': '1.2.840.10008.1.2.5',
  'image/jls': '1.2.840.10008.1.2.4.80',
  'image/x-jls': '1.2.840.10008.1.2.4.80',
  'image/jp2': '1.2.840.10008.1.2.4.90',
  'image/jpx': '1.2.840.10008.1.2.4.92',
  'image/jphc': '1.2.840.10008.1.2.4.201',
  'image/jxl': '1.2.840.10008.1.2.4.110',
  'video/mpeg': '1.2.840.10008.1.2.4.100',
  'video/mpeg2': '1.2.840.10008.1.2.4.100',
  'video/mp4': '1.2.840.10008.1.2.4.102',
};
/** JPEG processes by their start-of-frame marker, for parts that do not name their syntax (ITU-T T.81 table B.1). */
const JPEG_PROCESS: Readonly<Record<number, string>> = {
  0xc0: '1.2.840.10008.1.2.4.50',
  0xc1: '1.2.840.10008.1.2.4.51',
  0xc3: '1.2.840.10008.1.2.4.70',
};

interface BulkPart {
  offset: number;
  length: number;
  type: MediaType;
  /** position among the parts of one Content-Location: the frame number where it gives one */
  frame: number;
}

type SpooledBulk = Awaited<ReturnType<Spool['create']>>;

/**
 * Instances of a STOW request that come as metadata and bulk data (PS3.18 section 10.5.2.2): DICOM JSON in one part, the bytes behind
 * each BulkDataURI in parts of their own, named by Content-Location. Bulk data wait in one spooled file, so their size does not matter.
 */
export class MetadataAndBulk {
  private readonly metadata: Buffer[] = [];
  private metadataBytes = 0;
  private readonly bulk = new Map<string, BulkPart[]>();
  private file: SpooledBulk | undefined;

  constructor(
    private readonly spool: Spool,
    /** the address of the request, against which relative BulkDataURIs and Content-Locations stand */
    private readonly address: string,
  ) {}

  async take(part: Part): Promise<void> {
    const type = parseMediaType(part.headers.get('content-type') ?? '') ?? { type: '', parameters: new Map() };
    if (type.type === 'application/dicom+json' || type.type === 'application/json') return this.takeMetadata(part);
    const location = part.headers.get('content-location');
    if (!location) throw new Refusal('invalid', 'no-content-location', 'A bulk data part has no Content-Location.');
    const [, uri, frame] = /^(.*?)(?:\/frames\/(\d{1,7}))?$/s.exec(location)!;
    const parts = this.bulk.get(this.absolute(uri!)) ?? [];
    this.file ??= await this.spool.create();
    const offset = this.file.size;
    for await (const chunk of part.body) await this.file.append(chunk);
    parts.push({ offset, length: this.file.size - offset, type, frame: Number(frame ?? parts.length + 1) });
    this.bulk.set(this.absolute(uri!), parts);
  }

  private async takeMetadata(part: Part): Promise<void> {
    for await (const chunk of part.body) {
      this.metadataBytes += chunk.length;
      if (this.metadataBytes > LARGEST_METADATA)
        throw new Refusal('too-large', 'metadata-too-large', 'The metadata are larger than 32 MiB.');
      this.metadata.push(chunk);
    }
  }

  /** @throws Refusal `invalid` / metadata-broken */
  instances(): unknown[] {
    let parsed: unknown;
    try {
      parsed = JSON.parse(Buffer.concat(this.metadata).toString('utf8'));
    } catch (error) {
      throw new Refusal(
        'invalid',
        'metadata-broken',
        `The metadata are no JSON: ${(error as Error).message}`.slice(0, 200),
      );
    }
    if (!Array.isArray(parsed))
      throw new Refusal('invalid', 'metadata-broken', 'The metadata are no array of instances.');
    return parsed;
  }

  /** One instance as a Part 10 file. @throws DicomFormatError `malformed`, `missing-uid`, `missing-bulk-data`, `too-deep`, … */
  async *file10(instance: unknown): AsyncGenerator<Buffer> {
    const transferSyntaxUid = await this.syntaxOf(instance);
    const syntax = transferSyntaxOf(transferSyntaxUid);
    if (!syntax)
      throw new DicomFormatError(
        'unknown-transfer-syntax',
        `Transfer syntax ${transferSyntaxUid.slice(0, 64)} is unknown.`,
      );
    const pieces = datasetFromJson(instance, {
      encapsulated: syntax.encapsulated,
      lengths: (uri) => this.partsOf(uri)?.map(({ length }) => length),
    });
    const uids = { sopClassUid: textOf(instance, '00080016'), sopInstanceUid: textOf(instance, '00080018') };
    if (!uids.sopClassUid || !uids.sopInstanceUid)
      throw new DicomFormatError('missing-uid', 'SOP Class or Instance UID is missing.');
    yield buildFileMeta({
      sopClassUid: uids.sopClassUid,
      sopInstanceUid: uids.sopInstanceUid,
      transferSyntaxUid: syntax.encapsulated ? transferSyntaxUid : EXPLICIT_VR_LITTLE_ENDIAN,
    });
    yield* this.bytesOf(pieces);
  }

  async discard(): Promise<void> {
    await this.file?.discard();
  }

  private async *bytesOf(pieces: readonly DatasetPiece[]): AsyncGenerator<Buffer> {
    for (const piece of pieces) {
      if (Buffer.isBuffer(piece)) {
        yield piece;
        continue;
      }
      const { offset, length } = this.partsOf(piece.bulk)![piece.part]!;
      for (let at = 0; at < length; at += STEP) yield await this.file!.read(offset + at, Math.min(STEP, length - at));
    }
  }

  private absolute(uri: string): string {
    return URL.canParse(uri, this.address) ? new URL(uri, this.address).href : uri;
  }

  private partsOf(uri: string): BulkPart[] | undefined {
    return this.bulk.get(this.absolute(uri))?.toSorted((a, b) => a.frame - b.frame);
  }

  /** As the part of the pixel data says, else as the metadata say; uncompressed bulk data are little endian whatever is said. */
  private async syntaxOf(instance: unknown): Promise<string> {
    const named = textOf(instance, '00020010') || textOf(instance, '00083002');
    const uri = (instance as Record<string, { BulkDataURI?: unknown } | undefined> | null)?.[PIXEL_DATA]?.BulkDataURI;
    const part = typeof uri === 'string' ? this.partsOf(uri)?.[0] : undefined;
    if (!part) return named || EXPLICIT_VR_LITTLE_ENDIAN;
    const said = part.type.parameters.get('transfer-syntax') || named;
    if (said) return said;
    const byType = SYNTAX_OF[part.type.type];
    if (part.type.type === 'image/jpeg') return (await this.jpegProcess(part)) ?? byType!;
    return byType ?? EXPLICIT_VR_LITTLE_ENDIAN;
  }

  private async jpegProcess({ offset, length }: BulkPart): Promise<string | undefined> {
    const head = await this.file!.read(offset, Math.min(length, STEP));
    for (let at = 2; at + 4 <= head.length && head[at] === 0xff; at += 2 + head.readUInt16BE(at + 2)) {
      const found = JPEG_PROCESS[head[at + 1]!];
      if (found) return found;
    }
    return undefined;
  }
}

function textOf(instance: unknown, tag: string): string {
  const value = (instance as Record<string, { Value?: unknown[] } | undefined> | null)?.[tag]?.Value?.[0];
  return typeof value === 'string' ? value : '';
}
