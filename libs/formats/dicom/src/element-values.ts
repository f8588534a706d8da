import type { ByteView } from './byte-view.js';
import { decodeText } from './character-sets.js';
import type { DicomJsonElement, DicomJsonValue, PersonNameValue } from './dicom-json.js';
import type { RawElement } from './element-parser.js';
import { followsCharacterSet, unitOf } from './value-representations.js';

/** Binary values over this many bytes are referred to, not carried (both for words and for numbers). */
export const LARGEST_INLINE = 1024;

/** Text over this many bytes is referred to as well: no short VR holds more where VRs are explicit (PS3.5 section 7.1.2). */
export const LARGEST_INLINE_TEXT = 65_534;

/** VRs whose value is one text, backslashes included. */
const ONE_TEXT = new Set(['LT', 'ST', 'UT', 'UR']);

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 0)) end -= 1;
  return text.slice(0, end);
}

function orNull<T extends DicomJsonValue>(value: T): T | null {
  return value === '' ? null : value;
}

/** Number when it is one; the original text when a writer put something else there; null when empty. */
function numberOrText(text: string): number | string | null {
  const plain = text.trim();
  if (plain === '') return null;
  const number = Number(plain);
  return Number.isFinite(number) && /^[-+.0-9]/.test(plain) ? number : plain;
}

/** The three groups of a PN value (PS3.5 section 6.2.1.2); empty groups are left out. */
export function personNameOf(text: string): PersonNameValue | null {
  const [alphabetic = '', ideographic = '', phonetic = ''] = text.split('=').map((part) => trimEnd(part).trimStart());
  const value: PersonNameValue = {};
  if (alphabetic !== '') value.Alphabetic = alphabetic;
  if (ideographic !== '') value.Ideographic = ideographic;
  if (phonetic !== '') value.Phonetic = phonetic;
  return Object.keys(value).length === 0 ? null : value;
}

function textValues(vr: string, bytes: Buffer, characterSet: readonly string[]): DicomJsonValue[] {
  const text = followsCharacterSet(vr) ? decodeText(bytes, characterSet) : bytes.toString('latin1');
  if (ONE_TEXT.has(vr)) return [orNull(trimEnd(text))];
  const parts = trimEnd(text).split('\\');
  if (vr === 'PN') return parts.map((part) => personNameOf(part));
  if (vr === 'IS' || vr === 'DS') return parts.map((part) => numberOrText(trimEnd(part)));
  return parts.map((part) => orNull(vr === 'UC' ? trimEnd(part) : trimEnd(part).trimStart()));
}

function safe(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** PS3.18 table F.2.3-1 has no number for these; the words are those of its note. */
function float(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function tagText(group: number, element: number): string {
  return ((group * 0x10000 + element) >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

type NumberReader = (view: DataView, at: number, little: boolean) => DicomJsonValue;
const NUMBERS: Readonly<Record<string, NumberReader>> = {
  US: (view, at, little) => view.getUint16(at, little),
  SS: (view, at, little) => view.getInt16(at, little),
  UL: (view, at, little) => view.getUint32(at, little),
  SL: (view, at, little) => view.getInt32(at, little),
  FL: (view, at, little) => float(view.getFloat32(at, little)),
  FD: (view, at, little) => float(view.getFloat64(at, little)),
  UV: (view, at, little) => safe(view.getBigUint64(at, little)),
  SV: (view, at, little) => safe(view.getBigInt64(at, little)),
  AT: (view, at, little) => tagText(view.getUint16(at, little), view.getUint16(at + 2, little)),
};

function numberValues(vr: string, bytes: Buffer, bigEndian: boolean): DicomJsonValue[] {
  const read = NUMBERS[vr]!;
  const step = vr === 'AT' ? 4 : unitOf(vr)!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values: DicomJsonValue[] = [];
  for (let at = 0; at + step <= bytes.length; at += step) values.push(read(view, at, !bigEndian));
  return values;
}

/** Little-endian copy of big-endian words, as InlineBinary wants (PS3.18 section F.2.7). */
function littleEndian(bytes: Buffer, unit: number): Buffer {
  const copy = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % unit)));
  if (unit === 2) return copy.swap16();
  if (unit === 4) return copy.swap32();
  return unit === 8 ? copy.swap64() : copy;
}

/** True for values that are too long to carry (PS3.18 section F.2.2). */
export function isBulk(element: Pick<RawElement, 'fragmented' | 'length' | 'vr'>): boolean {
  if (element.fragmented === true || element.length > LARGEST_INLINE_TEXT) return true;
  return element.length > LARGEST_INLINE && unitOf(element.vr) !== undefined;
}

/** DICOM JSON of an element that is neither a sequence nor bulk. */
export function jsonOf(element: RawElement, bytes: ByteView, characterSet: readonly string[]): DicomJsonElement {
  const { vr, bigEndian } = element;
  if (element.length === 0) return { vr };
  const value = bytes.subarray(element.offset, element.offset + element.length);
  if (vr in NUMBERS) {
    const numbers = numberValues(vr, value, bigEndian);
    return numbers.length === 0 ? { vr } : { vr, Value: numbers };
  }
  const unit = unitOf(vr);
  if (unit !== undefined) {
    return { vr, InlineBinary: (bigEndian ? littleEndian(value, unit) : value).toString('base64') };
  }
  const values = textValues(vr, value, characterSet);
  return values.every((one) => one === null) ? { vr } : { vr, Value: values };
}
