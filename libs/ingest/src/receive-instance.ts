import { Injectable } from '@nestjs/common';
import {
  buildFileMeta,
  DicomFormatError,
  instanceDigest,
  Part10Splitter,
  readAttributes,
  readAttributesOf,
  text,
  transferSyntaxOf,
  type InstanceDigest,
  type ReadResult,
} from '#libs/formats/dicom';
import { demand, type Caller } from '#libs/identity';
import { newId, Refusal } from '#libs/kernel';
import { digestKey, ObjectStore } from '#libs/ports';
import type { InstanceSource, Receipt } from './domain/stored-instance.js';
import { DemandRoom } from './demand-room.js';
import { IngestRepository, type NewInstance } from './ingest.repository.js';
import { Spool, type SpooledFile } from './spool.js';

const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';
/** Enough of a data set to hold SOP Class and Instance UID, which stand at its very beginning. */
const FIRST_LOOK = 16 * 1024;
const SOP_INSTANCE_UID = 0x00080018;
/** How much of the data set the header is looked for in, in turn: most end in the first, nearly all in the second. */
const HEADER_LOOKS = [32 * 1024, 256 * 1024] as const;
const LARGEST_DEFLATED_HEADER = 16 * 1024 * 1024;
/**
 * What serves as an identifier. PS3.5 section 9.1 also forbids empty components and leading zeros, but devices write them (some ECG
 * carts `…091000..1`), and an examination is not refused for the form of a name that is still unique.
 */
const USABLE_UID = /^\d[\d.]{0,63}$/;

interface FileUids {
  sopClassUid: string;
  sopInstanceUid: string;
}

/** One instance on its way in: `write` its bytes in order, then `commit` or `abort`. */
export interface InstanceReception {
  /** The chunk is kept, not copied. Where a promise comes back it is to be waited for before the next chunk. */
  write(chunk: Buffer): Promise<void> | void;
  /**
   * Resolves when object, row and outbox event are safe.
   * @throws Refusal `invalid` (not-dicom, truncated, missing-uid, uid-mismatch, dicomdir …), `unavailable`; nothing is kept then.
   */
  commit(): Promise<Receipt>;
  abort(): Promise<void>;
}

function asRefusal(error: unknown): unknown {
  return error instanceof DicomFormatError ? new Refusal('invalid', error.code, error.message) : error;
}

/** The door for DICOM instances, whatever carries them: spool while hashing, store, then one transaction. */
@Injectable()
export class ReceiveInstance {
  constructor(
    private readonly spool: Spool,
    private readonly objects: ObjectStore,
    private readonly repository: IngestRepository,
    private readonly room: DemandRoom,
  ) {}

  /** A bare data set, as DIMSE carries it; its UIDs and coding were said beforehand. */
  async openDataset(
    caller: Caller,
    source: InstanceSource,
    announced: FileUids & { transferSyntaxUid: string },
  ): Promise<InstanceReception> {
    demand(caller, 'instance.store');
    await this.room.for(caller.organisation);
    return new Reception(this.parts(caller, source), this.spool.create(), announced);
  }

  /** A Part 10 file, with or without the file meta it should have; `onlyStudy` refuses every other study. */
  async openFile(caller: Caller, source: InstanceSource, onlyStudy?: string): Promise<InstanceReception> {
    demand(caller, source.transport === 'stow' ? 'instance.store' : 'upload.send');
    await this.room.for(caller.organisation);
    return new Reception(this.parts(caller, source, onlyStudy), this.spool.create());
  }

  private parts(caller: Caller, source: InstanceSource, onlyStudy?: string) {
    return { objects: this.objects, repository: this.repository, organisation: caller.organisation, source, onlyStudy };
  }
}

class Reception implements InstanceReception {
  private readonly splitter: Part10Splitter | undefined;
  private digest: InstanceDigest | undefined;
  private transferSyntaxUid: string | undefined;
  private head: Buffer[] = [];
  private headLength = 0;
  private uids: FileUids | undefined;
  private datasetOffset = 0;
  /** what the first look at the header gave, taken while the rest of the instance is still on its way */
  private firstLook: ReadResult | undefined;

