import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdir, readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Injectable, Logger, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { FileStore } from '@tus/file-store';
import { EVENTS, Server, type Upload } from '@tus/server';
import { AuditTrail } from '#libs/audit';
import { ExpectInstances } from '#libs/catalogue';
import { callerOf, type Caller } from '#libs/identity';
import { DemandRoom, ReceiveUpload, UploadsRepository, type Manifest } from '#libs/ingest';
import { REFUSAL_STATUS } from '#libs/edges/http';
import { isId, newId, Refusal } from '#libs/kernel';

/** Where unfinished uploads lie; given by whoever composes the application. */
export class UploadFolder {
  constructor(readonly path: string) {}
}

/** How often whole files whose end was not noted are taken up again: a store or database that was away is back. */
const AGAIN_MS = 15_000;
const LARGEST_UPLOAD = 8 * 1024 ** 3;
/** How long an upload may lie unfinished, and a batch silent. */
const KEPT_MS = 14 * 24 * 3600 * 1000;

export interface UnfinishedUpload {
  id: string;
  filename: string;
  size: number;
  offset: number;
}

/**
 * Uploads by tus. Bytes are kept under the data folder until the file is whole; then it goes through the door, and how that ended is
 * noted under the file's name. A whole file whose end was not noted (the process died, the store was away) is taken up again. What was
 * not finished in 14 days is removed, with a record of it.
 */
