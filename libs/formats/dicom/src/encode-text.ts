/** Text to bytes for those sets that are answered in: UTF-8, GB18030, GBK, and GB 2312 by code extension. */
const ESCAPE_GB2312 = Buffer.from([0x1b, 0x24, 0x29, 0x41]);
/** Behind these a value is back in its initial sets (PS3.5 section 6.1.2.5.3). */
const RESETTING = new Set(['\\', '^', '=', '\r', '\n', '\t', '\f']);
const QUESTION_MARK = 0x3f;

/** A Specific Character Set to write in. */
export interface WritableCharacterSet {
  /** Values of (0008,0005); empty for the default repertoire. */
  readonly terms: readonly string[];
  /** Characters that the set does not have become question marks. */
  encode(text: string): Buffer;
}

let twoBytes: ReadonlyMap<string, number> | null = null;
let fourBytes: ReadonlyMap<string, number> | null = null;

/** The two-byte part of GB18030, which is GBK: read off the platform's decoder. */
function doubleByteTable(): ReadonlyMap<string, number> {
  if (twoBytes !== null) return twoBytes;
  const decoder = new TextDecoder('gb18030');
  const table = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if (text !== '\uFFFD' && [...text].length === 1 && !table.has(text)) table.set(text, lead * 256 + trail);
    }
  }
  return (twoBytes = table);
}

const bytesOfIndex = (index: number): number[] => [
  0x81 + Math.floor(index / 12_600),
  0x30 + (Math.floor(index / 1_260) % 10),
  0x81 + (Math.floor(index / 10) % 126),
  0x30 + (index % 10),
];

/** The four-byte part within the basic plane; the planes above it follow a formula (GB 18030-2005, appendix). */
function quadByteTable(): ReadonlyMap<string, number> {
  if (fourBytes !== null) return fourBytes;
  const decoder = new TextDecoder('gb18030');
  const table = new Map<string, number>();
  for (let index = 0; index < 39_420; index += 1) {
    const text = decoder.decode(Uint8Array.from(bytesOfIndex(index)));
    if (text !== '\uFFFD' && [...text].length === 1) table.set(text, index);
  }
  return (fourBytes = table);
}

function gb18030Bytes(character: string, allowFour: boolean): number[] {
  const code = character.codePointAt(0)!;
  if (code < 0x80) return [code];
  const pair = doubleByteTable().get(character);
  if (pair !== undefined) return [pair >> 8, pair & 255];
  if (!allowFour) return [QUESTION_MARK];
  if (code >= 0x10000) return bytesOfIndex(189_000 + code - 0x10000);
  const index = quadByteTable().get(character);
  return index === undefined ? [QUESTION_MARK] : bytesOfIndex(index);
}

/** GB 2312 in G1, announced by its escape sequence anew behind each delimiter (PS3.5 annex K). */
function encodeExtended(text: string): Buffer {
  const parts: Buffer[] = [];
  let announced = false;
  for (const character of text) {
    const [lead = QUESTION_MARK, trail] = gb18030Bytes(character, false);
    const known = trail !== undefined && lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1;
    if (trail === undefined || !known) {
      if (RESETTING.has(character)) announced = false;
      parts.push(Buffer.from([trail === undefined ? lead : QUESTION_MARK]));
      continue;
    }
    if (!announced) parts.push(ESCAPE_GB2312);
    announced = true;
    parts.push(Buffer.from([lead, trail]));
  }
  return Buffer.concat(parts);
}

const UTF_8: WritableCharacterSet = { terms: ['ISO_IR 192'], encode: (text) => Buffer.from(text, 'utf8') };

/**
 * The set to answer a question in that came with these values of (0008,0005): GB18030, GBK or GB 2312 where it was asked in, else
 * UTF-8 (PS3.4 section C.4.1.1.3 lets a provider answer in another set than it was asked).
 */
export function characterSetFor(asked: readonly string[]): WritableCharacterSet {
  const terms = asked.map((term) => term.trim().toUpperCase());
  if (terms.includes('GB18030')) {
    const encode = (text: string) => Buffer.from(Array.from(text).flatMap((one) => gb18030Bytes(one, true)));
    return { terms: ['GB18030'], encode };
  }
  if (terms.includes('GBK')) {
    const encode = (text: string) => Buffer.from(Array.from(text).flatMap((one) => gb18030Bytes(one, false)));
    return { terms: ['GBK'], encode };
  }
  if (terms.length > 1 && terms.includes('ISO 2022 IR 58')) {
    return { terms: ['', 'ISO 2022 IR 58'], encode: encodeExtended };
  }
  return UTF_8;
}
