/**
 * Whether a word is found in a description, whatever their case. Latin words begin where the description has one begin; short ones end there
 * too, so that "PA" is not found in "PATELLA", and "T1" not in "T10" but in "T1W".
 */
export function finds(description: string, word: string): boolean {
  const sought = word.trim().toUpperCase();
  const within = description.toUpperCase();
  if (sought === '') return false;
  const latin = /^[A-Z0-9]/.test(sought);
  const ends = !latin || sought.length > 3 ? /^/ : /[0-9]$/.test(sought) ? /^(?![0-9])/ : /^(?![A-Z])/;
  for (let at = within.indexOf(sought); at >= 0; at = within.indexOf(sought, at + 1)) {
    const begins = !latin || !/[A-Z0-9]$/.test(within.slice(0, at));
    if (begins && ends.test(within.slice(at + sought.length))) return true;
  }
  return false;
}

export const findsOne = (description: string, words: readonly string[]): boolean =>
  words.some((word) => finds(description, word));
