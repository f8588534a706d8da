import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdir, readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
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

const LARGEST_UPLOAD = 8 * 1024 ** 3;

/**
 * Uploads by tus. Bytes are kept under the data folder until the file is whole; then it goes through the door, and how that ended is
 * noted under the file's name. A whole file whose end was not noted (the process died in between) is taken up again at the next start.
 */
@Injectable()
export class TusUploads implements OnModuleInit {
  private readonly log = new Logger('uploads');
  private readonly callers = new AsyncLocalStorage<Caller>();
  private readonly store: FileStore;
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
    for (const name of await readdir(this.folder.path)) {
      if (!isId(name)) continue;
      const upload = await this.store.getUpload(name).catch(() => undefined);
      if (upload?.size !== undefined && upload.offset === upload.size) {
        await this.take(upload).catch((error: Error) => this.log.error(`upload ${name} waits: ${error.message}`));
      }
    }
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

  private async take(upload: Upload): Promise<void> {
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
