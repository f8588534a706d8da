import { randomUUID } from 'node:crypto';
import {
  close,
  createReadStream,
  fdatasync,
  fstatSync,
  link as linkFile,
  open as openFile,
  read as readFile,
  unlink as unlinkFile,
} from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
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
  ObjectStoreUnavailable,
  type SpooledOnDisk,
  type SpoolFile,
} from '#libs/ports';
import { DirectorySync } from './directory-sync.js';
import { OpenFiles } from './open-files.js';
import { MOST_BYTES, WritingThreads } from './writing-threads.js';

// The plain calls: on the way in, promises of `node:fs/promises` cost as much again.
const link = promisify(linkFile);
const unlink = promisify(unlinkFile);
const opened = promisify(openFile);
const datasync = promisify(fdatasync);

export interface FsObjectStoreOptions {
  /** The folder that holds the objects; made if absent. Spool on the same file system and a put moves no bytes. */
  readonly root: string;
  /**
   * true (the default): a put also waits until the directory entry is durable, in groups with its neighbours.
   * false: faster; an object acknowledged in the last moments (5 s on ext4 with default settings) before a loss of
   * power may be gone, though never cut short.
   */
  readonly syncDirectories?: boolean;
}

/** Holds copies under way; a key segment cannot begin with a dot, so no object can be in it. */
const INCOMING = '.incoming';
/** Tells an empty store from a disk that is not mounted. */
const MARKER = '.object-store';
/** Bytes that one read of a stream asks for. */
const READ_AHEAD = 256 * 1024;
/** Several processes share one root, so only what no living put can still be writing counts as left over. */
const LEFT_OVER_AFTER_MS = 60 * 60 * 1000;

/** A folder under way: `made` it can be written into, `durable` it would outlive a loss of power. */
interface Folder {
  readonly made: Promise<void>;
  readonly durable: Promise<void>;
}
const STANDING: Folder = { made: Promise.resolve(), durable: Promise.resolve() };

/** Conditions of the machine rather than of the call. */
const UNAVAILABLE = new Set(
  'EACCES EPERM EROFS ENOSPC EDQUOT EIO EMFILE ENFILE ENODEV ENXIO ESTALE EBUSY ENOTCONN EHOSTDOWN ETIMEDOUT'.split(
    ' ',
  ),
);
/** A file system without hard links answers one of these. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

/**
 * Objects as files under a folder.
 *
 * What survives: after `kill -9` of any process, everything that a put has resolved for, because the kernel has it.
 * After a loss of power the same, because the bytes are flushed (fdatasync) before the name appears, and the name is
 * flushed (fsync of its directory, shared among the puts that are waiting) before the put resolves. A name therefore
 * never leads to missing bytes. The name is given with link(2), which never replaces a file, so two puts of one key
 * cannot overwrite each other.
 */
export class FsObjectStore extends ObjectStore {
  readonly #root: string;
  readonly #openFiles = new OpenFiles();
  readonly #directories: DirectorySync | null;
  readonly #threads: WritingThreads;
  /** Folders made or found, so that mkdir and its sync are paid once. */
  readonly #known = new Map<string, Folder>();

