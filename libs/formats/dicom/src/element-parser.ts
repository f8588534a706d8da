import type { ByteView } from './byte-view.js';
import { DicomFormatError } from './dicom-format-error.js';
import { vrOf } from './dictionary.js';
import { isLongVr, isVr } from './value-representations.js';

/** One element as it lies in the buffer. Tags are numbers: group × 65536 + element. */
export interface RawElement {
  readonly tag: number;
  readonly vr: string;
  /** Position and byte count of the value; for fragments, of all items with their delimiter. */
  readonly offset: number;
  readonly length: number;
  readonly bigEndian: boolean;
  readonly items?: RawElement[][];
  /** The value is a row of fragments (PS3.5 section A.4). */
  readonly fragmented?: boolean;
}

/** How a data set is encoded. */
export interface Encoding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

/** The buffer ends inside an element. */
export class EndOfBytes extends Error {
  override readonly name = 'EndOfBytes';
}

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const UNDEFINED = 0xffffffff;
const DEEPEST = 64;
/** Elements and items of one data set; a header of that many is made to fill memory. */
const MOST_ELEMENTS = 500_000;

export const PIXEL_DATA_TAGS: ReadonlySet<number> = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);

interface Header {
  readonly tag: number;
  readonly vr: string;
  readonly length: number;
  readonly value: number;
}

/** Walks the elements of a data set held in memory. One instance per data set; `at` is where it stands. */
export class ElementParser {
  at = 0;
  private count = 0;
  constructor(private readonly bytes: ByteView) {}

  private counted(): void {
    this.count += 1;
    if (this.count > MOST_ELEMENTS) throw new DicomFormatError('too-large', 'The data set has too many elements.');
  }

  /** The next element header; throws {@link EndOfBytes} when the buffer ends inside it. */
  header(encoding: Encoding): Header {
    const { bytes, at } = this;
    if (at + 8 > bytes.length) throw new EndOfBytes();
    const big = encoding.bigEndian;
    const group = big ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
    const tag = group * 0x10000 + (big ? bytes.readUInt16BE(at + 2) : bytes.readUInt16LE(at + 2));
    if (encoding.explicit && group !== 0xfffe) {
      const vr = String.fromCharCode(bytes.readUInt8(at + 4), bytes.readUInt8(at + 5));
      if (isLongVr(vr)) {
        if (at + 12 > bytes.length) throw new EndOfBytes();
        return { tag, vr, length: this.uint32(at + 8, big), value: at + 12 };
      }
      if (isVr(vr)) return { tag, vr, length: this.uint16(at + 6, big), value: at + 8 };
      // Two capitals of no known VR: read as pydicom does, with a short length. Anything else: an implicit header.
      if (/^[A-Z]{2}$/.test(vr)) return { tag, vr: vrOf(tag) ?? 'UN', length: this.uint16(at + 6, big), value: at + 8 };
    }
    return { tag, vr: vrOf(tag) ?? 'UN', length: this.uint32(at + 4, big), value: at + 8 };
  }

  /** The element at `at`, whole, with its items; `at` moves behind it. */
  element(encoding: Encoding, depth: number, limit: number): RawElement {
    this.counted();
    const { tag, vr, length, value } = this.header(encoding);
    const { bigEndian } = encoding;
    this.at = value;
    if (length === UNDEFINED) return this.undefinedLength(tag, vr, encoding, depth, limit);
    const end = value + length;
    if (end > limit) {
      if (limit < this.bytes.length) throw new DicomFormatError('malformed', `${hex(tag)} is longer than its item.`);
      throw new EndOfBytes();
    }
    const known = vr === 'UN' ? vrOf(tag) : undefined;
    if (vr === 'SQ') {
      const items = this.items(encoding, depth, end, false);
      this.at = end;
      return { tag, vr, offset: value, length, bigEndian, items };
    }
    if (known === 'SQ') {
      const items = this.tryItems(depth, end);
      this.at = end;
      if (items) return { tag, vr: 'SQ', offset: value, length, bigEndian: false, items };
    }
    this.at = end;
    // A value under UN is encoded as Implicit VR Little Endian would (PS3.5 section 6.2.2 note 2).
    if (known && known !== 'SQ') return { tag, vr: known, offset: value, length, bigEndian: false };
    return { tag, vr, offset: value, length, bigEndian };
  }

  private undefinedLength(tag: number, vr: string, encoding: Encoding, depth: number, limit: number): RawElement {
    const start = this.at;
    const { bigEndian } = encoding;
    if (PIXEL_DATA_TAGS.has(tag) || vr === 'OB' || vr === 'OW') {
      this.skipFragments(limit, bigEndian);
      return { tag, vr, offset: start, length: this.at - start, bigEndian, fragmented: true };
    }
    const inner = vr === 'UN' && encoding.explicit ? this.encodingOfUnknown() : encoding;
    const items = this.items(inner, depth, limit, true);
    return { tag, vr: 'SQ', offset: start, length: this.at - start, bigEndian: inner.bigEndian, items };
  }

