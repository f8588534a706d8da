import { close, open, readSync, writev } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId, Refusal } from '#libs/kernel';
import type { SpoolFile } from '#libs/ports';

/** Bytes gathered before they are written: most instances go to disk in one call. */
const GATHER = 1024 * 1024;
/** What a small piece costs in memory besides its bytes. */
const PIECE_OVERHEAD = 128;
/** The beginning stays in memory, where the header is read. */
const HEAD = 256 * 1024;

// The plain calls: file handles cost as much again, several times for each instance.
const opened = promisify(open);
const written = promisify(writev);
const closed = promisify(close);

/** What is arriving waits here, on the disk of the object folder, until its digest (and so its key) is known. */
export class Spool {
  constructor(readonly folder: string) {}

  /** Makes the folder; removes what a dead process of this name left behind, none of which was ever acknowledged. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) await rm(join(this.folder, name), { force: true });
  }

  create(): SpooledFile {
    return new SpooledFile(this.folder);
  }
}

function spoolRefusal(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE'
    ? new Refusal('unavailable', 'out-of-resources', 'There is no room to receive right now; try again later.')
    : error;
}

/** One file on its way in. Pieces are kept as they came, without a copy, and written together. */
export class SpooledFile {
  /** bytes taken so far */
  size = 0;
  private descriptor: number | undefined;
  /** nothing was written so far */
  private isInMemory = true;
  private written = 0;
  private writing: Promise<void> = Promise.resolve();
  private gathered: Buffer[] = [];
  private gatheredCost = 0;
  private readonly head: Buffer[] = [];
  private headLength = 0;

  private name: string | undefined;

  constructor(private readonly folder: string) {}

  /** where it lies once it does not fit into memory */
  get path(): string {
    this.name ??= join(this.folder, newId());
    return this.name;
  }

  /** Takes the next piece, which is this file's to keep; where a promise comes back it is to be waited for before the next. */
  append(piece: Buffer): Promise<void> | undefined {
    if (this.headLength < HEAD) {
      this.head.push(piece);
      this.headLength += piece.length;
    }
    this.gathered.push(piece);
    this.size += piece.length;
    this.gatheredCost += piece.length + PIECE_OVERHEAD;
    return this.gatheredCost >= GATHER ? this.write() : undefined;
  }

  /** `length` bytes from `start`, which lie among the first 256 kB and were taken already. */
  beginning(start: number, length: number): Buffer {
    return within(this.head, start, start + length);
  }

  /** `length` bytes from `start`, fewer where the file ends before. */
  async read(start: number, length: number): Promise<Buffer> {
    const end = Math.min(start + length, this.size);
    if (end <= this.headLength) return within(this.head, start, end);
    if (this.isInMemory) return within(this.gathered, start, end);
    await this.write();
    return readAt(this.descriptor!, start, end - start);
  }

  /** What gives bytes at once, for the few here and there of what was just written and lies in the system's cache. */
  async reader(): Promise<(start: number, length: number) => Buffer> {
    if (this.isInMemory) return (start, length) => within(this.gathered, start, Math.min(start + length, this.size));
    await this.write();
    const descriptor = this.descriptor!;
    return (start, length) => readAt(descriptor, start, Math.min(length, this.size - start));
  }

  /** Then the file is the store's: a small one as it is in memory, a larger one on the disk, with its open descriptor. */
  async finish(): Promise<SpoolFile> {
    if (this.isInMemory) return { size: this.size, pieces: this.gathered };
    await this.write();
    const descriptor = this.descriptor!;
    this.descriptor = undefined;
    return { path: this.path, size: this.size, descriptor };
  }

  async discard(): Promise<void> {
    const untouched = this.isInMemory;
    this.gathered = [];
    if (untouched) return;
    await this.writing.catch(() => undefined);
    const { descriptor } = this;
    this.descriptor = undefined;
    if (descriptor !== undefined) await closed(descriptor).catch(() => undefined);
    await rm(this.path, { force: true });
  }

  private write(): Promise<void> {
    const pieces = this.gathered;
    this.gathered = [];
    this.gatheredCost = 0;
    this.isInMemory = false;
    this.writing = this.writing.then(() => this.put(pieces));
    return this.writing;
  }

  private async put(pieces: readonly Buffer[]): Promise<void> {
    try {
      this.descriptor ??= await opened(this.path, 'wx+');
      for (let left = pieces; left.length > 0;) {
        const { bytesWritten } = await written(this.descriptor, left, this.written);
        this.written += bytesWritten;
        left = behind(left, bytesWritten);
      }
    } catch (error) {
      throw spoolRefusal(error);
    }
  }
}

function readAt(descriptor: number, start: number, length: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, length));
  let filled = 0;
  while (filled < buffer.length) {
    const bytesRead = readSync(descriptor, buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function behind(pieces: readonly Buffer[], bytes: number): Buffer[] {
  let skip = bytes;
  return pieces.flatMap((piece) => {
    const rest = piece.subarray(Math.min(skip, piece.length));
    skip -= piece.length - rest.length;
    return rest.length > 0 ? [rest] : [];
  });
}

function within(pieces: readonly Buffer[], start: number, end: number): Buffer {
  const found: Buffer[] = [];
  let at = 0;
  for (const piece of pieces) {
    if (at >= end) break;
    if (at + piece.length > start) found.push(piece.subarray(Math.max(0, start - at), end - at));
    at += piece.length;
  }
  return found.length === 1 ? found[0]! : Buffer.concat(found);
}
