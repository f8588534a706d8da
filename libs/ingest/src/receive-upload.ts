import { createReadStream } from 'node:fs';
import { copyFile, open, readFile, stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { detectEcgFormat } from '#libs/formats/ecg';
import type { Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { ObjectStore } from '#libs/ports';
import type { InstanceSource } from './domain/stored-instance.js';
import { IngestRepository, type UploadItem } from './ingest.repository.js';
import { LARGEST_ECG, ReceiveEcg } from './receive-ecg.js';
import { ReceiveInstance } from './receive-instance.js';

export interface FinishedUpload {
  uploadId: string;
  batch: string;
  filename: string;
  /** the bytes as uploaded; stays the caller's to remove */
  path: string;
}

/** Codes of files that are simply no examination; anything else that looks like DICOM or ECG and cannot be taken is kept. */
const NOT_OURS = new Set(['not-dicom', 'dicomdir', 'unknown-ecg-format']);

/**
 * One file that a person uploaded: its kind is told by its content, its end is noted under its name. A file that is no examination is
 * refused by name; one that should be but cannot be read is kept in quarantine with its reason.
 */
@Injectable()
export class ReceiveUpload {
  constructor(
    private readonly instances: ReceiveInstance,
    private readonly ecgs: ReceiveEcg,
    private readonly objects: ObjectStore,
    private readonly repository: IngestRepository,
    private readonly database: Database,
  ) {}

  async receive(caller: Caller, upload: FinishedUpload): Promise<UploadItem> {
    const source: InstanceSource = { transport: 'upload', sender: caller.id, name: upload.filename };
    const base = {
      uploadId: upload.uploadId,
      batch: upload.batch,
      organisation: caller.organisation,
      filename: upload.filename,
    };
    let item: UploadItem;
    try {
      const receipt = await this.take(caller, upload.path, source);
      item = {
        ...base,
        outcome: receipt.outcome,
        reason: null,
        sopInstanceUid: receipt.sopInstanceUid,
        studyInstanceUid: receipt.studyInstanceUid,
      };
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      const quarantined = !NOT_OURS.has(error.code);
      item = {
        ...base,
        outcome: quarantined ? 'quarantined' : 'refused',
        reason: `${error.code}: ${error.message}`,
        sopInstanceUid: null,
        studyInstanceUid: null,
      };
      if (quarantined) return this.quarantine(caller, upload, error, item);
    }
    await this.repository.noteUpload(item);
    return item;
  }

  private async take(caller: Caller, path: string, source: InstanceSource) {
    const { size } = await stat(path);
    const handle = await open(path, 'r');
    const head = Buffer.alloc(Math.min(size, 4096));
    await handle.read(head, 0, head.length, 0).finally(() => handle.close());
    if (size <= LARGEST_ECG && detectEcgFormat(head) === 'aecg') {
      return this.ecgs.receive(caller, await readFile(path), source);
    }
    const reception = await this.instances.openFile(caller, source);
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }))
        await reception.write(chunk as Buffer);
    } catch (error) {
      await reception.abort();
      throw error;
    }
    return reception.commit();
  }

  /** The upload stays where it is until object, row and line of the batch are safe: a crash in between starts over, losing nothing. */
  private async quarantine(
    caller: Caller,
    upload: FinishedUpload,
    refusal: Refusal,
    item: UploadItem,
  ): Promise<UploadItem> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(upload.path)) hash.update(chunk as Buffer);
    const digest = hash.digest('hex');
    const objectKey = `quarantine/${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`;
    const { size } = await stat(upload.path);
    const copy = `${upload.path}.quarantine`;
    await copyFile(upload.path, copy);
    await this.objects.put(objectKey, { path: copy, size });
    await this.database.transaction(async () => {
      await this.repository.quarantine({
        organisation: caller.organisation,
        code: refusal.code,
        reason: refusal.message,
        objectKey,
        sizeBytes: size,
        source: { transport: 'upload', sender: caller.id, name: upload.filename },
      });
      await this.repository.noteUpload(item);
    });
    return item;
  }
}
