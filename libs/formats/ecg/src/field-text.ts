const HAN = /\p{Script=Han}/u;
/** What Latin letters with accents become when they are read as GB 18030: a Han character that touches a letter. */
const MIXED = /[A-Za-z]\p{Script=Han}|\p{Script=Han}[A-Za-z]/u;

/**
 * A text whose encoding its format does not say, or that does not keep what it says: ASCII, else UTF-8, else GB 18030 where that gives
 * Chinese and not letters mixed with it, else Latin-1. What was taken for granted is noted once.
 */
export function undeclaredText(bytes: Uint8Array, notes: string[]): string {
  if (bytes.every((byte) => byte < 0x80)) return cleanText(String.fromCharCode(...bytes.subarray(0, 0x1_0000)));
  for (const label of ['utf-8', 'gb18030']) {
    const text = decoded(bytes, label);
    if (text === undefined || (label === 'gb18030' && (!HAN.test(text) || MIXED.test(text)))) continue;
    const note = `Texts are not ASCII, though the file says so; they were read as ${label}.`;
    if (!notes.includes(note)) notes.push(note);
    return cleanText(text);
  }
  return cleanText(new TextDecoder('latin1').decode(bytes));
}

/** Chinese that was written in GB 2312 under the name of Latin-1, as a reader of Latin-1 sees it; any other text comes back as it is. */
export function mislabelledText(text: string, notes: string[]): string {
  if (!/[\u00A1-\u00FE]/.test(text) || /[^\0-\u00FF]/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  const chinese = decoded(bytes, 'gb18030');
  return chinese !== undefined && HAN.test(chinese) && !MIXED.test(chinese) ? undeclaredText(bytes, notes) : text;
}

/** Parts of a name in their order: Chinese ones without spaces. Empty parts are left out. */
export function joinedName(parts: readonly string[]): string {
  const kept = parts.filter((part) => part !== '');
  return kept.join(kept.every((part) => /^\p{Script=Han}+$/u.test(part)) ? '' : ' ');
}

/** For people: no control characters but what separates lines, nothing behind a zero. */
export function cleanText(text: string): string {
  const zero = text.indexOf('\0');
  return (zero < 0 ? text : text.slice(0, zero)).replace(/\p{Cc}+/gu, ' ').trim();
}

/** Undefined where the bytes are not text in this encoding. */
export function decoded(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
