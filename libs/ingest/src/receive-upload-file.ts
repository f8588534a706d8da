import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Part10Splitter, readAttributes, referencedFiles } from '#libs/formats/dicom';
import { detectEcgFormat } from '#libs/formats/ecg';
import type { Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { digestKey, ObjectStore } from '#libs/ports';
import type { InstanceSource, Receipt } from './domain/stored-instance.js';
import type { UploadItem } from './domain/upload.js';
import { IngestRepository } from './ingest.repository.js';
import { ReceiveEcg } from './receive-ecg.js';
import { ReceiveInstance } from './receive-instance.js';
import { Spool } from './spool.js';
import { UploadsRepository } from './uploads.repository.js';

/** A file as it lies in an upload or inside an archive; its bytes can be had more than once. */
export interface UploadedFile {
  id: string;
  batch: string;
  filename: string;
  whole: boolean;
  size: number;
  /** its first bytes, up to 4 kB */
  head: Buffer;
  chunks(): AsyncIterable<Buffer>;
}

/** Codes of files that are simply no examination; anything else that looks like DICOM or ECG and cannot be taken is kept. */
const NOT_OURS = new Set(['not-dicom', 'dicomdir', 'unknown-ecg-format']);
/** Codes of files inside an archive whose bytes cannot be had, so that there is nothing to keep. */
const NOT_READABLE = new Set(['zip-encrypted', 'zip-method', 'zip-broken', 'zip-bomb', 'zip-nested']);
/** A DICOMDIR of tens of thousands of images has a few megabytes. */
const LARGEST_INDEX = 32 * 1024 * 1024;
const MOST_REFERENCED = 50_000;

/**
 * One file of an upload: its kind is told by its content, its end is noted under its name, once. A file that is no examination is refused
 * by name; one that should be but cannot be read is kept in quarantine with its reason.
 */
@Injectable()
export class ReceiveUploadFile {
  constructor(
    private readonly instances: ReceiveInstance,
    private readonly ecgs: ReceiveEcg,
    private readonly objects: ObjectStore,
    private readonly spool: Spool,
    private readonly repository: IngestRepository,
    private readonly uploads: UploadsRepository,
    private readonly database: Database,
  ) {}

  /** @throws Refusal `unavailable`; then nothing is noted, and the file has to come again */
  async receive(caller: Caller, file: UploadedFile): Promise<UploadItem> {
    const before = await this.uploads.find(file.id);
    if (before) return before;
    try {
      const receipt = await this.take(caller, file);
      const item = ended(caller, file, receipt);
      await this.uploads.note(item);
      return item;
    } catch (error) {
      const refusal = permanent(error);
      if (!refusal) throw error;
      return this.refuse(caller, file, refusal);
    }
  }

  /** Notes why a file was not taken; keeps it where it should have been an examination. */
  async refuse(caller: Caller, file: UploadedFile, refusal: Refusal): Promise<UploadItem> {
    const item = {
      ...ended(caller, file, undefined, refusal),
      referenced: refusal.code === 'dicomdir' ? await this.referenced(file) : null,
    };
    if (item.outcome === 'quarantined') await this.quarantine(caller, file, refusal, item);
    else await this.uploads.note(item);
    return item;
  }

  private async take(caller: Caller, file: UploadedFile): Promise<Receipt> {
    const source: InstanceSource = { transport: 'upload', sender: caller.id, name: file.filename };
    const format = detectEcgFormat(file.head);
    // A PDF among the files of a disc is none of ours: it does not say whose it is.
    if (format !== null && format !== 'dicom-waveform' && format !== 'pdf')
      return this.ecgs.receive(caller, file.chunks(), source);
    // What begins like no DICOM file is not read to its end.
    const splitter = new Part10Splitter();
    splitter.push(file.head);
    if (splitter.failure) throw new Refusal('invalid', splitter.failure.code, splitter.failure.message);
    const reception = await this.instances.openFile(caller, source);
    try {
      for await (const chunk of file.chunks()) await reception.write(chunk);
    } catch (error) {
      await reception.abort();
      throw error;
    }
    return reception.commit();
  }

  private async referenced(file: UploadedFile): Promise<string[] | null> {
    if (file.size > LARGEST_INDEX) return null;
    try {
      const splitter = new Part10Splitter();
      const dataset = Buffer.concat([splitter.push(await gathered(file)), splitter.end()]);
      const { attributes } = readAttributes(dataset, splitter.meta!.transferSyntaxUid);
      return referencedFiles(attributes).slice(0, MOST_REFERENCED);
    } catch {
      // An index that cannot be read names nothing; its images stand for themselves.
      return null;
    }
  }

  /** The upload stays where it is until object, row and line of the batch are safe: a crash in between starts over, losing nothing. */
  private async quarantine(caller: Caller, file: UploadedFile, refusal: Refusal, item: UploadItem): Promise<void> {
    const hash = createHash('sha256');
    const copy = this.spool.create();
    try {
      for await (const chunk of file.chunks()) {
        hash.update(chunk);
        await copy.append(chunk);
      }
    } catch (error) {
      await copy.discard();
      throw error;
    }
    const digest = hash.digest('hex');
    const objectKey = digestKey('quarantine', digest);
    try {
      await this.objects.put(objectKey, await copy.finish());
    } finally {
      await copy.discard();
    }
    await this.database.transaction(async () => {
      await this.repository.quarantine({
        organisation: caller.organisation,
        code: refusal.code,
        reason: refusal.message,
        objectKey,
        sizeBytes: copy.size,
        source: { transport: 'upload', sender: caller.id, name: file.filename },
      });
      await this.uploads.note(item);
    });
  }
}

function ended(caller: Caller, file: UploadedFile, receipt: Receipt | undefined, refusal?: Refusal): UploadItem {
  const kept = refusal?.kind === 'invalid' && !NOT_OURS.has(refusal.code) && !NOT_READABLE.has(refusal.code);
  return {
    uploadId: file.id,
    batch: file.batch,
    organisation: caller.organisation,
    filename: file.filename,
    outcome: receipt?.outcome ?? (kept ? 'quarantined' : 'refused'),
    code: refusal?.code ?? null,
    reason: refusal ? `${refusal.code}: ${refusal.message}` : null,
    sopInstanceUid: receipt?.sopInstanceUid ?? null,
    studyInstanceUid: receipt?.studyInstanceUid ?? null,
    sizeBytes: file.size,
    whole: file.whole,
    referenced: null,
  };
}

/** A fault of the file, not of the hour; undefined for what may pass when it is tried again. */
function permanent(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error.kind === 'unavailable' ? undefined : error;
  const { code = '', message } = error as { code?: string; message?: string };
  // Values that the database does not take (SQLSTATE classes 22 and 23), and faults of our own readers: the same again tomorrow.
  const faulty = /^2[23][0-9A-Z]{3}$/.test(code) || error instanceof RangeError || error instanceof TypeError;
  return faulty ? new Refusal('invalid', 'not-storable', message ?? 'The file cannot be filed.') : undefined;
}

async function gathered(file: UploadedFile): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of file.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
