import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdir, readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Injectable, Logger, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { FileStore } from '@tus/file-store';
import { Server, type Upload } from '@tus/server';
import { AuditTrail } from '#libs/audit';
import { callerOf, type Caller } from '#libs/identity';
import { ReceiveUpload } from '#libs/ingest';
import { isId, newId, Refusal } from '#libs/kernel';

/** Where unfinished uploads lie; given by whoever composes the application. */
export class UploadFolder {
  constructor(readonly path: string) {}
}

/** How often whole files whose end was not noted are taken up again: a store or database that was away is back. */
const AGAIN_MS = 15_000;
const LARGEST_UPLOAD = 8 * 1024 ** 3;

/**
 * Uploads by tus. Bytes are kept under the data folder until the file is whole; then it goes through the door, and how that ended is
 * noted under the file's name. A whole file whose end was not noted (the process died, the store was away) is taken up again.
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
    private readonly audit: AuditTrail,
  ) {
    this.store = new FileStore({ directory: folder.path });
    this.server = new Server({
      path: '/api/uploads',
      datastore: this.store,
      relativeLocation: true,
      maxSize: LARGEST_UPLOAD,
      namingFunction: () => newId(),
      onUploadCreate: async (_request, upload) => {
        const caller = this.callers.getStore()!;
        // Who sends is what the session says, never what the metadata says.
        const given = upload.metadata ?? {};
        return {
          metadata: {
            filename: (given['filename'] ?? 'unnamed').slice(0, 500),
            batch: isId(given['batch'] ?? '') ? given['batch']! : newId(),
            sender: caller.id,
            organisation: caller.organisation,
          },
        };
      },
      onUploadFinish: async (_request, upload) => {
        await this.take(upload);
        return {};
      },
    });
  }

  async onModuleInit(): Promise<void> {
    await mkdir(this.folder.path, { recursive: true });
    await this.takeLeftOver();
    this.again = setInterval(() => {
      this.takeLeftOver().catch((error: Error) => this.log.error(error.message));
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

  handle(caller: Caller, request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.callers.run(caller, () => this.server.handle(request, response));
  }

  private async takeLeftOver(): Promise<void> {
    for (const name of await readdir(this.folder.path)) {
      if (!isId(name) || this.taking.has(name)) continue;
      const upload = await this.store.getUpload(name).catch(() => undefined);
      if (upload?.size !== undefined && upload.offset === upload.size) await this.take(upload).catch(() => undefined);
    }
  }

  /** Once at a time for each upload; a second caller waits for the first. */
  private take(upload: Upload): Promise<void> {
    const taking = this.taking.get(upload.id) ?? this.receive(upload).finally(() => this.taking.delete(upload.id));
    this.taking.set(upload.id, taking);
    return taking;
  }

  private async receive(upload: Upload): Promise<void> {
    const { sender, organisation, filename, batch } = upload.metadata as Record<string, string>;
    const caller = callerOf({
      kind: 'person',
      id: sender!,
      name: sender!,
      organisation: organisation!,
      duties: ['radiographer'],
    });
    try {
      await this.receiveUpload.receive(caller, {
        uploadId: upload.id,
        batch: batch!,
        filename: filename!,
        path: join(this.folder.path, upload.id),
      });
    } catch (error) {
      this.log.error(`upload ${upload.id}: ${(error as Error).message}`);
      throw Object.assign(new Error('The file is whole but could not be stored yet; it is kept.'), {
        status_code: 503,
        body: 'stored later',
      });
    }
    await this.store.remove(upload.id).catch(() => undefined);
  }
}
