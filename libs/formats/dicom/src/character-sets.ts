/**
 * Specific Character Set (0008,0005): PS3.3 section C.12.1.1.2, code extension by PS3.5 section 6.1.2.5 (ISO 2022).
 * Decoding never throws: a byte that means nothing becomes U+FFFD.
 */

/** Encoding label and, for single sets, the defined term. Keyed by the number or name inside the defined term. */
const SINGLE: Readonly<Record<string, string>> = {
  '6': 'latin1',
  '100': 'iso-8859-1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'windows-1254',
  '203': 'iso-8859-15',
  '166': 'windows-874',
  '13': 'shift_jis',
  '192': 'utf-8',
  '87': 'euc-jp',
  '159': 'euc-jp',
  '149': 'euc-kr',
  '58': 'gb18030',
  GB18030: 'gb18030',
  GBK: 'gb18030',
  GB2312: 'gb18030',
};

/** Escape sequences after ESC, and what they designate: G0 or G1, how many bytes a character takes, which decoder. */
type Designation = { readonly half: 0 | 1; readonly bytes: 1 | 2; readonly label: string; readonly lead?: number };
const ESCAPES: Readonly<Record<string, Designation>> = {
  '(B': { half: 0, bytes: 1, label: 'latin1' },
  '(J': { half: 0, bytes: 1, label: 'latin1' },
  ')I': { half: 1, bytes: 1, label: 'shift_jis' },
  '-A': { half: 1, bytes: 1, label: 'iso-8859-1' },
  '-B': { half: 1, bytes: 1, label: 'iso-8859-2' },
  '-C': { half: 1, bytes: 1, label: 'iso-8859-3' },
  '-D': { half: 1, bytes: 1, label: 'iso-8859-4' },
  '-L': { half: 1, bytes: 1, label: 'iso-8859-5' },
  '-G': { half: 1, bytes: 1, label: 'iso-8859-6' },
  '-F': { half: 1, bytes: 1, label: 'iso-8859-7' },
  '-H': { half: 1, bytes: 1, label: 'iso-8859-8' },
  '-M': { half: 1, bytes: 1, label: 'windows-1254' },
  '-b': { half: 1, bytes: 1, label: 'iso-8859-15' },
  '-T': { half: 1, bytes: 1, label: 'windows-874' },
  $B: { half: 0, bytes: 2, label: 'euc-jp' },
  '$@': { half: 0, bytes: 2, label: 'euc-jp' },
  '$(D': { half: 0, bytes: 2, label: 'euc-jp', lead: 0x8f },
  '$)C': { half: 1, bytes: 2, label: 'euc-kr' },
  '$)A': { half: 1, bytes: 2, label: 'gb18030' },
};

const decoders = new Map<string, { decode(bytes: Uint8Array): string }>();

function decoderOf(label: string): { decode(bytes: Uint8Array): string } {
  let decoder = decoders.get(label);
  if (!decoder) decoders.set(label, (decoder = new TextDecoder(label, { ignoreBOM: true })));
  return decoder;
}

const keys = new Map<string, string | undefined>();
/** Terms come from files: what nobody wrote before is not kept for ever. */
const MOST_KEYS = 256;

function keyOf(term: string): string | undefined {
  if (keys.has(term)) return keys.get(term);
  const key = readKey(term);
  if (keys.size < MOST_KEYS) keys.set(term, key);
  return key;
}

/** `ISO_IR 100`, `ISO 2022 IR 100`, `ISO-IR_100`, `ISO2022IR100` → `100`; `gbk` → `GBK`; undefined when not known. */
function readKey(term: string): string | undefined {
  const plain = term.trim().toUpperCase();
  if (plain === '') return '6';
  if (/^UTF-?8$/.test(plain)) return '192';
  const key = plain.replace(/^ISO[ _-]?(?:2022)?[ _-]?(?:IR)?[ _-]?/, '').replace(/^GB[ _-]/, 'GB');
  return key in SINGLE ? key : undefined;
}

/** True when every value of the attribute is a term that can be decoded; absent or empty counts as known. */
export function isKnownCharacterSet(terms: readonly string[]): boolean {
  return terms.every((term) => keyOf(term) !== undefined);
}

/** The encoding label of a set without code extension, or undefined where ISO 2022 escapes have to be followed. */
function plainLabel(terms: readonly string[]): string | undefined {
  const key = keyOf(terms[0] ?? '') ?? '100';
  const label = SINGLE[key]!;
  if (terms.length <= 1 || label === 'utf-8' || key === 'GB18030' || key === 'GBK') return label;
  return undefined;
}

const ESCAPE = 0x1b;

function designationAt(bytes: Uint8Array, at: number): { designation: Designation; length: number } | undefined {
  for (const length of [2, 3]) {
    const designation = ESCAPES[Buffer.from(bytes.subarray(at + 1, at + 1 + length)).toString('latin1')];
    if (designation) return { designation, length };
  }
  return undefined;
}

const FF = 0x0c;
/** Characters before which a file must go back to its initial sets (PS3.5 section 6.1.2.5.3). */
const RESETTING = new Set([0x09, 0x0a, FF, 0x0d, 0x5c, 0x5e, 0x3d]);

function decodeExtended(bytes: Uint8Array, terms: readonly string[]): string {
  const first = SINGLE[keyOf(terms[0] ?? '') ?? '6']!;
  const initialHigh: Designation | undefined =
    first === 'latin1'
      ? undefined
      : { half: 1, bytes: first === 'euc-kr' || first === 'gb18030' ? 2 : 1, label: first };
  let low: Designation = ESCAPES['(B']!;
  let high = initialHigh;
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === ESCAPE) {
      const found = designationAt(bytes, at);
      if (found) {
        if (found.designation.half === 0) low = found.designation;
        else high = found.designation;
        at += 1 + found.length;
        continue;
      }
    }
    const set = byte < 0x80 ? low : (high ?? { half: 1, bytes: 1, label: 'iso-8859-1' });
    if (set.bytes === 1 || byte < 0x21) {
      // A set without initial G1 keeps the last one designated: writers seldom repeat the escape after a delimiter.
      if (RESETTING.has(byte)) {
        low = ESCAPES['(B']!;
        high = initialHigh ?? high;
      }
      text += byte < 0x80 ? String.fromCharCode(byte) : decoderOf(set.label).decode(bytes.subarray(at, at + 1));
      at += 1;
    } else {
      const pair = [byte | 0x80, (bytes[at + 1] ?? 0) | 0x80];
      text += decoderOf(set.label).decode(Uint8Array.from(set.lead === undefined ? pair : [set.lead, ...pair]));
      at += 2;
    }
  }
  return text;
}

function isPlain(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte >= 0x80 || byte === ESCAPE) return false;
  }
  return true;
}

/**
 * Text of `bytes` under the values of (0008,0005); an empty list is the default repertoire, read as Latin-1 so that no
 * byte is lost. Padding and delimiters stay. Split on `\` only afterwards: GBK may hold that byte inside a character.
 */
export function decodeText(bytes: Uint8Array, specificCharacterSet: readonly string[]): string {
  // Below 0x80 all sets are ASCII; only escapes mean something else.
  if (isPlain(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const label = plainLabel(specificCharacterSet);
  if (label === 'latin1') {
    const hasEscape = bytes.includes(ESCAPE);
    return hasEscape
      ? decodeExtended(bytes, [''])
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  }
  if (label === undefined) return decodeExtended(bytes, specificCharacterSet);
  return bytes.includes(ESCAPE) && label !== 'utf-8'
    ? decodeExtended(bytes, specificCharacterSet)
    : decoderOf(label).decode(bytes);
}
