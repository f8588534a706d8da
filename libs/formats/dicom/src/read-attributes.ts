import { inflateRawSync, constants } from 'node:zlib';
import { FetchedBytes, type ByteView } from './byte-view.js';
import { type CharacterSetFinding, findCharacterSet } from './character-set-guess.js';
import { DicomFormatError } from './dicom-format-error.js';
import type { DicomJson } from './dicom-json.js';
import { vrOf } from './dictionary.js';
import { ElementParser, type Encoding, EndOfBytes, hex, PIXEL_DATA_TAGS, type RawElement } from './element-parser.js';
import { isBulk, jsonOf } from './element-values.js';
import { transferSyntaxOf, type TransferSyntax } from './transfer-syntaxes.js';
import { followsCharacterSet, isVr } from './value-representations.js';

/** Where bytes lie in the data set (in the inflated one for a deflated syntax). */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The pixel data element of the top level. */
export interface PixelDataLocation {
  /** First byte of the value: of the first pixel when native, of the basic offset table item when encapsulated. */
  readonly offset: number;
  /** Bytes of a native value; undefined for fragments of undefined length. */
  readonly length: number | undefined;
  readonly vr: string;
  /** Values of (7FE0,0001) and (7FE0,0002), where the file has them. */
  readonly extendedOffsetTable?: { readonly offsets: ByteRange; readonly lengths: ByteRange };
}

/** What {@link readAttributes} found. */
export interface ReadResult {
  /** DICOM JSON without pixel data and group lengths; text is Unicode, so (0008,0005) then says ISO_IR 192. */
  readonly attributes: DicomJson;
  readonly pixelData?: PixelDataLocation;
  /** Where the values behind each BulkDataURI lie. */
  readonly bulk: Readonly<Record<string, ByteRange>>;
  /** The prefix ended before the pixel data or the end: call again with a longer one. */
  readonly needMore: boolean;
  readonly charset: CharacterSetFinding;
}

const SPECIFIC_CHARACTER_SET = 0x00080005;
const PIXEL_REPRESENTATION = 0x00280103;
const UNDEFINED = 0xffffffff;
/** A deflated data set held in memory may not grow beyond this (a decompression bomb would); for a moment twice of it is held. */
const LARGEST_INFLATED = 48 * 1024 * 1024;
/** Zeros behind the last element are padding, up to this many. */
const LONGEST_PADDING = 1024 * 1024;

/** The data set inside a deflated one (PS3.5 section A.5). A prefix gives as much as it holds. */
export function inflateDataset(dataset: Buffer, complete = true): Buffer {
  try {
    return inflateRawSync(dataset, {
      finishFlush: complete ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
      maxOutputLength: LARGEST_INFLATED,
    });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new DicomFormatError('too-large', 'The deflated data set grows too large.');
    if (code === 'Z_BUF_ERROR') throw new DicomFormatError('truncated', 'The deflated data set is cut short.');
    throw new DicomFormatError('malformed', 'The deflated data set cannot be inflated.');
  }
}

/** Files that say explicit and write implicit, or the reverse, or the other byte order, tell so in their first tag. */
export function actualEncoding(bytes: ByteView, declared: Encoding): Encoding {
  if (bytes.length < 8) return declared;
  const explicit = isVr(String.fromCharCode(bytes.readUInt8(4), bytes.readUInt8(5)));
  const low = (group: number): boolean => group > 0 && group < 0x0100;
  const little = bytes.readUInt16LE(0);
  const big = bytes.readUInt16BE(0);
  if (low(little) === low(big)) return { explicit, bigEndian: declared.bigEndian };
  return { explicit, bigEndian: low(big) };
}

interface Parsed {
  readonly elements: RawElement[];
  readonly pixelData?: { offset: number; length: number | undefined; vr: string };
  readonly ended: boolean;
}

function isPadding(bytes: ByteView, at: number): boolean {
  if (bytes.length - at > LONGEST_PADDING) return false;
  for (let index = at; index < bytes.length; index += 1) if (bytes.readUInt8(index) !== 0) return false;
  return true;
}

