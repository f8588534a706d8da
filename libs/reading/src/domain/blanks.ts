/** `[大小]`, `[左|右]`, `[  ]` with another in a choice, or a line of `___`. What stands in brackets otherwise is a text's own. */
const BLANK = /\[(?:[^[\]\n]|\[[^[\]\n]*\])*\]|_{2,}/g;
const OPEN = /^\s*$|\||\p{Script=Han}/u;
/** How much of the line before an unnamed blank tells which one it is. */
const BEFORE = 8;

/** What a template left to be filled in and nobody did, each as a person finds it again. */
export function openBlanks(text: string): string[] {
  return [...text.matchAll(BLANK)].flatMap(({ 0: blank, index }) => {
    const inside = blank.startsWith('[') ? blank.slice(1, -1) : '';
    if (!OPEN.test(inside)) return [];
    if (inside.trim() !== '') return [blank];
    const line = text.slice(0, index).split('\n').at(-1)!;
    return [`${line.slice(-BEFORE)}${blank}`];
  });
}
