import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, Refusal } from '#libs/kernel';

/** What is arriving waits here, on the disk of the object folder, until its digest (and so its key) is known. */
export class Spool {
  constructor(readonly folder: string) {}

  /** Makes the folder; removes what a dead process of this name left behind, none of which was ever acknowledged. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) await rm(join(this.folder, name), { force: true });
  }

  async create(): Promise<SpooledFile> {
    const path = join(this.folder, newId());
    try {
      return new SpooledFile(path, await open(path, 'wx+'));
    } catch (error) {
      throw spoolRefusal(error);
    }
  }
}

function spoolRefusal(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE'
    ? new Refusal('unavailable', 'out-of-resources', 'There is no room to receive right now; try again later.')
    : error;
}

export class SpooledFile {
  size = 0;

  constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  async append(chunk: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < chunk.length;) {
        const { bytesWritten } = await this.handle.write(chunk, at, chunk.length - at, this.size);
        at += bytesWritten;
        this.size += bytesWritten;
      }
    } catch (error) {
      throw spoolRefusal(error);
    }
  }

  async read(start: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, this.size - start)));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.handle.read(buffer, filled, buffer.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  /** After this the file is only a path; the store takes it from there. */
  close(): Promise<void> {
    return this.handle.close();
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }
}