function parse(bytes: ByteView, encoding: Encoding, complete: boolean, until = Infinity): Parsed {
  const parser = new ElementParser(bytes);
  const elements: RawElement[] = [];
  let pixelData: Parsed['pixelData'];
  let start = 0;
  try {
    while (parser.at < bytes.length) {
      start = parser.at;
      const header = parser.header(encoding);
      if (header.tag > until) return { elements, ended: true };
      if (header.tag === 0 && isPadding(bytes, start)) break;
      if (!pixelData && PIXEL_DATA_TAGS.has(header.tag)) {
        const length = header.length === UNDEFINED ? undefined : header.length;
        pixelData = { offset: header.value, length, vr: header.vr };
        if (!complete) return { elements, pixelData, ended: true };
      }
      elements.push(parser.element(encoding, 0, bytes.length));
    }
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
    if (complete && !isPadding(bytes, start)) {
      throw new DicomFormatError('truncated', 'The data set ends inside an element.');
    }
    return { elements, ...(pixelData && { pixelData }), ended: complete };
  }
  return { elements, ...(pixelData && { pixelData }), ended: complete };
}

function valueOf(bytes: ByteView, element: RawElement): Buffer {
  return bytes.subarray(element.offset, element.offset + element.length);
}

function declaredSet(elements: readonly RawElement[], bytes: ByteView): string[] | undefined {
  const element = elements.find(({ tag }) => tag === SPECIFIC_CHARACTER_SET);
  if (!element) return undefined;
  if (isBulk(element)) return [];
  const text = valueOf(bytes, element).toString('latin1').replaceAll('\0', ' ').trimEnd();
  return text === '' ? [] : text.split('\\').map((term) => term.trim());
}

const hasHighByte = (value: Buffer): boolean => {
  for (let at = 0; at < value.length; at += 1) if (value[at]! >= 0x80) return true;
  return false;
};

/** Text values with bytes beyond ASCII that stand under the character set of the enclosing data set. */
function highText(elements: readonly RawElement[], bytes: ByteView, into: Buffer[]): Buffer[] {
  for (const element of elements) {
    if (element.items) {
      for (const item of element.items) if (!declaredSet(item, bytes)) highText(item, bytes, into);
    } else if (followsCharacterSet(element.vr) && !isBulk(element)) {
      const value = valueOf(bytes, element);
      if (hasHighByte(value)) into.push(trimPadding(value));
    }
  }
  return into;
}

function trimPadding(value: Buffer): Buffer {
  let end = value.length;
  while (end > 0 && (value[end - 1] === 0 || value[end - 1] === 32)) end -= 1;
  return value.subarray(0, end);
}

/** Turns raw elements into DICOM JSON, collecting where bulk values lie. */
class JsonBuilder {
  readonly bulk: Record<string, ByteRange> = {};
  constructor(
    private readonly bytes: ByteView,
    private readonly signed: boolean,
  ) {}

  dataset(elements: readonly RawElement[], characterSet: readonly string[], path: string): DicomJson {
    const json: DicomJson = {};
    for (const raw of elements) {
      if ((raw.tag & 0xffff) === 0 || raw.tag === 0xfffcfffc) continue;
      if (path === '' && PIXEL_DATA_TAGS.has(raw.tag)) continue;
      const element = raw.vr === 'xs' ? { ...raw, vr: this.signed ? 'SS' : 'US' } : raw;
      const key = hex(element.tag);
      const { vr } = element;
      if (element.items) {
        const at = `${path}${key}/`;
        const items = element.items.map((item, index) => this.item(item, characterSet, `${at}${index}/`));
        json[key] = items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items };
      } else if (isBulk(element)) {
        const uri = `bulk/${path}${key}`;
        this.bulk[uri] = { offset: element.offset, length: element.length };
        json[key] = { vr, BulkDataURI: uri };
      } else if (element.tag === SPECIFIC_CHARACTER_SET) {
        json[key] = { vr: 'CS', Value: ['ISO_IR 192'] };
      } else json[key] = jsonOf(element, this.bytes, characterSet);
    }
    return json;
  }

  /** An item without its own (0008,0005) takes that of the data set around it (PS3.3 section C.12.1.1.2). */
  private item(elements: readonly RawElement[], inherited: readonly string[], path: string): DicomJson {
    const declared = declaredSet(elements, this.bytes);
    if (!declared) return this.dataset(elements, inherited, path);
    const finding = findCharacterSet(declared, highText(elements, this.bytes, []));
    return this.dataset(elements, finding.used.split('\\'), path);
  }
}

