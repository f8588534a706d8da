import { pinyin } from 'pinyin-pro';

const HAN = /\p{Script=Han}/u;
const HAN_ONLY = /^\p{Script=Han}+$/u;
/** Marks a spelling that was derived and is found by a fuzzy search only. */
const DERIVED = '~';
/** A name whose characters have many readings each is kept with this many at most. */
const MOST_READINGS = 16;
/** A component group has 64 characters (PS3.5 table 6.2-1). What is beyond these bounds is kept in the header, and not found by. */
const LONGEST_NAME = 128;
const MOST_NAMES = 32;
const COMPOUND_SURNAMES = new Set(
  (
    '欧阳 司马 上官 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 长孙 宇文 轩辕 端木 百里 呼延 南宫 独孤 ' +
    '司空 淳于 单于 太史 申屠 公羊 赫连 澹台 公冶 宗政 濮阳 钟离 鲜于 闾丘 万俟 闻人 歐陽 諸葛 東方 尉遲 公孫 長孫'
  ).split(' '),
);

/** Carets and spaces as `joint`, lower case, compatibility forms (half-width kana, full-width letters) made one. */
function plain(name: string, joint: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\^\s]+/g, joint)
    .trim()
    .toLowerCase();
}

/** Without accents and anything that is no letter, digit or wildcard; ü is v, as pinyin is typed. */
function sounded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ü', 'v')
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

function readingsOf(character: string, preferred: string): string[] {
  if (!HAN.test(character)) return [sounded(character)];
  const all = pinyin(character, { toneType: 'none', type: 'array', multiple: true });
  const syllables = [preferred, ...all].flatMap((syllable) => {
    const typed = sounded(syllable);
    return typed.includes('v') ? [typed, typed.replace('v', 'u'), typed.replace('v', 'yu')] : [typed];
  });
  return [...new Set(syllables)];
}

const initialsOf = (syllables: readonly string[]): string => syllables.map((syllable) => syllable[0] ?? '').join('');

/** Every way to read characters, as syllables, the likeliest first, and not more than are kept. */
function readingsOfAll(characters: readonly string[], likeliest: readonly string[]): string[][] {
  let readings: string[][] = [[]];
  for (const [at, character] of characters.entries()) {
    const next = readingsOf(character, likeliest.length === characters.length ? likeliest[at]! : '').filter(Boolean);
    readings = readings
      .flatMap((before) => next.map((syllable) => [...before, syllable]))
      .sort((a, b) => variants(a, likeliest) - variants(b, likeliest))
      .slice(0, MOST_READINGS);
  }
  return readings;
}

/** Pinyin of a Chinese name: whole, initials, surname with initials, and the given name alone; with all readings of each character. */
function* chineseSounds(name: string): Generator<string> {
  const characters = Array.from(name);
  const head = pinyin(name, { toneType: 'none', type: 'array', surname: 'head' });
  const readings = readingsOfAll(characters, head);
  const surname = COMPOUND_SURNAMES.has(characters.slice(0, 2).join('')) && characters.length > 2 ? 2 : 1;
  for (const syllables of readings) {
    yield syllables.join('');
    yield initialsOf(syllables);
    if (syllables.length > surname) {
      yield syllables.slice(0, surname).join('') + initialsOf(syllables.slice(surname));
      yield syllables.slice(surname).join('');
    }
  }
}

/** Pinyin of words that are no name, whole and in initials, with all readings of each character (most likely ones first). */
export function wordSounds(words: string): string[] {
  const characters = Array.from(words.normalize('NFKC').replaceAll(/[^\p{L}\p{N}]/gu, '')).slice(0, LONGEST_NAME);
  const sounds = readingsOfAll(characters, pinyin(characters.join(''), { toneType: 'none', type: 'array' }));
  return [...new Set(sounds.flatMap((syllables) => [syllables.join(''), initialsOf(syllables)]))];
}

/** How many syllables differ from the readings that are likeliest. */
function variants(syllables: readonly string[], likeliest: readonly string[]): number {
  return syllables.filter((syllable, at) => syllable !== sounded(likeliest[at] ?? '')).length;
}

/**
 * What a name is found by. `names` are the component groups of DICOM person names (`Wang^JianGuo`, `王^建国`), or names as people write
 * them. Each gives its spelling, in lower case with carets as spaces and without, and, marked with `~`, what only a fuzzy search looks
 * at: pinyin whole and in initials (polyphones with every reading), Latin letters without accents, and each word's beginning.
 */
export function nameSpellings(names: readonly (string | null | undefined)[]): string[] {
  const spellings = new Set<string>();
  const groups = names.flatMap((one) => (one ?? '').split('=')).slice(0, MOST_NAMES);
  for (const name of groups.map((group) => group.slice(0, LONGEST_NAME))) {
    const spaced = plain(name, ' ');
    if (spaced === '') continue;
    spellings.add(spaced);
    spellings.add(plain(name, ''));
    const joined = plain(name, '').replaceAll(/[^\p{L}\p{N}]/gu, '');
    if (HAN.test(joined)) {
      for (const sound of chineseSounds(joined)) spellings.add(DERIVED + sound);
      const words = spaced.split(' ');
      if (HAN_ONLY.test(joined)) {
        const surname = COMPOUND_SURNAMES.has(joined.slice(0, 2)) ? 2 : 1;
        const given = words.length > 1 ? words.slice(1).join('') : joined.slice(surname);
        if (given !== '') spellings.add(DERIVED + given);
      }
    } else {
      const words = sounded(spaced)
        .split(/[^\p{L}\p{N}]+/u)
        .filter((word) => word !== '');
      for (let from = 0; from < words.length; from += 1) spellings.add(DERIVED + words.slice(from).join(''));
      if (words.length > 1) spellings.add(DERIVED + words.map((word) => word[0]).join(''));
    }
  }
  return [...spellings];
}

/** Patterns for SQL's LIKE with `\` as its escape; alternatives of one component group. */
export type NamePatterns = readonly string[];

const literally = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);
const wild = (text: string): string => literally(text).replaceAll('*', '%').replaceAll('?', '_');

function permutations(words: readonly string[]): string[][] {
  if (words.length <= 1 || words.length > 4) return [[...words]];
  return words.flatMap((word, at) =>
    permutations([...words.slice(0, at), ...words.slice(at + 1)]).map((rest) => [word, ...rest]),
  );
}

/**
 * A person name key as patterns over `nameSpellings`, one entry for each component group given; every group must be met.
 * Without `fuzzy` the whole of a spelling is matched, `*` and `?` being wildcards, case-insensitively (PS3.4 C.2.2.2.1 and C.2.2.2.4).
 * With `fuzzy` (PS3.18 section 8.3.4.2) every word given must begin a word of the name or of its pinyin, in any order.
 */
export function namePatterns(groups: readonly string[], fuzzy: boolean): NamePatterns[] {
  return groups.flatMap((group) => {
    if (!fuzzy) {
      const spaced = plain(group, ' ');
      return spaced === '' ? [] : [[...new Set([wild(spaced), wild(plain(group, ''))])]];
    }
    const words = sounded(group)
      .split(/[^\p{L}\p{N}*?]+/u)
      .filter((word) => word !== '');
    if (words.length === 0) return [];
    return [[...new Set(permutations(words).map((order) => `${order.map(wild).join('%')}%`))]];
  });
}