@Injectable()
export class TusUploads implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('uploads');
  private readonly callers = new AsyncLocalStorage<Caller>();
  private readonly store: FileStore;
  /** on their way through the door now */
  private readonly taking = new Map<string, Promise<void>>();
  private again: NodeJS.Timeout | undefined;
  private readonly server: Server;

  constructor(
    private readonly folder: UploadFolder,
    private readonly receiveUpload: ReceiveUpload,
    private readonly batches: UploadsRepository,
    private readonly expect: ExpectInstances,
    private readonly audit: AuditTrail,
    private readonly room: DemandRoom,
  ) {
    this.store = new FileStore({ directory: folder.path, expirationPeriodInMilliseconds: KEPT_MS });
    this.server = new Server({
      path: '/api/uploads',
      datastore: this.store,
      relativeLocation: true,
      maxSize: LARGEST_UPLOAD,
      // Uploads are for this origin's pages and for clients that are no browsers.
      allowedOrigins: [],
      disableTerminationForFinishedUploads: true,
      namingFunction: () => newId(),
      onUploadCreate: async (_request, upload) => {
        const caller = this.callers.getStore()!;
        await this.demandRoom(caller.organisation, upload.size ?? 0);
        // Who sends is what the session says, never what the metadata says.
        const given = upload.metadata ?? {};
        return {
          metadata: {
            filename: (given['filename'] ?? 'unnamed').slice(0, 500),
            batch: isId(given['batch'] ?? '') ? given['batch']! : newId(),
            sender: caller.id,
            kind: caller.kind,
            organisation: caller.organisation,
          },
        };
      },
      onUploadFinish: async (_request, upload) => {
        await this.take(upload);
        return {};
      },
    });
    // Not before: the library looks at the upload once more while it answers.
    this.server.on(EVENTS.POST_FINISH, (_request, _response, upload) => void this.remove(upload));
  }

  async onModuleInit(): Promise<void> {
    await mkdir(this.folder.path, { recursive: true });
    await this.tidy();
    this.again = setInterval(() => {
      this.tidy().catch((error: Error) => this.log.error(error.message));
    }, AGAIN_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.again);
    await Promise.allSettled(this.taking.values());
  }

  /** @throws Refusal `not-found` / upload-not-found, also for another organisation's upload; that try is in the audit */
  async demandOwn(caller: Caller, id: string): Promise<void> {
    const upload = isId(id) ? await this.store.getUpload(id).catch(() => undefined) : undefined;
    if (upload?.metadata?.['organisation'] !== caller.organisation) {
      if (upload) {
        await this.audit.record({
          actor: caller,
          action: 'continue-upload',
          subject: { kind: 'upload', id },
          outcome: 'refused',
        });
      }
      throw new Refusal('not-found', 'upload-not-found', 'There is no such upload.');
    }
  }

  /** In tus's own words: 507 over quota, 503 while the disk is nearly full. */
  private async demandRoom(organisation: string, bytes: number): Promise<void> {
    try {
      await this.room.for(organisation, bytes);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw Object.assign(new Error(error.message), {
        status_code: REFUSAL_STATUS[error.kind],
        body: `${error.code}: ${error.message}`,
      });
    }
  }

  handle(caller: Caller, request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.callers.run(caller, () => this.server.handle(request, response));
  }

  /** What of an organisation's uploads has begun and is not whole, by batch. */
  async unfinished(organisation: string): Promise<Map<string, UnfinishedUpload[]>> {
    const found = new Map<string, UnfinishedUpload[]>();
    for await (const { id, size, offset, metadata } of this.kept()) {
      if (metadata?.['organisation'] !== organisation || size === undefined || offset === size) continue;
      const batch = metadata['batch']!;
      found.set(batch, [...(found.get(batch) ?? []), { id, filename: metadata['filename']!, size, offset }]);
    }
    return found;
  }

  /** Removes what of a batch is not whole. */
  async drop(organisation: string, batch: string): Promise<void> {
    for (const upload of (await this.unfinished(organisation)).get(batch) ?? []) await this.remove(upload);
  }

  private async *kept(): AsyncGenerator<Upload> {
    for (const name of await readdir(this.folder.path)) {
      const upload = isId(name) ? await this.store.getUpload(name).catch(() => undefined) : undefined;
      if (upload) yield upload;
    }
  }

  /** Takes up what is whole and has no end, and removes what was left lying. */
  private async tidy(): Promise<void> {
    const before = new Date(Date.now() - KEPT_MS);
    for await (const upload of this.kept()) {
      if (this.taking.has(upload.id)) continue;
      if (upload.size !== undefined && upload.offset === upload.size) {
        await this.take(upload).then(
          () => this.remove(upload),
          () => undefined,
        );
      } else if (new Date(upload.creation_date ?? Date.now()) < before) await this.expire(upload);
    }
    for (const { organisation, batch, studies } of await this.batches.silentSince(before)) {
      await this.batches.close(organisation, batch, 'expired');
      for (const studyInstanceUid of studies)
        await this.expect.expect({ organisation, studyInstanceUid, source: 'manifest', key: batch });
    }
  }

  private async expire(upload: Upload): Promise<void> {
    await this.audit.record({
      actor: { kind: 'system', id: 'gateway', organisation: upload.metadata?.['organisation'] ?? null },
      action: 'expire-upload',
      subject: { kind: 'upload', id: upload.id },
      outcome: 'done',
      detail: { filename: upload.metadata?.['filename'], bytes: upload.offset, of: upload.size },
    });
    await this.remove(upload);
  }

  private remove({ id }: Pick<Upload, 'id'>): Promise<void> {
    return this.store.remove(id).catch(() => undefined);
  }

  /** Once at a time for each upload; a second caller waits for the first. */
  private take(upload: Upload): Promise<void> {
    const taking = this.taking.get(upload.id) ?? this.receive(upload).finally(() => this.taking.delete(upload.id));
    this.taking.set(upload.id, taking);
    return taking;
  }

  private async receive(upload: Upload): Promise<void> {
    const { sender, organisation, filename, batch, kind } = upload.metadata as Record<string, string>;
    const caller = callerOf({
      kind: kind === 'client' ? 'client' : 'person',
      id: sender!,
      name: sender!,
      organisation: organisation!,
      duties: ['radiographer'],
    });
    const announce = async (manifest: Manifest): Promise<void> => {
      for (const [studyInstanceUid, sopInstanceUids] of manifest)
        await this.expect.expect({
          organisation: organisation!,
          studyInstanceUid,
          source: 'manifest',
          key: upload.id,
          sopInstanceUids,
        });
    };
    try {
      const path = join(this.folder.path, upload.id);
      await this.receiveUpload.receive(
        caller,
        { uploadId: upload.id, batch: batch!, filename: filename!, path },
        announce,
      );
    } catch (error) {
      this.log.error(`upload ${upload.id}: ${(error as Error).message}`);
      throw Object.assign(new Error('The file is whole but could not be stored yet; it is kept.'), {
        status_code: 503,
        body: 'stored later',
      });
    }
  }
}
