import { open, rm, type FileHandle } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { DicomFormatError, Part10Splitter, readAttributes, text } from '#libs/formats/dicom';
import { looksLikeZip, readZip, ZipError, type ZipEntry, type ZipSource } from '#libs/formats/zip';
import type { Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { ReceiveUploadFile, type UploadedFile } from './receive-upload-file.js';
import { Spool } from './spool.js';
import { UploadsRepository } from './uploads.repository.js';

/** SOP Instance UIDs by the study that they belong to. */
export type Manifest = ReadonlyMap<string, readonly string[]>;

const MIB = 1024 * 1024;
/** What an archive may grow to: this much in any case, and beyond it fiftyfold (images shrink twofold to tenfold). */
const GROWS_FREELY = 2048 * MIB;
const LARGEST_GROWTH = 50;
/** One entry beyond 64 MiB that shrank more than this is made to fill a disk, not to carry an image. */
const ENTRY_WATCHED = 64 * MIB;
const LARGEST_ENTRY_RATIO = 200;
/** An archive in an archive is opened, one in that is not. */
const DEEPEST = 1;
const HEAD = 4096;
const FIRST_LOOK = 16 * 1024;
/** What operating systems put into archives beside people's files. */
const JUNK = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX\/.*|\._[^/]*)$/i;

interface Budget {
  left: number;
}

/**
 * The files of an uploaded ZIP archive, one by one and each with its own end; the archive is read where it lies. Entries that were noted
 * before are passed over, so a restart goes on where it was. An archive that cannot be read at all is itself the file that ends.
 */
@Injectable()
export class UnpackArchive {
  constructor(
    private readonly files: ReceiveUploadFile,
    private readonly uploads: UploadsRepository,
    private readonly spool: Spool,
  ) {}

  /** `announce` hears which instances of which studies are in it before the first is stored. @throws Refusal `unavailable` */
  async unpack(
    caller: Caller,
    archive: UploadedFile & { path: string },
    announce?: (manifest: Manifest) => Promise<void>,
  ): Promise<void> {
    if (await this.uploads.find(archive.id)) return;
    const handle = await open(archive.path, 'r');
    try {
      const source = sourceOf(handle, archive.size);
      if (announce) await announce(await manifestOf(source));
      const budget = { left: Math.max(GROWS_FREELY, archive.size * LARGEST_GROWTH) };
      await this.entries(caller, archive, archive.filename, source, budget, 0);
      await this.uploads.note({
        uploadId: archive.id,
        batch: archive.batch,
        organisation: caller.organisation,
        filename: archive.filename,
        outcome: 'unpacked',
        code: null,
        reason: null,
        sopInstanceUid: null,
        studyInstanceUid: null,
        sizeBytes: archive.size,
        whole: archive.whole,
        referenced: null,
      });
    } catch (error) {
      if (!(error instanceof ZipError)) throw error;
      // It should have been examinations, and is kept.
      await this.files.refuse(caller, archive, new Refusal('invalid', 'archive-broken', error.message));
    } finally {
      await handle.close();
    }
  }

  private async entries(
    caller: Caller,
    archive: Pick<UploadedFile, 'id' | 'batch'>,
    folder: string,
    source: ZipSource,
    budget: Budget,
    depth: number,
  ): Promise<void> {
    for await (const entry of readZip(source)) {
      if (entry.directory || JUNK.test(entry.name)) continue;
      const id = `${archive.id}/${entry.index}`;
      if (await this.uploads.find(id)) continue;
      const file: UploadedFile = {
        id,
        batch: archive.batch,
        filename: printable(`${folder}/${entry.name}`),
        whole: false,
        size: entry.size,
        head: Buffer.alloc(0),
        chunks: () => bytesOf(entry, budget),
      };
      try {
        checkEntry(entry, budget);
        file.head = await headOf(entry, HEAD);
        if (looksLikeZip(file.head)) await this.nested(caller, file, budget, depth);
        else await this.files.receive(caller, file);
      } catch (error) {
        const refusal = refusalOf(error);
        if (!refusal) throw error;
        await this.files.refuse(caller, file, refusal);
      }
    }
  }

  private async nested(caller: Caller, file: UploadedFile, budget: Budget, depth: number): Promise<void> {
    if (depth >= DEEPEST)
      throw new Refusal('invalid', 'zip-nested', 'An archive in an archive in an archive is not opened.');
    const copy = await this.spool.create();
    try {
      for await (const chunk of file.chunks()) await copy.append(chunk);
      const source: ZipSource = { size: copy.size, read: (start, length) => copy.read(start, length) };
      await this.entries(caller, file, file.filename, source, budget, depth + 1);
    } finally {
      await copy.discard();
      await rm(copy.path, { force: true });
    }
  }
}

function sourceOf(handle: FileHandle, size: number): ZipSource {
  return {
    size,
    read: async (start, length) => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - start)));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
  };
}

function checkEntry(entry: ZipEntry, budget: Budget): void {
  if (entry.problem === 'zip-encrypted')
    throw new Refusal('invalid', 'zip-encrypted', 'The file is encrypted; send it without a password.');
  if (entry.problem === 'zip-method')
    throw new Refusal('invalid', 'zip-method', 'The file is compressed in a way other than deflate.');
  const bomb = entry.size > ENTRY_WATCHED && entry.size > entry.compressedSize * LARGEST_ENTRY_RATIO;
  if (bomb || budget.left <= 0) throw tooLarge();
}

function tooLarge(): Refusal {
  return new Refusal('invalid', 'zip-bomb', 'The archive grows out of all proportion; the rest of it is not unpacked.');
}

async function* bytesOf(entry: ZipEntry, budget: Budget): AsyncGenerator<Buffer> {
  for await (const chunk of entry.bytes()) {
    budget.left -= chunk.length;
    if (budget.left <= 0) throw tooLarge();
    yield chunk;
  }
}

async function headOf(entry: ZipEntry, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let have = 0;
  for await (const chunk of entry.bytes()) {
    chunks.push(chunk);
    have += chunk.length;
    if (have >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

/** Faults of one entry, which are its own; anything else (the store is away) is everybody's. */
function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error.kind === 'unavailable' ? undefined : error;
  return error instanceof ZipError ? new Refusal('invalid', error.code, error.message) : undefined;
}

/** Which instances of which studies an archive holds, by the first bytes of its files; nested archives are not looked into. */
async function manifestOf(source: ZipSource): Promise<Manifest> {
  const studies = new Map<string, string[]>();
  for await (const entry of readZip(source)) {
    if (entry.directory || entry.problem || entry.size < 132) continue;
    const uids = await headOf(entry, FIRST_LOOK).then(uidsIn, () => undefined);
    if (uids) studies.set(uids.study, [...(studies.get(uids.study) ?? []), uids.instance]);
  }
  return studies;
}

function uidsIn(head: Buffer): { study: string; instance: string } | undefined {
  try {
    const splitter = new Part10Splitter();
    const dataset = splitter.push(head);
    if (!splitter.meta) return undefined;
    const { attributes } = readAttributes(dataset, splitter.meta.transferSyntaxUid, { complete: false });
    const study = text(attributes, '0020000D');
    const instance = text(attributes, '00080018');
    return study && instance ? { study, instance } : undefined;
  } catch (error) {
    if (error instanceof DicomFormatError) return undefined;
    throw error;
  }
}

/** Control characters out: a name is shown, and PostgreSQL takes no U+0000. */
export function printable(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, '�').slice(0, 500);
}
