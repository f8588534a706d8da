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
const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/**
 * Hanzi of GB 2312 (lead B0–F7, trail A1–FE) come as even runs of high bytes; accented Latin letters as runs of one
 * between ASCII letters. C1 controls (80–9F) are no Latin-1 text at all but are lead and trail bytes of GBK.
 */
function looksLikeHanzi(bytes: Uint8Array): boolean {
  let hanzi = 0;
  let latin = 0;
  let at = 0;
  while (at < bytes.length) {
    if (!isHigh(bytes[at]!)) {
      at += 1;
      continue;
    }
    let end = at;
    let controls = false;
    while (end < bytes.length && isHigh(bytes[end]!)) {
      if (bytes[end]! < 0xa0) controls = true;
      end += 1;
    }
    const flanked = isLetter(bytes[at - 1] ?? 0) && isLetter(bytes[end] ?? 0);
    const pairs = (end - at) >> 1;
    if (controls) hanzi += Math.max(1, pairs);
    else if ((end - at) % 2 === 1) latin += 1;
    else if (pairs === 1 && flanked) latin += 1;
    else {
      for (let pair = at; pair < end; pair += 2) {
        const lead = bytes[pair]!;
        if (lead >= 0xb0 && lead <= 0xf7 && bytes[pair + 1]! >= 0xa1) hanzi += 1;
      }
    }
    at = end;
  }
  return hanzi > latin;
}

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
 * to GB18030, and GB18030 or GBK over bytes invalid in it to UTF-8.
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
    if (all((bytes) => accepts(strictUtf8, bytes))) return guess('ISO_IR 192');
    if (all((bytes) => accepts(strictGb18030, bytes)) && looksLikeHanzi(Buffer.concat(samples.flatMap(apart))))
      return guess('GB18030');
    return asDeclared.used === 'ISO_IR 6' ? { ...asDeclared, used: 'ISO_IR 100' } : asDeclared;
  }
  if (/192$|UTF/.test(first) && !all((bytes) => accepts(strictUtf8, bytes))) {
    return all((bytes) => accepts(strictGb18030, bytes)) ? guess('GB18030') : asDeclared;
  }
  if (first.startsWith('GB') && !all((bytes) => accepts(strictGb18030, bytes))) {
    return all((bytes) => accepts(strictUtf8, bytes)) ? guess('ISO_IR 192') : asDeclared;
  }
  return asDeclared;
}

const apart = (bytes: Uint8Array): Uint8Array[] => [bytes, Uint8Array.of(0x5c)];
