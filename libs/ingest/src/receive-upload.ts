import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { looksLikeZip } from '#libs/formats/zip';
import type { Caller } from '#libs/identity';
import { ReceiveUploadFile } from './receive-upload-file.js';
import { printable, UnpackArchive, type Manifest } from './unpack-archive.js';

export interface FinishedUpload {
  uploadId: string;
  batch: string;
  filename: string;
  /** the bytes as uploaded; stays the caller's to remove */
  path: string;
}

/** What somebody uploaded: one file, or an archive of many. */
@Injectable()
export class ReceiveUpload {
  constructor(
    private readonly files: ReceiveUploadFile,
    private readonly archives: UnpackArchive,
  ) {}

  /**
   * Resolves when every file in it is safe and its end is noted; may be called again after a crash.
   * `announce` hears what an archive holds before its first instance is stored.
   * @throws Refusal `unavailable`
   */
  async receive(
    caller: Caller,
    upload: FinishedUpload,
    announce?: (manifest: Manifest) => Promise<void>,
  ): Promise<void> {
    const { size } = await stat(upload.path);
    const file = {
      id: upload.uploadId,
      batch: upload.batch,
      filename: printable(upload.filename),
      whole: true,
      size,
      head: await firstBytes(upload.path, size),
      path: upload.path,
      chunks: () => createReadStream(upload.path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>,
    };
    if (looksLikeZip(file.head)) await this.archives.unpack(caller, file, announce);
    else await this.files.receive(caller, file);
  }
}

async function firstBytes(path: string, size: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(Math.min(size, 4096));
    await handle.read(head, 0, head.length, 0);
    return head;
  } finally {
    await handle.close();
  }
}
