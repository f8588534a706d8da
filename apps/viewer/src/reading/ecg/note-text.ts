import type { Messages } from '../../text/index.js';

/** The sentences that the page layout writes, and what of them varies. Others are shown as they come. */
const known: readonly (readonly [RegExp, keyof Messages['ecg']['note']])[] = [
  [/^Not recorded: (.+)\.$/, 'notRecorded'],
  [/^Computed from I and II: (.+)\.$/, 'computed'],
  [/^No lead II: the rhythm strip is (.+)\.$/, 'otherStrip'],
  [/^The recording is (.+) s long, shorter than 10 s\.$/, 'short'],
  [/^The first (.+) s of (.+) s are shown\.$/, 'first'],
  [/^Seconds (.+) of (.+) s are shown\.$/, 'between'],
  [/^Recorded too, not on this page: (.+)\.$/, 'elsewhere'],
];

export function noteText(note: string, t: Messages): string {
  for (const [pattern, name] of known) {
    const found = pattern.exec(note);
    if (found) return t.ecg.note[name]((found[1] ?? '').replace(' to ', '–'), found[2] ?? '');
  }
  const offset = /^Lead (.+): a constant of (.+) mV is taken away for display\.$/.exec(note);
  return offset ? t.ecg.offset(offset[1] ?? '', offset[2] ?? '') : note;
}
