import { close } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'minio';
import {
  assertByteRange,
  assertKeyPrefix,
  assertObjectKey,
  type ByteSpan,
  type ListedObject,
  ObjectExists,
  ObjectNotFound,
  ObjectSizeMismatch,
  ObjectStore,
  type SpoolFile,
} from '#libs/ports';
import { patientAgent } from './patient-agent.js';
import { asPortError, errorCode, isMissingObject, isTransient } from './s3-errors.js';

export interface S3ObjectStoreOptions {
  /** Scheme, host and port, such as `http://127.0.0.1:7480`. */
  readonly endpoint: string;
  /** Made at start if absent. */
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** `us-east-1` unless told otherwise, which servers other than AWS take for any. */
  readonly region?: string;
  /** How often one request is tried in all; 4 unless told otherwise. */
  readonly attempts?: number;
  /** After this long without a byte in either direction a request has failed; 20 s unless told otherwise. */
  readonly silenceMs?: number;
}

/** Above this an object goes up in parts, so a put holds at most this much in memory. */
const PART_SIZE = 8 * 1024 * 1024;
const FIRST_PAUSE_MS = 100;
const SILENCE_MS = 20_000;
/** A sender waits behind every try: after so long it is told to come again instead. */
const TRY_WITHIN_MS = 10_000;
const PAGE = 1000;
/** Several processes share one bucket, so only what no living put can still be sending counts as left over. */
const LEFT_OVER_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Objects in a bucket of any S3 server. An S3 object appears when its upload is complete and the server has answered
 * that it keeps it, so a put that resolved is durable by the server's own promise.
 *
 * Files above one part go up by an upload of their own: the client's `putObject` would resume any unfinished upload
 * of the same key, also one that another process is writing just now.
 */
export class S3ObjectStore extends ObjectStore {
  readonly #client: Client;
  readonly #agent: Agent;
  readonly #bucket: string;
  readonly #attempts: number;

