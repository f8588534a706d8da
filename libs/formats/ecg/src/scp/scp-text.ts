import { cleanText, mislabelledText, undeclaredText } from '../field-text.js';

/** How texts are written: a label of the Encoding Standard, or undefined when only ASCII was promised. */
export type ScpEncoding = string | undefined;

/** Language support codes of tag 14, byte 17 (EN 1064, 5.4.5): the low bits choose the kind, the high ones the set. */
const ENCODINGS: Readonly<Record<number, string>> = {
  0x01: 'iso-8859-1',
  0x03: 'iso-8859-2',
  0x0b: 'iso-8859-4',
  0x13: 'iso-8859-5',
  0x1b: 'iso-8859-6',
  0x23: 'iso-8859-7',
  0x2b: 'iso-8859-8',
  0x33: 'windows-874',
  0x3b: 'iso-8859-15',
  0x07: 'utf-16le',
  0x0f: 'shift_jis',
  0x17: 'euc-jp',
  0x1f: 'euc-jp',
  0x27: 'gb18030',
  0x2f: 'big5',
  0x37: 'euc-kr',
};

export function scpEncoding(code: number | undefined): ScpEncoding {
  return code === undefined ? undefined : ENCODINGS[code];
}

/**
 * A text up to its zero. Where the file promises ASCII or Latin-1 and does not keep it, it is read as `undeclaredText` has it, and `notes`
 * says so.
 */
export function scpText(bytes: Uint8Array, encoding: ScpEncoding, notes: string[]): string {
  if (encoding === 'utf-16le') return cleanText(new TextDecoder(encoding).decode(bytes));
  const zero = bytes.indexOf(0);
  const value = zero < 0 ? bytes : bytes.subarray(0, zero);
  if (encoding === undefined) return undeclaredText(value, notes);
  const text = cleanText(new TextDecoder(encoding).decode(value));
  return encoding === 'iso-8859-1' ? mislabelledText(text, notes) : text;
}