  /** Moves behind the sequence delimiter of a row of fragments. */
  skipFragments(limit: number, bigEndian: boolean): void {
    for (;;) {
      // A missing delimiter at the very end of the file loses nothing.
      if (this.at === this.bytes.length && limit === this.bytes.length && this.at > 0) return;
      if (this.at + 8 > limit) throw new EndOfBytes();
      const tag = this.tagAt(this.at, bigEndian);
      const length = this.uint32(this.at + 4, bigEndian);
      this.at += 8;
      if (tag === SEQUENCE_END) return;
      if (tag !== ITEM || length === UNDEFINED)
        throw new DicomFormatError('malformed', 'A pixel fragment has no item tag.');
      if (this.at + length > limit) throw new EndOfBytes();
      this.at += length;
    }
  }

  private items(encoding: Encoding, depth: number, limit: number, delimited: boolean): RawElement[][] {
    if (depth >= DEEPEST) throw new DicomFormatError('too-deep', 'Sequences are nested too deeply.');
    const items: RawElement[][] = [];
    for (;;) {
      if (!delimited && this.at >= limit) return items;
      if (this.at + 8 > limit) throw new EndOfBytes();
      const tag = this.tagAt(this.at, encoding.bigEndian);
      const length = this.uint32(this.at + 4, encoding.bigEndian);
      this.at += 8;
      if (tag === SEQUENCE_END) return items;
      this.counted();
      if (tag !== ITEM) throw new DicomFormatError('malformed', `A sequence holds ${hex(tag)} where an item belongs.`);
      if (length === UNDEFINED) items.push(this.item(encoding, depth, limit, true));
      else {
        if (this.at + length > limit) throw new EndOfBytes();
        items.push(this.item(encoding, depth, this.at + length, false));
      }
    }
  }

  private item(encoding: Encoding, depth: number, limit: number, delimited: boolean): RawElement[] {
    const elements: RawElement[] = [];
    for (;;) {
      if (!delimited && this.at >= limit) return elements;
      if (this.at + 8 > limit) throw new EndOfBytes();
      const tag = this.tagAt(this.at, encoding.bigEndian);
      if (tag === ITEM_END) {
        this.at += 8;
        return elements;
      }
      // An item that forgot its delimiter ends where the next item or the sequence does.
      if (tag === SEQUENCE_END || tag === ITEM) return elements;
      elements.push(this.element(encoding, depth + 1, limit));
    }
  }

  /** Items of a sequence under UN, or undefined when the bytes are none. */
  private tryItems(depth: number, end: number): RawElement[][] | undefined {
    const start = this.at;
    if (end - start >= 8 && this.tagAt(start, false) !== ITEM) return undefined;
    try {
      return this.items(this.encodingOfUnknown(), depth, end, false);
    } catch (error) {
      if (error instanceof DicomFormatError && error.code === 'too-deep') throw error;
      if (!(error instanceof DicomFormatError || error instanceof EndOfBytes)) throw error;
      this.at = start;
      return undefined;
    }
  }

  /** Sequences under UN are implicit little endian; some writers leave the explicit encoding inside. */
  private encodingOfUnknown(): Encoding {
    const vrAt = this.at + 12;
    const explicit =
      vrAt + 2 <= this.bytes.length &&
      isVr(String.fromCharCode(this.bytes.readUInt8(vrAt), this.bytes.readUInt8(vrAt + 1)));
    return { explicit, bigEndian: false };
  }

  private tagAt(at: number, big: boolean): number {
    return this.uint16(at, big) * 0x10000 + this.uint16(at + 2, big);
  }

  private uint16(at: number, big: boolean): number {
    return big ? this.bytes.readUInt16BE(at) : this.bytes.readUInt16LE(at);
  }

  private uint32(at: number, big: boolean): number {
    return big ? this.bytes.readUInt32BE(at) : this.bytes.readUInt32LE(at);
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

const keys = new Map<number, string>();
/** Devices use a few thousand tags; made-up ones must not fill memory. */
const MOST_KEYS = 20_000;

/** `00100010`, the key of DICOM JSON. */
export function hex(tag: number): string {
  const known = keys.get(tag);
  if (known !== undefined) return known;
  const key = hexOf(tag);
  if (keys.size < MOST_KEYS) keys.set(tag, key);
  return key;
}

function hexOf(tag: number): string {
  return HEX[tag >>> 24]! + HEX[(tag >>> 16) & 255]! + HEX[(tag >>> 8) & 255]! + HEX[tag & 255]!;
}
