import { crc32, inflateRawSync } from 'node:zlib';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgRecording } from '../ecg-recording.js';
import { readWfdb, type WfdbFile } from './read-wfdb.js';

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerAt: number;
}

const END = 0x0605_4b50;
const DIRECTORY = 0x0201_4b50;
const LOCAL = 0x0403_4b50;
const MOST_ENTRIES = 1000;
/** Of all files together, inflated: as 32-bit samples they stay below four times of it. */
const MOST_BYTES = 64 << 20;

/** Whether this is a ZIP archive with a WFDB header in it. Never throws. */
export function looksLikeWfdbArchive(bytes: Uint8Array): boolean {
  try {
    return bytes[0] === 0x50 && bytes[1] === 0x4b && entriesOf(bytes).some(({ name }) => isHeader(name));
  } catch {
    return false;
  }
}

/**
 * A WFDB record as one file: a ZIP archive (APPNOTE 6.3, stored or deflated) of its header and signal files. At most 64 MiB inflated.
 * Only the record's own files are inflated; formats/zip reads archives as streams, which a reader that returns at once cannot.
 *
 * @throws EcgFormatError damaged (the archive or a checksum), unsupported (encrypted, another method, too large), else as `readWfdb`.
 */
export function readWfdbArchive(bytes: Uint8Array): EcgRecording {
  const entries = entriesOf(bytes).filter(({ name }) => !name.endsWith('/') && !name.startsWith('__MACOSX/'));
  const headers = entries.filter(({ name }) => isHeader(name));
  if (headers.length === 0) throw new EcgFormatError('not-ecg', 'The archive holds no WFDB header (.hea).');
  let left = MOST_BYTES;
  const files = entries
    .filter(({ name }) => !/\.(atr|qrs|ann|txt|xyz~)$/i.test(name))
    .map((entry): WfdbFile => {
      const content = contentOf(bytes, entry, left);
      left -= content.length;
      return { name: entry.name, bytes: content };
    });
  return readWfdb(files);
}

function isHeader(name: string): boolean {
  return /\.hea$/i.test(name) && !name.startsWith('__MACOSX/');
}

/** The directory stands at the end, before a comment of at most 64 kB. */
function entriesOf(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  const last = Math.max(0, end - 0xffff);
  while (end >= last && view.getUint32(end, true) !== END) end -= 1;
  if (end < last) throw new EcgFormatError('truncated', 'The archive has no directory.');
  const count = view.getUint16(end + 10, true);
  if (count > MOST_ENTRIES) throw new EcgFormatError('unsupported', `The archive has ${count} files.`);
  const entries: Entry[] = [];
  for (let i = 0, at = view.getUint32(end + 16, true); i < count; i += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== DIRECTORY)
      throw new EcgFormatError('damaged', 'The directory of the archive is damaged.');
    const nameLength = view.getUint16(at + 28, true);
    entries.push({
      name: new TextDecoder('utf-8').decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      crc: view.getUint32(at + 16, true),
      compressedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      headerAt: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function contentOf(bytes: Uint8Array, entry: Entry, most: number): Uint8Array {
  const { name, method, encrypted, crc, compressedSize, size, headerAt } = entry;
  if (encrypted) throw new EcgFormatError('unsupported', `'${name}' is encrypted.`);
  if (size > most) throw new EcgFormatError('unsupported', 'The files of the archive are larger than 64 MiB together.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (headerAt + 30 > bytes.length || view.getUint32(headerAt, true) !== LOCAL)
    throw new EcgFormatError('damaged', `'${name}' is not where the archive's directory says.`);
  const start = headerAt + 30 + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  if (start + compressedSize > bytes.length)
    throw new EcgFormatError('truncated', `The archive ends within '${name}'.`);
  const stored = bytes.subarray(start, start + compressedSize);
  const content = method === 0 ? stored : method === 8 ? inflated(stored, size, name) : undefined;
  if (!content) throw new EcgFormatError('unsupported', `'${name}' is packed by the method ${method}.`);
  if (content.length !== size || crc32(content) !== crc)
    throw new EcgFormatError('damaged', `The checksum of '${name}' is another than the archive says.`);
  return content;
}

/** Stops at the declared size, whatever the packed bytes would become. */
function inflated(stored: Uint8Array, size: number, name: string): Uint8Array {
  try {
    return inflateRawSync(stored, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw new EcgFormatError('damaged', `'${name}' cannot be unpacked.`);
  }
}