  constructor(
    private readonly to: {
      objects: ObjectStore;
      repository: IngestRepository;
      organisation: string;
      source: InstanceSource;
      onlyStudy: string | undefined;
    },
    private readonly file: SpooledFile,
    announced?: FileUids & { transferSyntaxUid: string },
  ) {
    if (announced) {
      this.transferSyntaxUid = announced.transferSyntaxUid;
      this.uids = announced;
    } else {
      this.splitter = new Part10Splitter();
    }
  }

  write(chunk: Buffer): Promise<void> | void {
    try {
      return this.take(this.splitter ? this.splitter.push(chunk) : chunk);
    } catch (error) {
      throw asRefusal(error);
    }
  }

  async abort(): Promise<void> {
    await this.file.discard();
  }

  async commit(): Promise<Receipt> {
    try {
      if (this.splitter) await this.take(this.splitter.end());
      if (this.datasetOffset === 0) await this.begin(true);
      const read = await this.readHeader();
      const receipt = await this.store(read);
      return receipt;
    } catch (error) {
      await this.file.discard();
      throw asRefusal(error);
    }
  }

  private take(bytes: Buffer): Promise<void> | undefined {
    if (bytes.length === 0) return undefined;
    if (this.datasetOffset > 0) {
      if (this.firstLook === undefined) this.lookAhead();
      this.digest!.update(bytes);
      return this.file.append(bytes);
    }
    this.head.push(bytes);
    this.headLength += bytes.length;
    return this.uids || this.headLength >= FIRST_LOOK ? this.begin(false) : undefined;
  }

  private lookAhead(): void {
    if (this.file.size - this.datasetOffset < HEADER_LOOKS[0] || this.isDeflated()) return;
    const head = this.file.beginning(this.datasetOffset, HEADER_LOOKS[0]);
    this.firstLook = readAttributes(head, this.transferSyntaxUid!, { complete: false });
  }

  private metaUids(): FileUids | undefined {
    const meta = this.splitter?.meta;
    return meta?.sopClassUid && meta.sopInstanceUid
      ? { sopClassUid: meta.sopClassUid, sopInstanceUid: meta.sopInstanceUid }
      : undefined;
  }

  /** Writes our file meta as soon as the two UIDs in it are known, then what has come so far. */
  private begin(atEnd: boolean): Promise<void> | undefined {
    this.transferSyntaxUid ??= this.splitter?.meta?.transferSyntaxUid;
    if (!this.transferSyntaxUid) throw new DicomFormatError('not-dicom', 'The file is not DICOM.');
    const head = this.head.length === 1 ? this.head[0]! : Buffer.concat(this.head);
    this.head = [];
    this.uids ??= this.uidsIn(head, atEnd);
    const meta = buildFileMeta({ ...this.uids, transferSyntaxUid: this.transferSyntaxUid });
    this.datasetOffset = meta.length;
    this.digest = instanceDigest(this.transferSyntaxUid).update(head);
    // Our file meta is far too short to be waited for.
    void this.file.append(meta);
    return this.file.append(head);
  }

  /** The data set's own UIDs; where a file's meta names others, as some writers do, it is the meta that is wrong. */
  private uidsIn(head: Buffer, complete: boolean): FileUids {
    const first = head.subarray(0, FIRST_LOOK);
    const { attributes } = readAttributes(first, this.transferSyntaxUid!, {
      complete: complete && first.length === head.length,
      until: SOP_INSTANCE_UID,
    });
    const meta = this.metaUids();
    const sopClassUid = text(attributes, '00080016') || meta?.sopClassUid;
    const sopInstanceUid = text(attributes, '00080018') || meta?.sopInstanceUid;
    if (!sopClassUid || !sopInstanceUid)
      throw new DicomFormatError('missing-uid', 'SOP Class or Instance UID is missing.');
    return { sopClassUid, sopInstanceUid };
  }