  private constructor(options: S3ObjectStoreOptions) {
    super();
    const url = new URL(options.endpoint);
    const useSSL = url.protocol === 'https:';
    this.#bucket = options.bucket;
    this.#attempts = options.attempts ?? 4;
    this.#agent = patientAgent(useSSL, options.silenceMs ?? SILENCE_MS);
    this.#client = new Client({
      endPoint: url.hostname,
      port: url.port === '' ? (useSSL ? 443 : 80) : Number(url.port),
      useSSL,
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      region: options.region ?? 'us-east-1',
      partSize: PART_SIZE,
      transportAgent: this.#agent,
      // Its own retry leaves out broken connections and writes to the console; ours is below.
      retryOptions: { disableRetry: true },
    });
  }

  /** Makes the bucket if absent. Throws ObjectStoreUnavailable when the server does not answer. */
  static async open(options: S3ObjectStoreOptions): Promise<S3ObjectStore> {
    const store = new S3ObjectStore(options);
    try {
      await store.#ask(async () => {
        if (await store.#client.bucketExists(options.bucket)) return;
        try {
          await store.#client.makeBucket(options.bucket, options.region ?? 'us-east-1');
        } catch (cause) {
          // Two processes starting at once; the other was first.
          if (!['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(errorCode(cause))) throw cause;
        }
      });
    } catch (cause) {
      store.close();
      throw cause;
    }
    // Nothing waits for this; the next start or clean-up tries again.
    store.clearUnfinished(LEFT_OVER_AFTER_MS).catch(() => undefined);
    return store;
  }

  /** Ends idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  override async put(key: string, file: SpoolFile): Promise<void> {
    if ('pieces' in file) return this.putBytes(key, Buffer.concat(file.pieces));
    if (file.descriptor !== undefined) close(file.descriptor, () => undefined);
    assertObjectKey(key);
    if (!(await this.#holds(key, file.size))) {
      const handle = await open(file.path, 'r');
      try {
        const { size } = await handle.stat();
        if (size !== file.size) throw new ObjectSizeMismatch(key, file.size, size);
        if (size <= PART_SIZE) await this.#upload(key, await readAt(handle, 0, size));
        else await this.#uploadParts(key, handle, size);
      } finally {
        await handle.close();
      }
    }
    await rm(file.path, { force: true });
  }

  override async putBytes(key: string, bytes: Uint8Array): Promise<void> {
    assertObjectKey(key);
    if (await this.#holds(key, bytes.length)) return;
    await this.#upload(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  override async get(key: string, range?: ByteSpan): Promise<Readable> {
    assertObjectKey(key);
    if (range) assertByteRange(range.start, range.length);
    // S3 has no empty range, yet a missing object must be told.
    if (range?.length === 0) return Readable.from([await this.getRange(key, range.start, 0)]);
    const first = await this.#ask(async () => {
      try {
        return range
          ? await this.#client.getPartialObject(this.#bucket, key, range.start, range.length)
          : await this.#client.getObject(this.#bucket, key);
      } catch (cause) {
        if (errorCode(cause) === 'InvalidRange') return Readable.from([]);
        throw cause;
      }
    }, key);
    return Readable.from(this.#resumed(key, first, range), { objectMode: false });
  }

  override async getRange(key: string, start: number, length: number): Promise<Buffer> {
    assertObjectKey(key);
    assertByteRange(start, length);
    // S3 has no empty range, yet a missing object must be told.
    if (length === 0) {
      if (!(await this.stat(key))) throw new ObjectNotFound(key);
      return Buffer.alloc(0);
    }
    return this.#ask(async () => {
      try {
        const stream = await this.#client.getPartialObject(this.#bucket, key, start, length);
        const chunks: Buffer[] = [];
        for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
        return Buffer.concat(chunks);
      } catch (cause) {
        if (errorCode(cause) === 'InvalidRange') return Buffer.alloc(0);
        throw cause;
      }
    }, key);
  }

  override async stat(key: string): Promise<{ readonly size: number } | null> {
    assertObjectKey(key);
    return this.#ask(async () => {
      try {
        return { size: (await this.#client.statObject(this.#bucket, key)).size };
      } catch (cause) {
        if (isMissingObject(cause)) return null;
        throw cause;
      }
    });
  }

  override async remove(key: string): Promise<void> {
    assertObjectKey(key);
    await this.#ask(() => this.#client.removeObject(this.#bucket, key));
  }

  override async *list(prefix: string, after = ''): AsyncGenerator<ListedObject> {
    assertKeyPrefix(prefix);
    // Pages go on behind the last key instead of by token, so that a page can be asked for again at any time.
    for (let last = after; ;) {
      const page = await this.#ask(() => this.#client.listObjectsV2Query(this.#bucket, prefix, '', '', PAGE, last));
      for (const { name, size, lastModified } of page.objects) {
        if (name === undefined) continue;
        yield { key: name, size, modifiedAt: new Date(lastModified) };
        last = name;
      }
      if (!page.isTruncated || page.objects.length === 0) return;
    }
  }

  override async clearUnfinished(olderThanMs: number): Promise<number> {
    let cleared = 0;
    let page = { nextKeyMarker: '', nextUploadIdMarker: '', isTruncated: true };
    while (page.isTruncated) {
      const { nextKeyMarker, nextUploadIdMarker } = page;
      const found = await this.#ask(() =>
        this.#client.listIncompleteUploadsQuery(this.#bucket, '', nextKeyMarker, nextUploadIdMarker, ''),
      );
      for (const { key, uploadId, initiated } of found.uploads) {
        if (Date.now() - new Date(initiated).getTime() <= olderThanMs) continue;
        await this.#ask(async () => {
          try {
            await this.#client.abortMultipartUpload(this.#bucket, key, uploadId);
          } catch (cause) {
            // Ended meanwhile, or somebody else cleared it.
            if (errorCode(cause) !== 'NoSuchUpload') throw cause;
          }
        });
        cleared += 1;
      }
      page = found;
    }
    return cleared;
  }

  /** A stream that breaks off goes on with a new request from where it was; only what cannot be resumed breaks the reader's stream. */
  async *#resumed(key: string, first: Readable, range?: ByteSpan): AsyncGenerator<Buffer> {
    let at = range?.start ?? 0;
    const end = range && range.start + range.length;
    let stream = first;
    for (let attempt = 1; ; attempt += 1) {
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          at += chunk.length;
          attempt = 1;
          yield chunk;
        }
        return;
      } catch (cause) {
        if (attempt >= this.#attempts || !isTransient(cause)) throw asPortError(cause);
        if (at === end) return;
        const rest = end === undefined ? undefined : end - at;
        stream = await this.#ask(() => this.#client.getPartialObject(this.#bucket, key, at, rest), key);
      }
    }
  }

  async #holds(key: string, size: number): Promise<boolean> {
    const stored = await this.stat(key);
    if (stored && stored.size !== size) throw new ObjectExists(key, stored.size, size);
    return stored !== null;
  }

  async #upload(key: string, bytes: Buffer): Promise<void> {
    await this.#ask(() => this.#client.putObject(this.#bucket, key, bytes, bytes.length));
  }

  async #uploadParts(key: string, handle: FileHandle, size: number): Promise<void> {
    const uploadId = await this.#ask(() => this.#client.initiateNewMultipartUpload(this.#bucket, key, {}));
    try {
      const parts: Array<{ part: number; etag: string }> = [];
      for (let offset = 0, part = 1; offset < size; offset += PART_SIZE, part += 1) {
        const bytes = await readAt(handle, offset, Math.min(PART_SIZE, size - offset));
        const config = { bucketName: this.#bucket, objectName: key, uploadID: uploadId, partNumber: part, headers: {} };
        const { etag } = await this.#ask(() => this.#client.uploadPart(config, bytes));
        parts.push({ part, etag });
      }
      await this.#complete(key, uploadId, parts, size);
    } catch (cause) {
      // An upload left behind costs space on the server until its own clean-up; the first failure is the one to tell.
      await this.#client.abortMultipartUpload(this.#bucket, key, uploadId).catch(() => undefined);
      throw cause;
    }
  }

  async #complete(key: string, uploadId: string, parts: Array<{ part: number; etag: string }>, size: number) {
    try {
      await this.#ask(() => this.#client.completeMultipartUpload(this.#bucket, key, uploadId, parts));
    } catch (cause) {
      // The answer to a completion that worked may be lost, and asking again then names an unknown upload.
      if (!(await this.#holds(key, size))) throw cause;
    }
  }

  /** Asks the server, again after a pause where that may help, and throws what the port promises. */
  async #ask<T>(request: () => Promise<T>, key?: string): Promise<T> {
    const tryUntil = Date.now() + TRY_WITHIN_MS;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await request();
      } catch (cause) {
        if (key !== undefined && isMissingObject(cause)) throw new ObjectNotFound(key);
        if (attempt >= this.#attempts || Date.now() > tryUntil || !isTransient(cause)) throw asPortError(cause);
        await delay(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
      }
    }
  }
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw new Error(`the spool file ended at ${offset + filled} bytes`);
    filled += bytesRead;
  }
  return buffer;
}
