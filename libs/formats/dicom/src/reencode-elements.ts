import { DicomFormatError } from './dicom-format-error.js';
import { ElementParser, type Encoding, EndOfBytes, hex, PIXEL_DATA_TAGS, type RawElement } from './element-parser.js';
import { actualEncoding } from './read-attributes.js';
import { isLongVr, unitOf } from './value-representations.js';
import { writeElements, type WritableDataset } from './write-dataset.js';

const UNDEFINED = 0xffffffff;
const PIXEL_REPRESENTATION = 0x00280103;
const ICON_IMAGE_SEQUENCE = 0x00880200;
const EXTENDED_OFFSET_TABLES = new Set([0x7fe00001, 0x7fe00002]);
const TRAILING_PADDING = 0xfffcfffc;
/** The longest value behind a header with a 16-bit length. */
const SHORT_LIMIT = 0xfffe;

export interface ReencodeOptions {
  /** Elements of the top level to write instead of, or in addition to, those that are there; null leaves one out. */
  readonly replace?: Readonly<Record<string, WritableDataset[string] | null>>;
  /** The pixel data leave their encapsulation: what only makes sense with it goes too. */
  readonly toNative?: boolean;
}

/**
 * The elements of a data set (or of a piece of one that begins and ends between elements of the top level) in another encoding: VR,
 * byte order and lengths are written anew, sequences and items with defined lengths, values are those that were there, text byte for
 * byte. VRs that a header does not say come from the dictionary, else UN; a value too long for its VR goes out as UN (PS3.5 6.2.2).
 * Group lengths and trailing padding are left out, because they would lie. Pixel data of the top level end the walk.
 *
 * With `toNative` the extended offset table goes, and with it an icon whose pixels are fragments, as natively encoded data sets have
 * none (PS3.5 A.4).
 *
 * @returns buffers to be written one after the other; many of them are views of `bytes`
 * @throws DicomFormatError `malformed`, `truncated`, `too-deep`, `too-large`
 */
export function reencodeElements(
  bytes: Buffer,
  declared: Encoding,
  target: Encoding,
  options: ReencodeOptions = {},
): Buffer[] {
  const encoding = actualEncoding(bytes, declared);
  const elements = parse(bytes, encoding);
  const signed = elements.find(({ tag }) => tag === PIXEL_REPRESENTATION);
  const writer = new Writer(
    bytes,
    target,
    signed !== undefined && bytes[signed.offset + (signed.bigEndian ? 1 : 0)] === 1,
  );
  return mergeReplacements(
    elements.filter((element) => keeps(element, options.toNative === true)),
    (element) => writer.element(element),
    target,
    options.replace ?? {},
  );
}

/** The header of the pixel data element, to be followed by its value. `length` undefined: fragments. */
export function pixelDataHeader(vr: 'OB' | 'OW' | 'OF' | 'OD', length: number | undefined, target: Encoding): Buffer {
  const tag = vr === 'OF' ? 0x7fe00008 : vr === 'OD' ? 0x7fe00009 : 0x7fe00010;
  return header(tag, vr, length ?? UNDEFINED, target);
}

function parse(bytes: Buffer, encoding: Encoding): RawElement[] {
  const parser = new ElementParser(bytes);
  const elements: RawElement[] = [];
  try {
    while (parser.at < bytes.length) {
      if (isZeroes(bytes, parser.at)) break;
      if (PIXEL_DATA_TAGS.has(parser.header(encoding).tag)) break;
      elements.push(parser.element(encoding, 0, bytes.length));
    }
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
    // The header of the pixel data is cut off where the caller cut; anything else is a data set that ends early.
    if (bytes.length - parser.at > 12) throw new DicomFormatError('truncated', 'The data set ends inside an element.');
  }
  return elements;
}

function isZeroes(bytes: Buffer, at: number): boolean {
  if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 0 || bytes[at + 3] !== 0) return false;
  for (let index = at; index < bytes.length; index += 1) if (bytes[index] !== 0) return false;
  return true;
}

