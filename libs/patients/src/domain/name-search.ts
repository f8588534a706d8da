import { pinyin } from 'pinyin-pro';

/** Lower-case text to search a name by: as written, in pinyin with and without spaces, and by its initials. */
export function nameSearchText(names: readonly string[]): string {
  const parts = new Set<string>();
  for (const name of names) {
    const plain = name
      .replaceAll(/[\^=]+/g, ' ')
      .trim()
      .toLowerCase();
    if (plain === '') continue;
    parts.add(plain);
    parts.add(plain.replaceAll(' ', ''));
    if (/\p{Script=Han}/u.test(plain)) {
      const syllables = pinyin(plain, { toneType: 'none', type: 'array', surname: 'head' });
      parts.add(syllables.join(''));
      parts.add(syllables.map((syllable) => syllable[0] ?? '').join(''));
    }
  }
  return [...parts].join('\n');
}
