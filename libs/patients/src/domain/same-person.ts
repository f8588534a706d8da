import { createHash } from 'node:crypto';
import { pinyin } from 'pinyin-pro';

/** What a header, or a patient's file, says of a person; empty and null say nothing. */
export interface Identity {
  /** spellings: component groups with carets, or as people write them */
  names: readonly string[];
  sex: 'M' | 'F' | 'O' | null;
  /** YYYY-MM-DD */
  birthDate: string | null;
  /** only ever a checksum-valid number */
  idCard: string | null;
}

export type Contradiction = 'name' | 'birth-date' | 'sex' | 'id-card';

const HAN = /\p{Script=Han}/u;
/** Written where nobody knew the name. */
const NAMELESS = /^(unknown|anonymous|anonymized|noname|none|unnamed|patient|test|无名氏?|佚名|未知|匿名|不详)\d*$/;
const MOST_READINGS = 64;

function words(name: string): string[] {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Every reading of a Chinese name in Latin letters without spaces: all of each polyphone's, ü as v, u and yu. */
function readings(name: string): string[] {
  let found = [''];
  for (const character of name) {
    if (!HAN.test(character)) {
      found = found.map((before) => before + character);
      continue;
    }
    const syllables = pinyin(character, { toneType: 'none', type: 'array', multiple: true }).flatMap((syllable) =>
      syllable.includes('ü') ? ['v', 'u', 'yu'].map((letter) => syllable.replace('ü', letter)) : [syllable],
    );
    found = found
      .flatMap((before) => [...new Set(syllables)].map((syllable) => before + syllable))
      .slice(0, MOST_READINGS);
  }
  return found;
}

/** A Latin name joined in every order of its (few) words: surname first, or last. */
function orders(parts: readonly string[]): string[] {
  if (parts.length > 4) return [parts.join('')];
  const turn = (left: readonly string[]): string[] =>
    left.length <= 1
      ? [left.join('')]
      : left.flatMap((word, at) => turn([...left.slice(0, at), ...left.slice(at + 1)]).map((rest) => word + rest));
  return turn(parts);
}

function mayBeOneName(a: string, b: string): boolean {
  const [first, second] = [words(a), words(b)];
  const [joinedA, joinedB] = [first.join(''), second.join('')];
  if (joinedA === joinedB) return true;
  const [hanA, hanB] = [HAN.test(joinedA), HAN.test(joinedB)];
  if (hanA && hanB) return false;
  if (hanA || hanB) {
    const [chinese, latin] = hanA ? [joinedA, second] : [joinedB, first];
    const sounds = new Set(readings(chinese));
    if (orders(latin).some((order) => sounds.has(order))) return true;
    // A Chinese name is whole: nothing is left out of it.
    return spokenParts(chinese, latin).some((spoken) => latin.length <= spoken.length && partsAgree(latin)(spoken));
  }
  return orders(first).includes(joinedB) || partsAgree(first)(second);
}

/**
 * A Chinese name as the words of a Latin one: surname and given name, or surname and each syllable of the given name, the latter only
 * where the Latin one has the surname in full: a syllable alone is many people's surname.
 */
function spokenParts(chinese: string, latin: readonly string[]): string[][] {
  const characters = Array.from(chinese);
  return [1, 2].flatMap((surname) => {
    if (characters.length <= surname) return [];
    const given = characters.slice(surname);
    return readings(characters.slice(0, surname).join('')).flatMap((family) => [
      ...readings(given.join('')).map((whole) => [family, whole]),
      ...(latin.includes(family) ? syllablesOf(given).map((each) => [family, ...each]) : []),
    ]);
  });
}

const syllablesOf = (characters: readonly string[]): string[][] =>
  characters.reduce<string[][]>(
    (before, character) =>
      before.flatMap((said) => readings(character).map((next) => [...said, next])).slice(0, MOST_READINGS),
    [[]],
  );

/** A part is left out or shortened to its initial: "Wang", "Wang^J", "Li^Anna" and "Li^Anna^Maria". */
const partsAgree =
  (first: readonly string[]) =>
  (second: readonly string[]): boolean => {
    const [few, many] = first.length <= second.length ? [first, second] : [second, first];
    const left = [...many];
    return (
      few.length > 0 &&
      few.every((word) => {
        const at = left.findIndex(
          (other) =>
            other === word ||
            (word.length === 1 && other.startsWith(word)) ||
            (other.length === 1 && word.startsWith(other)),
        );
        if (at >= 0) left.splice(at, 1);
        return at >= 0;
      })
    );
  };

const named = (identity: Identity): string[] =>
  identity.names.filter((name) => {
    const joined = words(name).join('');
    return joined !== '' && !NAMELESS.test(joined);
  });

/** 1 January stands for "only the year is known" on many devices. */
function mayBeOneDay(a: string, b: string): boolean {
  return a === b || (a.slice(0, 4) === b.slice(0, 4) && (a.endsWith('-01-01') || b.endsWith('-01-01')));
}

/**
 * In what two descriptions that claim one patient number cannot be of one person. An equal ID card decides for one person, a different
 * one against. Names agree when any spelling of one is any spelling of the other: by characters, by any pinyin reading in any order of
 * surname and given name, without case, separators or accents, or with parts left out or shortened. What one side does not say contradicts nothing.
 */
export function contradictions(known: Identity, claimed: Identity): Contradiction[] {
  if (known.idCard !== null && claimed.idCard !== null) return known.idCard === claimed.idCard ? [] : ['id-card'];
  const found: Contradiction[] = [];
  const [ours, theirs] = [named(known), named(claimed)];
  if (ours.length > 0 && theirs.length > 0 && !ours.some((one) => theirs.some((other) => mayBeOneName(one, other)))) {
    found.push('name');
  }
  if (known.birthDate && claimed.birthDate && !mayBeOneDay(known.birthDate, claimed.birthDate))
    found.push('birth-date');
  const sexes = new Set([known.sex, claimed.sex]);
  if (sexes.has('M') && sexes.has('F')) found.push('sex');
  return found;
}

/** The same for all headers that say the same of a person, whatever their order and case. */
export function fingerprint(identity: Identity): string {
  const names = [...new Set(identity.names.map((name) => words(name).join(' ')).filter((name) => name !== ''))].sort();
  return createHash('sha256')
    .update(JSON.stringify([names, identity.sex, identity.birthDate, identity.idCard]))
    .digest('hex');
}
