import { isKnownCharacterSet } from './character-sets.js';

/** Which character set a data set names, which one its text was read with, and whether that was a finding of ours. */
export interface CharacterSetFinding {
  /** Values of (0008,0005) as they stand in the file; empty when absent. */
  readonly declared: readonly string[];
  /** Defined terms joined by `\`, as used for decoding. */
  readonly used: string;
  /** True when the declaration does not fit the bytes and `used` was inferred from them. */
  readonly guessed: boolean;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const strictGb18030 = new TextDecoder('gb18030', { fatal: true });

function accepts(decoder: { decode(bytes: Uint8Array): string }, bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const isHigh = (byte: number): boolean => byte >= 0x80;
const isSmallLetter = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a;
const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/**
 * Read as GBK, Chinese names are mostly pairs of GB 2312 hanzi (lead B0–F7, trail A1–FE). Accented Latin letters stand among ASCII
 * letters: read as GBK they are pairs whose trail is an ASCII letter, or a single pair before a small one. Leads 81–9F are no Latin-1 text at
 * all. A rare character (朱镕基) among common ones does not make a Latin name.
 */
function evidence(bytes: Uint8Array): { hanzi: number; latin: number } {
  let hanzi = 0;
  let latin = 0;
  let afterHanzi = false;
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at]!;
    if (!isHigh(lead)) {
      afterHanzi = false;
      at += 1;
      continue;
    }
    const trail = bytes[at + 1] ?? 0;
    const isCommon = lead >= 0xb0 && lead <= 0xf7 && trail >= 0xa1;
    if (lead < 0xa0) hanzi += 1;
    else if (trail < 0xa1) latin += 1;
    else if (isCommon && !afterHanzi && isSmallLetter(bytes[at + 2] ?? 0)) latin += 1;
    else if (isCommon) hanzi += 1;
    afterHanzi = true;
    at += 2;
  }
  return { hanzi, latin };
}

function looksLikeHanzi(bytes: Uint8Array): boolean {
  const { hanzi, latin } = evidence(bytes);
  return hanzi > 0 && hanzi >= latin;
}

const HAN = /\p{Script=Han}/u;

/** A short Chinese name in GBK (毛) may be valid UTF-8 by chance: then it is nothing but hanzi as one, and none as the other. */
function isHanziByChanceUtf8(bytes: Uint8Array): boolean {
  const { hanzi, latin } = evidence(bytes);
  return hanzi > 0 && latin === 0 && !bytes.some(isLetter) && !HAN.test(strictUtf8.decode(bytes));
}

const isGb18030WithoutEscape = (bytes: Uint8Array): boolean => !bytes.includes(0x1b) && accepts(strictGb18030, bytes);

/** Declared sets that leave the high bytes free for a mistake: the default repertoire, Latin-1 and unknown terms. */
function isDoubtful(declared: readonly string[]): boolean {
  if (declared.length > 1) return false;
  const term = declared[0] ?? '';
  return term === '' || !isKnownCharacterSet(declared) || /IR[ _-]?(?:6|100)$/.test(term);
}

/**
 * Chooses the character set for text values of which `samples` holds those with bytes ≥ 0x80. A clear declaration is
 * believed. No declaration, ISO_IR 6, ISO_IR 100 and unknown terms give way to UTF-8 when all samples are valid UTF-8,
 * then to GB18030 when all are valid and look like hanzi rather than Latin-1. ISO_IR 192 over invalid UTF-8 gives way
 * to GB18030, and GB18030 or GBK over hanzi in valid UTF-8, or over bytes invalid in it, to UTF-8.
 */
export function findCharacterSet(declared: readonly string[], samples: readonly Uint8Array[]): CharacterSetFinding {
  const asDeclared: CharacterSetFinding = {
    declared,
    used: declared.length === 0 ? 'ISO_IR 6' : isKnownCharacterSet(declared) ? declared.join('\\') : 'ISO_IR 100',
    guessed: false,
  };
  if (samples.length === 0) return asDeclared;
  const guess = (used: string): CharacterSetFinding => ({ declared, used, guessed: true });
  const all = (test: (bytes: Uint8Array) => boolean): boolean => samples.every((bytes) => test(bytes));
  const first = declared[0] ?? '';
  if (isDoubtful(declared)) {
    if (all((bytes) => accepts(strictUtf8, bytes)))
      return guess(isHanziByChanceUtf8(Buffer.concat(samples.flatMap(apart))) ? 'GB18030' : 'ISO_IR 192');
    if (all((bytes) => accepts(strictGb18030, bytes)) && looksLikeHanzi(Buffer.concat(samples.flatMap(apart))))
      return guess('GB18030');
    return asDeclared.used === 'ISO_IR 6' ? { ...asDeclared, used: 'ISO_IR 100' } : asDeclared;
  }
  // Some writers name GB 2312 by code extension and leave out the escapes that would call for it.
  if (declared.length > 1 && declared.some((term) => term.endsWith('58')) && all(isGb18030WithoutEscape)) {
    return guess('GB18030');
  }
  if (/192$|UTF/.test(first) && !all((bytes) => accepts(strictUtf8, bytes))) {
    return all((bytes) => accepts(strictGb18030, bytes)) ? guess('GB18030') : asDeclared;
  }
  if (first.startsWith('GB') && all((bytes) => accepts(strictUtf8, bytes))) {
    const text = samples.map((bytes) => strictUtf8.decode(bytes)).join('');
    // Hanzi in valid UTF-8 are no accident, though the same bytes may also be some pairs of GBK.
    if (HAN.test(text) || !all((bytes) => accepts(strictGb18030, bytes))) return guess('ISO_IR 192');
  }
  return asDeclared;
}

const apart = (bytes: Uint8Array): Uint8Array[] => [bytes, Uint8Array.of(0x5c)];