function extendedOffsetTable(elements: readonly RawElement[]): Pick<PixelDataLocation, 'extendedOffsetTable'> {
  const range = (wanted: number): ByteRange | undefined => elements.find(({ tag }) => tag === wanted);
  const offsets = range(0x7fe00001);
  const lengths = range(0x7fe00002);
  if (!offsets || !lengths || offsets.length === 0 || offsets.length !== lengths.length) return {};
  const plain = ({ offset, length }: ByteRange): ByteRange => ({ offset, length });
  return { extendedOffsetTable: { offsets: plain(offsets), lengths: plain(lengths) } };
}

/**
 * Reads a data set (no preamble, no group 0002) into DICOM JSON, as tolerant as the files of the world need: unknown
 * VRs, UN sequences, empty or non-numeric IS and DS (kept as text), a data set in the other VR encoding than declared.
 * With `complete: false` the buffer may be any prefix; then `needMore` tells whether the pixel data (or the end) was
 * reached; with `until` only elements up to that tag are read. Throws {@link DicomFormatError}: `truncated`, `malformed`, `too-deep`, `too-large`,
 * `unknown-transfer-syntax`. UIDs are not insisted on here: see `instanceUids`.
 */
export function readAttributes(
  dataset: Buffer,
  transferSyntaxUid: string,
  options: { readonly complete?: boolean; readonly until?: number } = {},
): ReadResult {
  const complete = options.complete ?? true;
  const syntax = syntaxOf(transferSyntaxUid);
  return readFrom(syntax.deflated ? inflateDataset(dataset, complete) : dataset, syntax, complete, options.until);
}

/**
 * As `readAttributes` for a whole data set of any size, of which only headers and short values are looked at: `fetch` gives bytes at once
 * (from a file's cache), and large values are never asked for.
 * @throws DicomFormatError as `readAttributes`; `too-large` also for a header of over 24 MiB. Not for a deflated syntax.
 */
export function readAttributesOf(
  length: number,
  fetch: (start: number, length: number) => Buffer,
  transferSyntaxUid: string,
): ReadResult {
  return readFrom(new FetchedBytes(length, fetch), syntaxOf(transferSyntaxUid), true);
}

function syntaxOf(uid: string): TransferSyntax {
  const syntax = transferSyntaxOf(uid);
  if (!syntax) throw new DicomFormatError('unknown-transfer-syntax', `Transfer syntax ${uid} is unknown.`);
  return syntax;
}

function readFrom(bytes: ByteView, syntax: TransferSyntax, complete: boolean, until?: number): ReadResult {
  const { elements, pixelData, ended } = parse(bytes, actualEncoding(bytes, syntax), complete, until);
  const declared = declaredSet(elements, bytes) ?? [];
  const samples = highText(elements, bytes, []);
  const charset = findCharacterSet(declared, samples);
  const representation = elements.find(({ tag }) => tag === PIXEL_REPRESENTATION);
  const signed = representation !== undefined && valueOf(bytes, representation).includes(1);
  const builder = new JsonBuilder(bytes, signed);
  const attributes = builder.dataset(elements, charset.used.split('\\'), '');
  // The text is Unicode now, whatever it was: name it, also where the file named nothing.
  if (samples.length > 0) attributes['00080005'] = { vr: 'CS', Value: ['ISO_IR 192'] };
  return {
    attributes,
    ...(pixelData && {
      pixelData: {
        ...pixelData,
        vr: pixelData.vr === 'UN' ? (vrOf(0x7fe00010) ?? 'OW') : pixelData.vr,
        ...extendedOffsetTable(elements),
      },
    }),
    bulk: builder.bulk,
    needMore: !ended,
    charset,
  };
}
