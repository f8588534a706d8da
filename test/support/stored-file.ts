import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Codecs } from '#libs/adapters/codecs';
import { FsObjectStore } from '#libs/adapters/store-fs';
import { ReadFrames, TranscodeInstance, type TranscodableInstance } from '#libs/catalogue';
import { buildFileMeta, Part10Splitter, readAttributes, text } from '#libs/formats/dicom';
import { Spool } from '#libs/ingest';

/** Instances in a folder store of their own, as ingest leaves them, and what retrieval does with them; no database. */
export class StoredFiles {
  private constructor(
    readonly folder: string,
    private readonly store: FsObjectStore,
    readonly transcode: TranscodeInstance,
    readonly frames: ReadFrames,
  ) {}

  static async open(): Promise<StoredFiles> {
    const folder = mkdtempSync(join(tmpdir(), 'qiao-stored-'));
    const store = await FsObjectStore.open({ root: join(folder, 'objects'), syncDirectories: false });
    const spool = new Spool(join(folder, 'spool'));
    await spool.prepare();
    const codec = new Codecs();
    const parts = [store, spool, codec] as const;
    return new StoredFiles(folder, store, new TranscodeInstance(...parts), new ReadFrames(...parts));
  }

  async put(file: Buffer): Promise<TranscodableInstance> {
    const splitter = new Part10Splitter();
    const dataset = Buffer.concat([splitter.push(file), splitter.end()]);
    const { transferSyntaxUid } = splitter.meta!;
    const { attributes, pixelData } = readAttributes(dataset, transferSyntaxUid);
    const sopClassUid = text(attributes, '00080016') ?? '1.2.840.10008.5.1.4.1.1.7';
    const sopInstanceUid = text(attributes, '00080018') ?? '1.2.3';
    const meta = buildFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid });
    const objectKey = `instances/aa/bb/${randomUUID()}`;
    const path = join(this.folder, randomUUID());
    const bytes = Buffer.concat([meta, dataset]);
    writeFileSync(path, bytes);
    await this.store.put(objectKey, { path, size: bytes.length });
    return {
      sopInstanceUid,
      transferSyntaxUid,
      objectKey,
      sizeBytes: bytes.length,
      datasetOffset: meta.length,
      pixelData: pixelData ?? null,
      attributes,
      digest: objectKey,
      format: 'dicom',
    };
  }

  load(path: string): Promise<TranscodableInstance> {
    return this.put(readFileSync(path));
  }

  /** The instance in another syntax as a Part 10 file. */
  async converted(instance: TranscodableInstance, transferSyntaxUid: string): Promise<Buffer> {
    const { stream, size } = await this.transcode.dataSet(instance, transferSyntaxUid);
    const pieces: Buffer[] = [];
    for await (const piece of stream()) pieces.push(piece);
    const dataset = Buffer.concat(pieces);
    if (dataset.length !== size) throw new Error(`${size} bytes announced, ${dataset.length} given`);
    const { sopInstanceUid, attributes } = instance;
    const sopClassUid = text(attributes, '00080016') ?? '1.2.840.10008.5.1.4.1.1.7';
    return Buffer.concat([buildFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid }), dataset]);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