  private async readHeader(): Promise<ReadResult> {
    const size = this.file.size - this.datasetOffset;
    const read = this.isDeflated() ? await this.inflatedHeader(size) : await this.plainHeader(size);
    const { pixelData } = read;
    if (pixelData?.length !== undefined && !this.isDeflated() && pixelData.offset + pixelData.length > size) {
      throw new DicomFormatError('truncated', 'The pixel data end before their declared length.');
    }
    return read;
  }

  /** Nearly always the first bytes hold it; else the file is walked, and only what is looked at is read. */
  private async plainHeader(size: number): Promise<ReadResult> {
    if (this.firstLook?.needMore === false) return this.firstLook;
    for (const length of HEADER_LOOKS) {
      const head = await this.file.read(this.datasetOffset, length);
      const complete = head.length >= size;
      const read = readAttributes(head, this.transferSyntaxUid!, { complete });
      if (!read.needMore || complete) return read;
    }
    const at = await this.file.reader();
    return readAttributesOf(size, (start, length) => at(this.datasetOffset + start, length), this.transferSyntaxUid!);
  }

  /** A small piece first: what a hostile one grows to is bounded by what is put in. */
  private async inflatedHeader(size: number): Promise<ReadResult> {
    for (let length = FIRST_LOOK; ; length *= 4) {
      if (length > LARGEST_DEFLATED_HEADER)
        throw new DicomFormatError('too-large', 'The header of the deflated data set is too large.');
      const complete = length >= size;
      const head = await this.file.read(this.datasetOffset, length);
      const read = readAttributes(head, this.transferSyntaxUid!, { complete });
      if (!read.needMore || complete) return read;
    }
  }

  private isDeflated(): boolean {
    return transferSyntaxOf(this.transferSyntaxUid!)?.deflated === true;
  }

  private async store(read: ReadResult): Promise<Receipt> {
    const { attributes } = read;
    const uid = (tag: string, keyword: string): string => {
      const value = text(attributes, tag) ?? '';
      if (!USABLE_UID.test(value)) throw new DicomFormatError('missing-uid', `${keyword} is missing or is no UID.`);
      return value;
    };
    const sopClassUid = text(attributes, '00080016') || this.uids!.sopClassUid;
    if (!USABLE_UID.test(sopClassUid)) throw new DicomFormatError('missing-uid', 'SOPClassUID is no UID.');
    if (sopClassUid === MEDIA_STORAGE_DIRECTORY)
      throw new Refusal('invalid', 'dicomdir', 'A DICOMDIR is an index, not an examination.');
    const sopInstanceUid = uid('00080018', 'SOPInstanceUID');
    if (sopInstanceUid !== this.uids!.sopInstanceUid || sopClassUid !== this.uids!.sopClassUid) {
      throw new Refusal(
        'invalid',
        'uid-mismatch',
        'The data set has another SOP Class or Instance UID than was announced.',
      );
    }
    const studyInstanceUid = uid('0020000D', 'StudyInstanceUID');
    const names = { sopClassUid, sopInstanceUid };
    if (this.to.onlyStudy !== undefined && studyInstanceUid !== this.to.onlyStudy) {
      throw new Refusal(
        'invalid',
        'study-mismatch',
        'The instance belongs to another study than the address says.',
        names,
      );
    }
    const seriesInstanceUid = uid('0020000E', 'SeriesInstanceUID');
    const digest = this.digest!.digest('hex');
    const objectKey = digestKey('instances', digest);
    const stored = this.file.finish().then((file) => this.to.objects.put(objectKey, file));
    const row = {
      id: newId(),
      organisation: this.to.organisation,
      sopInstanceUid,
      sopClassUid,
      transferSyntaxUid: this.transferSyntaxUid!,
      studyInstanceUid,
      seriesInstanceUid,
      digest,
      format: 'dicom',
      objectKey,
      sizeBytes: this.file.size,
      datasetOffset: this.datasetOffset,
      pixelData: read.pixelData ?? null,
      attributes,
      source: this.to.source,
    } satisfies NewInstance;
    const { outcome, id } = await this.to.repository.add(row, stored);
    return { outcome, instanceId: id, sopInstanceUid, sopClassUid, studyInstanceUid, seriesInstanceUid };
  }
}
