import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';

/** Bytes that can be read anywhere: an archive is read from its end, where its directory stands. */
export interface ZipSource {
  readonly size: number;
  /** up to `length` bytes at `start`; fewer only at the end */
  read(start: number, length: number): Promise<Buffer>;
}

export interface ZipEntry {
  /** its place in the archive's directory, from 0 */
  readonly index: number;
  /** with `/` between folders */
  readonly name: string;
  readonly directory: boolean;
  readonly compressedSize: number;
  /** as declared; a stream that gives more or less fails */
  readonly size: number;
  /** why its bytes cannot be had, where that is known beforehand */
  readonly problem: 'zip-encrypted' | 'zip-method' | undefined;
  /** the bytes, inflated and checked against size and CRC-32; may be asked for again. @throws ZipError `zip-broken` */
  bytes(): AsyncIterable<Buffer>;
}

/** The archive, or one entry of it, cannot be read; `code` is stable. */
export class ZipError extends Error {
  override readonly name = 'ZipError';

  constructor(
    readonly code: 'zip-broken' | 'zip-too-many-entries',
    message: string,
  ) {
    super(message);
  }
}

const MOST_ENTRIES = 100_000;
const STEP = 64 * 1024;
const STORED = 0;
const DEFLATED = 8;
const UTF8_NAME = 1 << 11;
const UNICODE_PATH = 0x7075;

/** Whether these first bytes are those of an archive, be it an empty one. */
export function looksLikeZip(head: Buffer): boolean {
  return head.length >= 4 && [0x04034b50, 0x06054b50].includes(head.readUInt32LE(0));
}

class SourceReader extends yauzl.RandomAccessReader {
  /** the source itself failed: no fault of the archive */
  failure: unknown;

  constructor(private readonly source: ZipSource) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.range(start, end));
  }

  private async *range(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end; at += STEP) yield await this.fetch(at, Math.min(STEP, end - at));
  }

  private async fetch(start: number, length: number): Promise<Buffer> {
    try {
      return await this.source.read(start, length);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytes?: number) => void,
  ): void {
    void this.fill(buffer, offset, length, position, callback);
  }

  private async fill(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytes?: number) => void,
  ): Promise<void> {
    let bytes;
    try {
      bytes = await this.fetch(position, length);
    } catch (error) {
      callback(error as Error);
      return;
    }
    bytes.copy(buffer, offset);
    callback(null, bytes.length);
  }
}

/**
 * The entries of an archive in the order of its directory, folders included.
 * @throws ZipError `zip-broken` when the directory cannot be read, `zip-too-many-entries` beyond 100,000
 */
export async function* readZip(source: ZipSource): AsyncGenerator<ZipEntry> {
  const reader = new SourceReader(source);
  const fault = (error: unknown): unknown =>
    reader.failure ?? (error instanceof ZipError ? error : new ZipError('zip-broken', (error as Error).message));
  let archive: yauzl.ZipFile;
  try {
    archive = await opened(reader, source.size);
  } catch (error) {
    throw fault(error);
  }
  try {
    if (archive.entryCount > MOST_ENTRIES)
      throw new ZipError('zip-too-many-entries', `The archive has ${archive.entryCount} entries.`);
    for (let index = 0; index < archive.entryCount; index += 1) {
      const entry = await next(archive).catch((error: unknown) => Promise.reject(fault(error)));
      if (!entry) return;
      yield { ...described(entry, index), bytes: () => bytesOf(archive, entry, fault) };
    }
  } finally {
    archive.close();
  }
}

function opened(reader: SourceReader, size: number): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.fromRandomAccessReader(
      reader,
      size,
      { lazyEntries: true, decodeStrings: false, autoClose: false, validateEntrySizes: true },
      (error, archive) => (error ? reject(error) : resolve(archive)),
    );
  });
}

function next(archive: yauzl.ZipFile): Promise<yauzl.Entry | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      archive.removeAllListeners();
      // An error that comes late must not end the process.
      archive.on('error', () => undefined);
      act();
    };
    archive.removeAllListeners();
    archive.once('entry', (entry: yauzl.Entry) => settle(() => resolve(entry))());
    archive.once(
      'end',
      settle(() => resolve(undefined)),
    );
    archive.once('error', (error: unknown) => settle(() => reject(error))());
    archive.readEntry();
  });
}

function described(entry: yauzl.Entry, index: number): Omit<ZipEntry, 'bytes'> {
  const name = nameOf(entry);
  const readable = entry.compressionMethod === STORED || entry.compressionMethod === DEFLATED;
  return {
    index,
    name,
    directory: name.endsWith('/'),
    compressedSize: entry.compressedSize,
    size: entry.uncompressedSize,
    problem: entry.isEncrypted() ? 'zip-encrypted' : readable ? undefined : 'zip-method',
  };
}

async function* bytesOf(
  archive: yauzl.ZipFile,
  entry: yauzl.Entry,
  fault: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
  let sum = 0;
  try {
    for await (const chunk of await streamOf(archive, entry)) {
      sum = crc32(chunk as Buffer, sum);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw fault(error);
  }
  if (sum !== entry.crc32)
    throw new ZipError('zip-broken', 'The checksum of the file is another than the archive says.');
}

function streamOf(archive: yauzl.ZipFile, entry: yauzl.Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

/** The name by its Unicode extra field, its UTF-8 flag, as UTF-8 when it is that, else as GB18030, which Chinese Windows writes. */
function nameOf(entry: yauzl.Entry): string {
  // With decodeStrings off the library gives the name as bytes.
  const raw = entry.fileName as unknown as Buffer;
  const extra = entry.extraFields.find(({ id, data }) => id === UNICODE_PATH && data.length > 5 && data[0] === 1);
  const bytes = extra ? extra.data.subarray(5) : raw;
  return decoded(bytes, extra !== undefined || (entry.generalPurposeBitFlag & UTF8_NAME) !== 0).replaceAll('\\', '/');
}

function decoded(bytes: Buffer, declaredUtf8: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(declaredUtf8 ? 'utf-8' : 'gb18030').decode(bytes);
  }
}