function keeps(element: RawElement, toNative: boolean): boolean {
  if ((element.tag & 0xffff) === 0 || element.tag === TRAILING_PADDING) return false;
  if (!toNative) return true;
  if (EXTENDED_OFFSET_TABLES.has(element.tag)) return false;
  const icons = element.tag === ICON_IMAGE_SEQUENCE ? (element.items ?? []) : [];
  return !icons.flat().some((inner) => inner.fragmented === true && PIXEL_DATA_TAGS.has(inner.tag));
}

function mergeReplacements(
  elements: readonly RawElement[],
  write: (element: RawElement) => Buffer[],
  target: Encoding,
  replace: Readonly<Record<string, WritableDataset[string] | null>>,
): Buffer[] {
  const waiting = Object.keys(replace)
    .filter((key) => replace[key] !== null)
    .sort();
  const out: Buffer[] = [];
  const writeWaiting = (before: number): void => {
    while (waiting.length > 0 && Number.parseInt(waiting[0]!, 16) <= before) {
      const key = waiting.shift()!;
      out.push(writeElements({ [key]: replace[key]! }, target));
    }
  };
  for (const element of elements) {
    writeWaiting(element.tag);
    if (!(hex(element.tag) in replace)) out.push(...write(element));
  }
  writeWaiting(0xffffffff);
  return out;
}

class Writer {
  constructor(
    private readonly bytes: Buffer,
    private readonly target: Encoding,
    private readonly signed: boolean,
  ) {}

  element(element: RawElement): Buffer[] {
    const { tag } = element;
    const vr = element.vr === 'xs' ? (this.signed ? 'SS' : 'US') : element.vr;
    if (element.fragmented) {
      return [
        header(tag, vr, UNDEFINED, this.target),
        this.bytes.subarray(element.offset, element.offset + element.length),
      ];
    }
    if (element.items) {
      const items = element.items.flatMap((item) => this.item(item));
      return [header(tag, 'SQ', lengthOf(items), this.target), ...items];
    }
    const value = this.value(element, vr);
    // An odd length breaks every reader behind it; the value gets the padding it should have had (PS3.5 6.2).
    const padding = value.length % 2 === 1 ? [Buffer.from(unitOf(vr) !== undefined || vr === 'UI' ? '\0' : ' ')] : [];
    const length = value.length + padding.length;
    const written = this.target.explicit && !isLongVr(vr) && length > SHORT_LIMIT ? 'UN' : vr;
    return [header(tag, written, length, this.target), value, ...padding];
  }

  private item(elements: readonly RawElement[]): Buffer[] {
    const body = elements
      .filter(({ tag }) => (tag & 0xffff) !== 0 && tag !== TRAILING_PADDING)
      .flatMap((element) => this.element(element));
    return [header(0xfffee000, '', lengthOf(body), this.target), ...body];
  }

  private value(element: RawElement, vr: string): Buffer {
    const value = this.bytes.subarray(element.offset, element.offset + element.length);
    const unit = unitOf(vr) ?? 1;
    if (unit === 1 || element.bigEndian === this.target.bigEndian) return value;
    return swapped(value, unit);
  }
}

/** A copy with the bytes of each word of `unit` in the other order; what is left over at the end stays as it is. */
export function swapped(value: Buffer, unit: number): Buffer {
  const copy = Buffer.from(value);
  const whole = copy.subarray(0, copy.length - (copy.length % unit));
  if (unit === 2) whole.swap16();
  else if (unit === 4) whole.swap32();
  else if (unit === 8) whole.swap64();
  return copy;
}

function lengthOf(parts: readonly Buffer[]): number {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length >= UNDEFINED) throw new DicomFormatError('too-large', 'A sequence grows beyond 4 GB.');
  return length;
}

function header(tag: number, vr: string, length: number, { explicit, bigEndian }: Encoding): Buffer {
  const named = explicit && tag >>> 16 !== 0xfffe;
  const long = named && isLongVr(vr);
  const out = Buffer.alloc(long ? 12 : 8);
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  view.setUint16(0, tag >>> 16, !bigEndian);
  view.setUint16(2, tag & 0xffff, !bigEndian);
  if (named) out.write(vr, 4, 'latin1');
  if (named && !long) view.setUint16(6, length, !bigEndian);
  else view.setUint32(long ? 8 : 4, length, !bigEndian);
  return out;
}
