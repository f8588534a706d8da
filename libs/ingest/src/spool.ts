import { readSync } from 'node:fs';
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, Refusal } from '#libs/kernel';
import type { SpoolFile } from '#libs/ports';

/** Bytes gathered before they are written: most instances go to disk in one call. */
const GATHER = 1024 * 1024;
/** What a small piece costs in memory besides its bytes. */
const PIECE_OVERHEAD = 128;
/** The beginning stays in memory, where the header is read. */
const HEAD = 256 * 1024;

/** What is arriving waits here, on the disk of the object folder, until its digest (and so its key) is known. */
export class Spool {
  constructor(readonly folder: string) {}

  /** Makes the folder; removes what a dead process of this name left behind, none of which was ever acknowledged. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) await rm(join(this.folder, name), { force: true });
  }

  create(): SpooledFile {
    return new SpooledFile(join(this.folder, newId()));
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
  private handle: FileHandle | undefined;
  private written = 0;
  private writing: Promise<void> = Promise.resolve();
  private gathered: Buffer[] = [];
  private gatheredCost = 0;
  private readonly head: Buffer[] = [];
  private headLength = 0;

  constructor(readonly path: string) {}

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

  /** All has come: what is left is written while the caller looks at the beginning. */
  ended(): void {
    // A failure comes out of `finish`.
    this.write().catch(() => undefined);
  }

  /** `length` bytes from `start`, fewer where the file ends before. */
  async read(start: number, length: number): Promise<Buffer> {
    const end = Math.min(start + length, this.size);
    if (end <= this.headLength) return within(this.head, start, end);
    await this.write();
    const buffer = Buffer.alloc(Math.max(0, end - start));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.handle!.read(buffer, filled, buffer.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  /** What gives bytes at once, for the few here and there of what was just written and lies in the system's cache. */
  async reader(): Promise<(start: number, length: number) => Buffer> {
    await this.write();
    const { fd } = this.handle!;
    return (start, length) => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, this.size - start)));
      let filled = 0;
      while (filled < buffer.length) {
        const bytesRead = readSync(fd, buffer, filled, buffer.length - filled, start + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    };
  }

  /** Writes what is left; then the file is the store's, with its open handle. */
  async finish(): Promise<SpoolFile> {
    await this.write();
    const { handle } = this;
    this.handle = undefined;
    return { path: this.path, size: this.size, handle: handle! };
  }

  async discard(): Promise<void> {
    this.gathered = [];
    await this.writing.catch(() => undefined);
    const { handle } = this;
    this.handle = undefined;
    await handle?.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }

  private write(): Promise<void> {
    const pieces = this.gathered;
    this.gathered = [];
    this.gatheredCost = 0;
    this.writing = this.writing.then(() => this.put(pieces));
    return this.writing;
  }

  private async put(pieces: readonly Buffer[]): Promise<void> {
    try {
      this.handle ??= await open(this.path, 'wx+');
      for (let left = pieces; left.length > 0;) {
        const { bytesWritten } = await this.handle.writev(left, this.written);
        this.written += bytesWritten;
        left = behind(left, bytesWritten);
      }
    } catch (error) {
      throw spoolRefusal(error);
    }
  }
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
