import { DicomFormatError } from './dicom-format-error.js';
import { dictionaryVr } from './dictionary.js';
import { isLongVr, isVr } from './value-representations.js';
import { writeDataset, type WritableValue } from './write-dataset.js';

/** Bytes of a data set in order: written ones, and places where the bytes behind a BulkDataURI go, already of even length or `padded`. */
export type DatasetPiece = Buffer | { readonly bulk: string; readonly part: number };

/** What stands behind a BulkDataURI: the lengths of its parts (several: one for each frame); undefined when nothing does. */
export type BulkLengths = (uri: string) => readonly number[] | undefined;

const DEEPEST = 64;
const MOST_PIECES = 1_000_000;
const PIXEL_DATA = '7FE00010';
const TAG = /^[0-9A-F]{8}$/;
const PAD = Buffer.alloc(1);
const UNDEFINED = 0xffffffff;

interface JsonElement {
  vr?: unknown;
  Value?: unknown;
  InlineBinary?: unknown;
  BulkDataURI?: unknown;
}

function malformed(message: string): DicomFormatError {
  return new DicomFormatError('malformed', message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tagBytes(tag: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  bytes.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  return bytes;
}

function item(tag: string, length: number): Buffer {
  const bytes = Buffer.concat([tagBytes(tag), Buffer.alloc(4)]);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function header(tag: string, vr: string, length: number): Buffer {
  if (!isLongVr(vr) && length > 0xffff) throw malformed(`${tag} is too long for its VR.`);
  const bytes = Buffer.alloc(isLongVr(vr) ? 12 : 8);
  tagBytes(tag).copy(bytes);
  bytes.write(vr, 4, 'latin1');
  if (isLongVr(vr)) bytes.writeUInt32LE(length, 8);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

/** One value of the JSON model as the writer takes it: a name as its groups, nothing as ''. */
function writable(value: unknown): WritableValue {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (!isObject(value)) throw malformed('A value is neither text, number, name nor data set.');
  const groups = ['Alphabetic', 'Ideographic', 'Phonetic'].map((group) => {
    const text = value[group] ?? '';
    if (typeof text !== 'string') throw malformed('A group of a name is no text.');
    return text;
  });
  return groups.join('=').replace(/=+$/, '');
}

class Writer {
  readonly pieces: DatasetPiece[] = [];

  constructor(
    private readonly encapsulated: boolean,
    private readonly lengths: BulkLengths,
  ) {}

  private add(...pieces: DatasetPiece[]): void {
    if (this.pieces.length > MOST_PIECES) throw malformed('The data set has too many elements.');
    this.pieces.push(...pieces);
  }

  dataset(json: Record<string, unknown>, depth: number): void {
    if (depth > DEEPEST) throw new DicomFormatError('too-deep', 'Sequences are nested too deeply.');
    const tags = Object.keys(json).sort();
    for (const tag of tags) {
      if (!TAG.test(tag)) throw malformed(`${tag.slice(0, 20)} is no tag of eight upper case hexadecimal digits.`);
      // Group 0002 is the file's, group lengths are nobody's any more.
      if (tag.startsWith('0002') || tag.endsWith('0000')) continue;
      const element = json[tag];
      if (!isObject(element)) throw malformed(`${tag} is no element.`);
      this.element(tag, element, depth);
    }
  }

  private element(tag: string, element: JsonElement, depth: number): void {
    const vr = typeof element.vr === 'string' && isVr(element.vr) ? element.vr : (dictionaryVr(tag) ?? 'UN');
    if (typeof element.BulkDataURI === 'string') return this.bulk(tag, vr, element.BulkDataURI, depth);
    if (typeof element.InlineBinary === 'string')
      return this.binary(tag, vr, Buffer.from(element.InlineBinary, 'base64'), depth);
    const values = element.Value ?? [];
    if (!Array.isArray(values)) throw malformed(`The value of ${tag} is no array.`);
    if (vr === 'SQ') return this.sequence(tag, values, depth);
    if (values.length === 0) return this.add(header(tag, vr, 0));
    if (vr === 'UV' || vr === 'SV') return this.add(header(tag, vr, values.length * 8), bigNumbers(vr, values));
    this.add(writeDataset({ [tag]: { vr, Value: values.map(writable) } }));
  }

  private sequence(tag: string, values: unknown[], depth: number): void {
    this.add(header(tag, 'SQ', UNDEFINED));
    for (const value of values) {
      if (!isObject(value)) throw malformed(`An item of ${tag} is no data set.`);
      this.add(item('FFFEE000', UNDEFINED));
      this.dataset(value, depth + 1);
      this.add(item('FFFEE00D', 0));
    }
    this.add(item('FFFEE0DD', 0));
  }

  private bulk(tag: string, vr: string, uri: string, depth: number): void {
    const lengths = this.lengths(uri);
    if (!lengths || lengths.length === 0)
      throw new DicomFormatError('missing-bulk-data', `No part of the body is ${uri.slice(0, 100)}.`);
    if (tag === PIXEL_DATA && depth === 0 && this.encapsulated) {
      this.fragments(lengths.map((length, part) => ({ length, piece: { bulk: uri, part } })));
      return;
    }
    const length = lengths.reduce((sum, one) => sum + one, 0);
    if (length >= UNDEFINED - 1) throw malformed(`${tag} is longer than an element can be.`);
    this.add(header(tag, vr, length + (length % 2)), ...lengths.map((_length, part) => ({ bulk: uri, part })));
    if (length % 2 === 1) this.add(PAD);
  }

  private binary(tag: string, vr: string, bytes: Buffer, depth: number): void {
    if (tag === PIXEL_DATA && depth === 0 && this.encapsulated)
      return this.fragments([{ length: bytes.length, piece: bytes }]);
    this.add(header(tag, vr, bytes.length + (bytes.length % 2)), bytes);
    if (bytes.length % 2 === 1) this.add(PAD);
  }

  /** One fragment for each frame behind an empty basic offset table (PS3.5 section A.4). */
  private fragments(frames: { length: number; piece: DatasetPiece }[]): void {
    this.add(header(PIXEL_DATA, 'OB', UNDEFINED), item('FFFEE000', 0));
    for (const { length, piece } of frames) {
      this.add(item('FFFEE000', length + (length % 2)), piece);
      if (length % 2 === 1) this.add(PAD);
    }
    this.add(item('FFFEE0DD', 0));
  }
}

function bigNumbers(vr: string, values: unknown[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => {
    const number = BigInt(value as string | number);
    if (vr === 'UV') bytes.writeBigUInt64LE(number, index * 8);
    else bytes.writeBigInt64LE(number, index * 8);
  });
  return bytes;
}

/**
 * The bytes of a data set given in the DICOM JSON model (PS3.18 annex F), Explicit VR Little Endian, text in UTF-8 (and (0008,0005) says
 * so). What stands behind a BulkDataURI is left as a place for the caller to fill, so that it may be of any size; with `encapsulated` each
 * part of the pixel data becomes one fragment.
 * @throws DicomFormatError `malformed`, `too-deep`, `missing-bulk-data`
 */
export function datasetFromJson(
  json: unknown,
  options: { encapsulated: boolean; lengths: BulkLengths },
): DatasetPiece[] {
  if (!isObject(json)) throw malformed('The instance is no JSON object.');
  const writer = new Writer(options.encapsulated, options.lengths);
  try {
    writer.dataset({ ...json, '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } }, 0);
  } catch (error) {
    if (error instanceof DicomFormatError) throw error;
    // Numbers that their VR cannot hold.
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError)
      throw malformed(error.message);
    throw error;
  }
  return writer.pieces;
}
