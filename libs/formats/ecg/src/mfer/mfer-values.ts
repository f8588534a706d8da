import { EcgFormatError } from '../ecg-format-error.js';
import { decoded } from '../field-text.js';

export interface MferItem {
  readonly tag: number;
  /** of a channel definition (0x3F), from 0 */
  readonly channel: number;
  readonly value: Uint8Array;
}

const END = 0x80;
const CHANNEL = 0x3f;
const INDEFINITE = 0x80;
const MOST_ITEMS = 100_000;

/**
 * The items of an MFER file or of a channel definition: tag, length, value. A length below 128 is itself, 0x81 … 0x84 say how many bytes
 * the length has (high byte first, whatever the byte order of the values), 0x80 lasts up to two zero bytes. @throws EcgFormatError
 */
export function* mferItems(bytes: Uint8Array): Generator<MferItem> {
  let left = MOST_ITEMS;
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++] ?? 0;
    if (tag === END) return;
    let channel = 0;
    if (tag === CHANNEL) {
      let byte;
      do {
        byte = bytes[at++] ?? 0;
        channel = channel * 128 + (byte & 0x7f);
      } while ((byte & 0x80) !== 0 && channel < 1 << 16);
    }
    let length = bytes[at++];
    // Padding before the end of the file is met in the field.
    if (tag === 0 && (length === undefined || length === 0)) continue;
    if (length === undefined) throw truncated(tag);
    let end = at + length;
    let after = end;
    if (length === INDEFINITE) {
      end = endOfContents(bytes, at);
      if (end < 0) throw truncated(tag);
      after = end + 2;
    } else if (length > INDEFINITE) {
      const width = length & 0x7f;
      if (width > 4) throw new EcgFormatError('damaged', `The MFER item ${hex(tag)} has a length of ${width} bytes.`);
      length = 0;
      for (let i = 0; i < width; i += 1) length = length * 256 + (bytes[at + i] ?? 0);
      at += width;
      after = end = at + length;
    }
    if (end > bytes.length) throw truncated(tag);
    if ((left -= 1) < 0) throw new EcgFormatError('unsupported', `The MFER file has more than ${MOST_ITEMS} items.`);
    yield { tag, channel, value: bytes.subarray(at, end) };
    at = after;
  }
}

/** Where the two zero bytes stand that close an indefinite length, items within counted whole; -1 when nowhere. */
function endOfContents(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length;) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) return at;
    const length = bytes[at + 1] ?? 0;
    if (length >= INDEFINITE) return -1;
    at += 2 + length;
  }
  return -1;
}

function truncated(tag: number): EcgFormatError {
  return new EcgFormatError('truncated', `The file ends within its MFER item ${hex(tag)}.`);
}

export function hex(tag: number): string {
  return `0x${tag.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** An integer of 1 to 4 bytes in the file's byte order. */
export function mferInteger(value: Uint8Array, little: boolean, signed = false): number {
  if (value.length === 0 || value.length > 4)
    throw new EcgFormatError('damaged', `An MFER number has ${value.length} bytes.`);
  let number = 0;
  for (let i = 0; i < value.length; i += 1) number = number * 256 + (value[little ? value.length - 1 - i : i] ?? 0);
  const range = 2 ** (value.length * 8);
  return signed && number >= range / 2 ? number - range : number;
}

/** Unit, exponent of ten and mantissa, as sampling interval and resolution have them. */
export function mferQuantity(value: Uint8Array, little: boolean): { unit: number; value: number } {
  if (value.length < 3) throw new EcgFormatError('damaged', 'An MFER quantity is too short.');
  const exponent = mferInteger(value.subarray(1, 2), little, true);
  return { unit: value[0] ?? 0, value: Number(`${mferInteger(value.subarray(2), little)}e${exponent}`) };
}

/**
 * Text in the encoding that the file names, else in UTF-8 where it is that, else in GB 18030 where that gives Chinese and Shift-JIS, which
 * the standard's home writes, would give katakana of half width or nothing; else in Shift-JIS.
 */
export function mferText(value: Uint8Array, encoding?: string): string {
  const named = encoding === undefined ? undefined : decoded(value, encoding);
  return (named ?? decoded(value, 'utf-8') ?? eastern(value)).replaceAll('\0', '').trim();
}

function eastern(value: Uint8Array): string {
  const [chinese, japanese] = [decoded(value, 'gb18030'), decoded(value, 'shift_jis')];
  const odd = japanese === undefined || /[\uFF61-\uFF9F\uE000-\uF8FF]/.test(japanese);
  if (odd && chinese !== undefined && /\p{Script=Han}/u.test(chinese)) return chinese;
  return japanese ?? new TextDecoder('shift_jis').decode(value);
}
