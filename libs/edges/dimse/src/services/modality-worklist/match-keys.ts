import { sequence, texts, type DicomJson, type DicomJsonElement, type PersonNameValue } from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';

/**
 * Attribute matching of PS3.4 section C.2.2.2 on one worklist item: single value, wildcard, list of UIDs, range, sequence. Names
 * match without regard to case, by any of their groups.
 */

const RANGE_VRS = new Set(['DA', 'TM', 'DT']);
const WILDCARD_VRS = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
/** Says how the identifier is written, and is no key. */
const NO_KEYS = new Set(['00080005']);

const isEmpty = ({ vr, Value = [] }: DicomJsonElement): boolean =>
  Value.length === 0 || (vr !== 'SQ' && Value.every((value) => value === null || value === ''));

/** `*` is any run of characters, `?` is one (PS3.4 section C.2.2.2.4); never slower than both lengths multiplied. */
function glob(pattern: string, value: string): boolean {
  const wanted = Array.from(pattern.toLowerCase());
  const own = Array.from(value.toLowerCase());
  let at = 0;
  let from = 0;
  let star = -1;
  let retry = 0;
  while (at < own.length) {
    if (from < wanted.length && wanted[from] !== '*' && (wanted[from] === '?' || wanted[from] === own[at])) {
      at += 1;
      from += 1;
    } else if (wanted[from] === '*') {
      star = from;
      retry = at;
      from += 1;
    } else if (star >= 0) {
      retry += 1;
      at = retry;
      from = star + 1;
    } else return false;
  }
  return wanted.slice(from).every((character) => character === '*');
}

/** Times compare as far as both are written: `10` covers ten o'clock to its end. */
function within(value: string, range: string, vr: string): boolean {
  const plain = (text: string): string => text.trim().replaceAll(vr === 'DA' ? '.' : ':', '');
  const dash = range.indexOf('-');
  const [from, to] = dash < 0 ? [range, range] : [range.slice(0, dash), range.slice(dash + 1)];
  const [low, high] = [plain(from), plain(to)];
  const own = plain(value);
  if (own === '') return false;
  return (low === '' || own.slice(0, low.length) >= low) && (high === '' || own.slice(0, high.length) <= high);
}

function nameGroups(element: DicomJsonElement): string[] {
  return (element.Value ?? []).flatMap((value) =>
    typeof value === 'object' && value !== null
      ? Object.values(value as PersonNameValue).filter((group): group is string => typeof group === 'string')
      : [String(value ?? '')],
  );
}

function matchesValue(key: DicomJsonElement, own: DicomJsonElement | undefined): boolean {
  if (own === undefined || isEmpty(own)) return texts({ key }, 'key').every((text) => /^\*+$/.test(text));
  const wanted = key.vr === 'PN' ? nameGroups(key) : texts({ key }, 'key');
  const has = key.vr === 'PN' ? nameGroups(own) : texts({ own }, 'own');
  return wanted.some((text) => has.some((value) => matchesText(key.vr, text, value)));
}

function matchesText(vr: string, wanted: string, value: string): boolean {
  if (RANGE_VRS.has(vr)) return within(value, wanted, vr);
  if (vr === 'PN') return glob(wanted.replace(/\^+$/, ''), value.replace(/\^+$/, ''));
  if (WILDCARD_VRS.has(vr) && /[*?]/.test(wanted)) return glob(wanted, value);
  return wanted === value;
}

/** Whether the item has what every key asks; a key without a value asks nothing. */
export function matchesKeys(keys: DicomJson, item: DicomJson): boolean {
  return Object.entries(keys).every(([tag, key]) => {
    if (NO_KEYS.has(tag) || isEmpty(key)) return true;
    if (key.vr !== 'SQ') return matchesValue(key, item[tag]);
    const [wanted] = sequence(keys, tag);
    if (wanted === undefined || Object.values(wanted).every(isEmpty)) return true;
    return sequence(item, tag).some((own) => matchesKeys(wanted, own));
  });
}

/** The attributes of the item that were asked for; those it does not know are without a value. */
export function asked(keys: DicomJson, item: DicomJson): DicomJson {
  return Object.fromEntries(
    Object.entries(keys)
      .filter(([tag]) => !NO_KEYS.has(tag) && !tag.endsWith('0000'))
      .map(([tag, key]) => {
        const own = item[tag] ?? { vr: key.vr };
        const [wanted] = sequence(keys, tag);
        // An empty sequence, or one with an empty item, asks for the whole of its items (PS3.4 section C.2.2.2.6).
        if (key.vr !== 'SQ' || wanted === undefined || Object.keys(wanted).length === 0) return [tag, own];
        const items = sequence(item, tag).map((inner) => asked(wanted, inner));
        return [tag, items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items }];
      }),
  );
}

/** @throws Refusal `invalid` / invalid-key with the `tag` in its detail: a date or time that is none */
export function checkKeys(keys: DicomJson): void {
  for (const [tag, key] of Object.entries(keys)) {
    if (key.vr === 'SQ') for (const inner of sequence(keys, tag)) checkKeys(inner);
    const pattern = key.vr === 'DA' ? /^[\d. ]*-?[\d. ]*$/ : key.vr === 'TM' ? /^[\d.: ]*-?[\d.: ]*$/ : null;
    const wrong = pattern === null ? undefined : texts(keys, tag).find((text) => !pattern.test(text));
    if (wrong === undefined) continue;
    throw new Refusal('invalid', 'invalid-key', `${tag} cannot be matched with "${wrong.slice(0, 20)}".`, { tag });
  }
}
