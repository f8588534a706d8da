/** A place of a template to be filled in, as the server counts it (`libs/reading/src/domain/blanks.ts`). */
export interface Blank {
  readonly from: number;
  readonly to: number;
  /** what may stand there; none: any words */
  readonly choices: readonly string[];
  readonly text: string;
}

const BLANK = /\[(?:[^[\]\n]|\[[^[\]\n]*\])*\]|_{2,}/g;
const OPEN = /^\s*$|\||\p{Script=Han}/u;

/** Parts between `|`, of which the last may be empty. */
function choicesOf(inside: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of inside) {
    depth += character === '[' ? 1 : character === ']' ? -1 : 0;
    if (character === '|' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.length > 1 ? parts : [];
}

export function blanksOf(text: string): Blank[] {
  return [...text.matchAll(BLANK)].flatMap(({ 0: found, index }) => {
    const inside = found.startsWith('[') ? found.slice(1, -1) : '';
    if (!OPEN.test(inside)) return [];
    return [{ from: index, to: index + found.length, choices: choicesOf(inside), text: found }];
  });
}

export const nextBlank = (text: string, at: number): Blank | undefined => blanksOf(text).find(({ from }) => from >= at);
export const previousBlank = (text: string, at: number): Blank | undefined =>
  blanksOf(text).findLast(({ to }) => to <= at);
/** The blank that is selected, all of it. */
export const blankAt = (text: string, from: number, to: number): Blank | undefined =>
  blanksOf(text).find((one) => one.from === from && one.to === to);
