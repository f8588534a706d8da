import type { ReportText } from '../../api/types.js';

/** How well a text is met by what was typed: by its name, by pinyin of the name, by its group, by its words; smaller is better. */
function distance({ name, sounds, group, groupSounds, findings, impression }: ReportText, typed: string): number {
  const named = name.toLowerCase();
  if (named.startsWith(typed)) return 0;
  if (sounds.some((sound) => sound.startsWith(typed))) return 1;
  if (named.includes(typed)) return 2;
  if (sounds.some((sound) => sound.includes(typed))) return 3;
  if (group?.toLowerCase().includes(typed) || groupSounds.some((sound) => sound.startsWith(typed))) return 4;
  return `${findings}\n${impression}`.toLowerCase().includes(typed) ? 5 : Infinity;
}

/** Those for this examination first, then general ones, then those for others; own before the network's. */
function place(text: ReportText, subject: string | null): number {
  const far = text.subject === null ? 2 : text.subject.code === subject ? 0 : 4;
  return far + (text.own ? 0 : 1);
}

/** The texts of a kind that are met, best first. */
export function findTexts(
  texts: readonly ReportText[],
  kind: ReportText['kind'],
  subject: string | null,
  typed: string,
): ReportText[] {
  const wanted = typed.toLowerCase().replaceAll(/\s+/g, '');
  return texts
    .filter((text) => text.kind === kind)
    .map((text) => ({ text, away: wanted === '' ? 0 : distance(text, wanted) }))
    .filter(({ away }) => away < Infinity)
    .sort((a, b) => {
      const [here, there] = [place(a.text, subject), place(b.text, subject)];
      // What fits the examination goes before a better spelling that does not.
      return Math.floor(here / 4) - Math.floor(there / 4) || a.away - b.away || here - there;
    })
    .map(({ text }) => text);
}
