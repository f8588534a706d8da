import type { Readable } from 'node:stream';

/** A finished spool file: complete, and no longer written to by anyone. `size` in bytes, as counted while it came. */
export type SpoolFile = SpooledOnDisk | SpooledInMemory;

export interface SpooledOnDisk {
  readonly size: number;
  readonly path: string;
  /** The descriptor it was written through, if still open; the store closes it, also when it throws. */
  readonly descriptor?: number;
}

/** A small one, which never was on the disk. */
export interface SpooledInMemory {
  readonly size: number;
  readonly pieces: readonly Uint8Array[];
}

/** There is no object under this key. */
export class ObjectNotFound extends Error {
  readonly code = 'object-not-found';
  constructor(readonly key: string) {
    super(`no object under ${key}`);
    this.name = 'ObjectNotFound';
  }
}

/** The store cannot be reached, is full, or refuses us for now. Transient: the same call may succeed later. */
export class ObjectStoreUnavailable extends Error {
  readonly code = 'unavailable';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ObjectStoreUnavailable';
  }
}

/** Another object of another size already holds this key. Objects are immutable, so this is never overwritten. */
export class ObjectExists extends Error {
  readonly code = 'object-exists';
  constructor(
    readonly key: string,
    readonly storedSize: number,
    readonly offeredSize: number,
  ) {
    super(`${key} already holds ${storedSize} bytes, ${offeredSize} were offered`);
    this.name = 'ObjectExists';
  }
}

/** What was handed over is not as long as announced: the spool file is not finished, or was cut. */
export class ObjectSizeMismatch extends Error {
  readonly code = 'object-size-mismatch';
  constructor(
    readonly key: string,
    readonly announcedSize: number,
    readonly actualSize: number,
  ) {
    super(`${key}: announced ${announcedSize} bytes, found ${actualSize}`);
    this.name = 'ObjectSizeMismatch';
  }
}

/** The key is not one that every store can hold; a mistake of the caller. */
export class InvalidObjectKey extends Error {
  readonly code = 'invalid-object-key';
  constructor(readonly key: string) {
    super(`not an object key: ${JSON.stringify(key.slice(0, 80))}`);
    this.name = 'InvalidObjectKey';
  }
}

const KEY_SEGMENT = /^[a-z0-9_][a-z0-9._-]{0,127}$/;
const KEY_LENGTH_LIMIT = 512;

/**
 * Passes a key through or throws {@link InvalidObjectKey}. A key is one or more segments joined by `/`, such as
 * `instances/ab/<hex>`; a segment is lower case (a folder may live on a file system that folds case), does not
 * begin with a dot and has at most 128 characters; the whole at most 512. No key may be a folder of another.
 */
export function assertObjectKey(key: string): string {
  if (key.length > KEY_LENGTH_LIMIT || !key.split('/').every((segment) => KEY_SEGMENT.test(segment))) {
    throw new InvalidObjectKey(key);
  }
  return key;
}

/** The key of what is named by its digest (hex): `<kind>/ab/<digest>`, spread over 256 folders. @throws InvalidObjectKey */
export function digestKey(kind: string, digest: string): string {
  return assertObjectKey(`${kind}/${digest.slice(0, 2)}/${digest}`);
}

/** `length` bytes from offset `start`. */
export interface ByteSpan {
  readonly start: number;
  readonly length: number;
}

/** What a listing says of one object. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** When the store took it, by the store's clock; a copy of the store may keep or renew it. */
  readonly modifiedAt: Date;
}

/** Passes the beginning of keys through or throws {@link InvalidObjectKey}: empty, or whole segments that end with `/`. */
export function assertKeyPrefix(prefix: string): string {
  if (prefix !== '' && !(prefix.endsWith('/') && assertObjectKey(prefix.slice(0, -1))))
    throw new InvalidObjectKey(prefix);
  return prefix;
}

/** Passes a byte range through or throws RangeError: both whole numbers, not negative. */
export function assertByteRange(start: number, length: number): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(length) || start < 0 || length < 0) {
    throw new RangeError(`not a byte range: ${start}+${length}`);
  }
}

/**
 * Where immutable bytes live. This class is also the injection token.
 *
 * Every method throws {@link InvalidObjectKey} for a key that is none and {@link ObjectStoreUnavailable} when the
 * store cannot answer. An object is visible under its key whole or not at all, and is never overwritten.
 */
export abstract class ObjectStore {
  /**
   * Takes over a finished spool file. When it resolves the object is durable and the spool file is gone. When it
   * throws, the spool file is still there and the call may be repeated. The same key again is success if the
   * stored size is the same (also if the spool file is gone already), else {@link ObjectExists}. A spool file
   * whose length is not `file.size` is {@link ObjectSizeMismatch}.
   */
  abstract put(key: string, file: SpoolFile): Promise<void>;

  /** The same promise for bytes at hand; meant for small, derived objects. */
  abstract putBytes(key: string, bytes: Uint8Array): Promise<void>;

  /**
   * The object from its first byte, or `range` of it (shorter when the object ends before, empty when it begins at or past the end).
   * Throws {@link ObjectNotFound} before any stream is handed out. Whoever stops reading destroys the stream.
   */
  abstract get(key: string, range?: ByteSpan): Promise<Readable>;

  /**
   * `length` bytes from offset `start`; fewer when the object ends before, none when `start` is at or past its end.
   * Throws {@link ObjectNotFound}, and RangeError for a range that is not one.
   */
  abstract getRange(key: string, start: number, length: number): Promise<Buffer>;

  /**
   * The same bytes written into `target`, as many as it holds; for whoever has a place for them already and would copy them otherwise.
   * @returns how many were there
   */
  async readInto(key: string, start: number, target: Buffer): Promise<number> {
    return (await this.getRange(key, start, target.length)).copy(target);
  }

  /** The object's size in bytes, or null when there is none. */
  abstract stat(key: string): Promise<{ readonly size: number } | null>;

  /** Removes the object; success also when there is none. */
  abstract remove(key: string): Promise<void>;

  /**
   * Every object whose key begins with `prefix` (empty, or whole segments ending with `/`), in ascending order of the keys' bytes, from
   * the first one behind `after`. Memory does not grow with their number. What is put or removed meanwhile may or may not be in it.
   */
  abstract list(prefix: string, after?: string): AsyncIterable<ListedObject>;

  /**
   * Removes what puts that never ended left behind out of sight (copies under way, unfinished uploads), when it was begun longer ago
   * than `olderThanMs`. No object is touched. @returns how many were removed
   */
  abstract clearUnfinished(olderThanMs: number): Promise<number>;
}