  private constructor(options: FsObjectStoreOptions) {
    super();
    this.#root = options.root;
    this.#threads = new WritingThreads({
      root: options.root,
      incoming: join(options.root, INCOMING),
      syncDirectories: options.syncDirectories !== false,
    });
    this.#directories = options.syncDirectories === false ? null : new DirectorySync();
  }

  /** Makes the root if absent and removes copies that a crash left behind over an hour ago. */
  static async open(options: FsObjectStoreOptions): Promise<FsObjectStore> {
    const store = new FsObjectStore(options);
    await store.#guarded(async () => {
      const incoming = join(options.root, INCOMING);
      await mkdir(incoming, { recursive: true });
      await writeFile(join(options.root, MARKER), '');
      await store.#directories?.sync(options.root);
      await store.#directories?.sync(dirname(options.root));
    });
    await store.clearUnfinished(LEFT_OVER_AFTER_MS);
    return store;
  }

  override async put(key: string, file: SpoolFile): Promise<void> {
    const target = this.#path(key);
    if ('pieces' in file) return this.#putPieces(key, target, file.pieces, file.size);
    await this.#guarded(async () => {
      // Made while the bytes are flushed; whether it could be is asked where it is needed.
      void this.#folder(dirname(target));
      const actual = await flush(file);
      if (actual !== null && actual !== file.size) throw new ObjectSizeMismatch(key, file.size, actual);
      if (actual !== null) await this.#publish(key, target, file);
      // The spool file is gone already: success if its object is here.
      else if (!(await this.#holds(key, target, file.size))) throw missing(file.path);
      await Promise.all([this.#settled(target), removeFile(file.path)]);
    });
  }

  override async putBytes(key: string, bytes: Uint8Array): Promise<void> {
    await this.#putPieces(key, this.#path(key), [bytes], bytes.length);
  }

  async #putPieces(key: string, target: string, pieces: readonly Uint8Array[], size: number): Promise<void> {
    await this.#guarded(async () => {
      if (size <= MOST_BYTES) {
        const stored = await this.#threads.write({ pieces, size, target });
        if (stored !== size) throw new ObjectExists(key, stored, size);
        return;
      }
      if (!(await this.#holds(key, target, size))) {
        const path = this.#incomingPath();
        try {
          await writeFile(path, pieces, { flag: 'wx' });
          const file = { path, size };
          await flush(file);
          await this.#publish(key, target, file);
        } finally {
          await rm(path, { force: true });
        }
      }
      await this.#settled(target);
    });
  }

  override async get(key: string, range?: ByteSpan): Promise<Readable> {
    const path = this.#path(key);
    if (range) assertByteRange(range.start, range.length);
    const handle = await this.#guarded(() => this.#openToRead(key, path));
    if (range?.length === 0) {
      await handle.close();
      return Readable.from([]);
    }
    const part = range ? { start: range.start, end: range.start + range.length - 1 } : {};
    return handle.createReadStream({ ...part, highWaterMark: READ_AHEAD });
  }

  override async getRange(key: string, start: number, length: number): Promise<Buffer> {
    const path = this.#path(key);
    assertByteRange(start, length);
    return this.#guarded(async () => {
      const handle = await this.#openToRead(key, path);
      try {
        const { size } = await handle.stat();
        const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - start)));
        let filled = 0;
        while (filled < buffer.length) {
          const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return buffer.subarray(0, filled);
      } finally {
        await handle.close();
      }
    });
  }

  override async readInto(key: string, start: number, target: Buffer): Promise<number> {
    const path = this.#path(key);
    assertByteRange(start, target.length);
    return this.#guarded(async () => {
      try {
        return await this.#openFiles.use(path, (descriptor) => readFully(descriptor, target, start));
      } catch (cause) {
        if (!isMissing(cause)) throw cause;
        await this.#assertMounted();
        throw new ObjectNotFound(key);
      }
    });
  }

  override async stat(key: string): Promise<{ readonly size: number } | null> {
    const path = this.#path(key);
    return this.#guarded(async () => {
      const size = await sizeOf(path);
      if (size === null) await this.#assertMounted();
      return size === null ? null : { size };
    });
  }

  override async remove(key: string): Promise<void> {
    const path = this.#path(key);
    await this.#guarded(async () => {
      await rm(path, { force: true });
      this.#openFiles.drop(path);
      await this.#assertMounted();
    });
  }

  override async *list(prefix: string, after = ''): AsyncGenerator<ListedObject> {
    await this.#guarded(() => this.#assertMounted());
    yield* this.#walk(assertKeyPrefix(prefix), after);
  }

  override clearUnfinished(olderThanMs: number): Promise<number> {
    return this.#guarded(async () => {
      const incoming = join(this.#root, INCOMING);
      let cleared = 0;
      for (const name of await readdir(incoming)) {
        const path = join(incoming, name);
        const info = await stat(path).catch(() => null);
        if (!info || Date.now() - info.mtimeMs <= olderThanMs) continue;
        await rm(path, { force: true });
        cleared += 1;
      }
      return cleared;
    });
  }

  /** Folders in the order of the keys that they hold: a folder's own name counts with its `/`. */
  async *#walk(prefix: string, after: string): AsyncGenerator<ListedObject> {
    const folder = join(this.#root, ...prefix.split('/'));
    const entries = await this.#guarded(async () => {
      try {
        return await readdir(folder, { withFileTypes: true });
      } catch (cause) {
        if (isMissing(cause)) return [];
        throw cause;
      }
    });
    const names = entries
      .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isFile()))
      .map((entry) => `${prefix}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .sort(byBytes);
    for (const name of names) {
      if (name.endsWith('/')) {
        // Everything below comes before what we are asked to begin behind.
        if (after > name && !after.startsWith(name)) continue;
        yield* this.#walk(name, after);
      } else if (name > after) {
        const info = await this.#guarded(() => stat(this.#path(name)).catch(() => null));
        if (info) yield { key: name, size: info.size, modifiedAt: info.mtime };
      }
    }
  }

  #path(key: string): string {
    return join(this.#root, ...assertObjectKey(key).split('/'));
  }

  #incomingPath(): string {
    return join(this.#root, INCOMING, randomUUID());
  }

  async #holds(key: string, target: string, size: number): Promise<boolean> {
    const stored = await sizeOf(target);
    if (stored === null) return false;
    if (stored !== size) throw new ObjectExists(key, stored, size);
    return true;
  }

  async #openToRead(key: string, path: string) {
    try {
      return await open(path, 'r');
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      await this.#assertMounted();
      throw new ObjectNotFound(key);
    }
  }

  async #assertMounted(): Promise<void> {
    try {
      await access(join(this.#root, MARKER));
    } catch (cause) {
      throw new ObjectStoreUnavailable(`the object folder is not there: ${this.#root}`, { cause });
    }
  }

  /** Gives flushed bytes their name, by link where they are or by a copy where they are on another file system. */
  async #publish(key: string, target: string, file: SpooledOnDisk): Promise<void> {
    await this.#folder(dirname(target)).made;
    try {
      await this.#give(key, target, file);
    } catch (cause) {
      // Somebody removed a folder under us: forget what we knew, so that the next try makes it again.
      if (errorCode(cause) === 'ENOENT') {
        this.#known.clear();
        this.#directories?.forget();
      }
      if (errorCode(cause) !== 'EXDEV') throw cause;
      const copy = this.#incomingPath();
      try {
        const handle = await open(copy, 'wx');
        try {
          for await (const chunk of createReadStream(file.path) as AsyncIterable<Buffer>) await handle.writeFile(chunk);
          await handle.datasync();
        } finally {
          await handle.close();
        }
        await this.#give(key, target, { path: copy, size: file.size });
      } finally {
        await rm(copy, { force: true });
      }
    }
  }

  async #give(key: string, target: string, file: SpooledOnDisk): Promise<void> {
    try {
      await link(file.path, target);
    } catch (cause) {
      const code = errorCode(cause);
      if (code === 'EEXIST') {
        await this.#holds(key, target, file.size);
      } else if (NO_LINKS.has(code)) {
        if (!(await this.#holds(key, target, file.size))) await rename(file.path, target);
      } else {
        throw cause;
      }
    }
  }

  /** Resolves when the name would outlive a loss of power: its entry, and the entries of the folders above it. */
  async #settled(target: string): Promise<void> {
    const directory = dirname(target);
    await Promise.all([this.#directories?.sync(directory), this.#folder(directory).durable]);
  }

  #folder(directory: string): Folder {
    const known = this.#known.get(directory);
    if (known) return known;
    const folder = this.#makeFolder(directory);
    this.#known.set(directory, folder);
    folder.durable.then(
      () => this.#known.set(directory, STANDING),
      () => this.#known.delete(directory),
    );
    return folder;
  }

  /** A new folder is itself an entry of its parent, up to the root. */
  #makeFolder(directory: string): Folder {
    if (directory === this.#root || directory === dirname(directory)) return STANDING;
    const parent = this.#folder(dirname(directory));
    const made = parent.made.then(async () => {
      try {
        await mkdir(directory);
      } catch (cause) {
        if (errorCode(cause) !== 'EEXIST') throw cause;
      }
    });
    const durable = made.then(async () => {
      await Promise.all([this.#directories?.sync(dirname(directory)), parent.durable]);
    });
    return { made, durable };
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const code = errorCode(cause);
      if (UNAVAILABLE.has(code)) throw new ObjectStoreUnavailable(`the object folder answers ${code}`, { cause });
      throw cause;
    }
  }
}

const readAt = (descriptor: number, target: Buffer, at: number, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    readFile(descriptor, target, at, target.length - at, position, (error, count) =>
      error ? reject(error) : resolve(count),
    );
  });

async function readFully(descriptor: number, target: Buffer, start: number): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const read = await readAt(descriptor, target, filled, start + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

/** Flushes a finished file's bytes and tells its length; null when the file is not there. */
async function flush({ path, descriptor }: SpooledOnDisk): Promise<number | null> {
  let file = descriptor;
  try {
    file ??= await opened(path, 'r+');
    await datasync(file);
    // Of an open file: no disk is asked.
    return fstatSync(file).size;
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    return null;
  } finally {
    if (file !== undefined) close(file, () => undefined);
  }
}

/** As `rm` with `force`, in one call. */
async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
  }
}

function missing(path: string): Error {
  return Object.assign(new Error(`the spool file ${path} is not there`), { code: 'ENOENT' });
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    const info = await stat(path);
    return info.isFile() ? info.size : null;
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause;
  }
}

/** Keys are ASCII, so the order of UTF-16 units is the order of bytes. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function errorCode(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : '';
}

function isMissing(cause: unknown): boolean {
  const code = errorCode(cause);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
