import {
  dictionaryVr,
  keywordOf,
  nameGroups,
  sequence,
  texts,
  type DicomJson,
  type DicomJsonElement,
} from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';
import { namePatterns, type NamePatterns } from '#libs/patients';
import { isAtOrAbove, levelOf, type QueryLevel } from './attribute-levels.js';
import { combinedRange, dateRange, momentRange, timeRange, type TextRange } from './date-time-range.js';

/** What a key asks of an attribute (PS3.4 section C.2.2.2). Universal matching asks nothing and is no condition. */
export type Condition =
  | { kind: 'values'; values: string[] }
  | { kind: 'numbers'; values: number[] }
  /** patterns for SQL's LIKE with `\` as its escape */
  | { kind: 'wildcard'; patterns: string[] }
  | { kind: 'range'; range: TextRange; of: 'date' | 'time' | 'moment' }
  | { kind: 'name'; groups: NamePatterns[]; fuzzy: boolean }
  | { kind: 'item'; keys: Key[] }
  | { kind: 'empty' };

export interface Key {
  tag: string;
  condition: Condition;
}

export interface MatchOptions {
  fuzzyNames?: boolean;
  /** StudyDate with StudyTime, and the like, as one range; else each by itself */
  combinedDateTime?: boolean;
}

/** Describe the query, not what is sought: never matched. */
const NEVER_MATCHED = new Set(['00080005', '00080052', '00080053', '00080054', '00080056', '00080201', '00081190']);
const WILDCARD_VRS = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
const NUMBER_VRS = new Set(['IS', 'DS', 'US', 'SS', 'UL', 'SL', 'UV', 'SV', 'FL', 'FD']);
const UNMATCHABLE_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);
/** Two QUOTATION MARKs (PS3.4 C.2.2.2.7). */
const EMPTY = '""';
/** A date and the time that goes with it. */
const DATE_TIME_PAIRS = [
  ['00080020', '00080030'],
  ['00400244', '00400245'],
] as const;
const MODALITY = '00080060';
const MODALITIES_IN_STUDY = '00080061';

const nameOf = (tag: string): string => keywordOf(tag) ?? `(${tag.slice(0, 4)},${tag.slice(4)})`;

/** @throws Refusal `invalid` / `invalid-key` (a value that its VR does not know) with the offending tag in its detail */
function invalid(tag: string, value: string): Refusal {
  return new Refusal('invalid', 'invalid-key', `${nameOf(tag)} cannot be matched with "${value.slice(0, 64)}".`, {
    tag,
  });
}

/** @throws Refusal `invalid` / `unsupported-key` with the offending tag in its detail */
function unsupported(tag: string, level: QueryLevel): Refusal {
  return new Refusal('invalid', 'unsupported-key', `${nameOf(tag)} cannot be matched at ${level} level.`, { tag });
}

/**
 * The matching keys of a C-FIND identifier or of QIDO-RS parameters in the form of one. Empty keys, and a lone `*`, match everything.
 * Several values are alternatives: the list of UIDs of PS3.4 C.2.2.2.2, Multiple Value Matching (C.2.2.2.8) for other attributes.
 * @throws Refusal `invalid` / `invalid-key` or `unsupported-key` with the offending `tag` in its detail
 */
export function matchKeys(level: QueryLevel, keys: DicomJson, options: MatchOptions = {}): Key[] {
  const found: Key[] = [];
  for (const [given, element] of Object.entries(keys)) {
    if (element.Value === undefined && element.InlineBinary === undefined) continue;
    if (NEVER_MATCHED.has(given) || (Number.parseInt(given.slice(4), 16) === 0 && given.endsWith('0000'))) continue;
    // At study level a modality is asked for by either name.
    const tag = level === 'STUDY' && given === MODALITY ? MODALITIES_IN_STUDY : given;
    const condition = conditionOf(tag, element, options);
    if (condition === null) continue;
    if (!isAtOrAbove(levelOf(tag), level)) throw unsupported(given, level);
    found.push({ tag, condition });
  }
  return options.combinedDateTime ? combined(found) : found;
}

function combined(keys: Key[]): Key[] {
  let rest = keys;
  for (const [dateTag, timeTag] of DATE_TIME_PAIRS) {
    const date = rest.find((key) => key.tag === dateTag)?.condition;
    const time = rest.find((key) => key.tag === timeTag)?.condition;
    if (date?.kind !== 'range' || time?.kind !== 'range') continue;
    rest = rest.filter((key) => key.tag !== dateTag && key.tag !== timeTag);
    rest.push({ tag: dateTag, condition: { kind: 'range', range: combinedRange(date.range, time.range), of: 'date' } });
  }
  return rest;
}

function conditionOf(tag: string, element: DicomJsonElement, options: MatchOptions): Condition | null {
  const vr = dictionaryVr(tag) ?? element.vr;
  if (vr === 'SQ') return itemCondition(tag, { [tag]: { ...element, vr } }, options);
  const single: DicomJson = { [tag]: element };
  const values = (vr === 'PN' ? nameGroups(single, tag) : texts(single, tag))
    .map((value) => (vr === 'PN' ? value : value.trim()))
    .filter((value) => value.trim() !== '');
  if (values.length === 0) {
    if (element.InlineBinary !== undefined) throw invalid(tag, 'binary data');
    return null;
  }
  if (values.length === 1 && values[0] === EMPTY) return { kind: 'empty' };
  if (UNMATCHABLE_VRS.has(vr)) throw invalid(tag, values[0]!);
  if (vr === 'PN') return nameCondition(values, options.fuzzyNames ?? false);
  if (values.some((value) => value === '*')) return null;
  if (vr === 'DA' || vr === 'TM' || vr === 'DT') return rangeCondition(tag, vr, values);
  if (NUMBER_VRS.has(vr)) return numberCondition(tag, values);
  const all = vr === 'UI' ? values.flatMap((value) => value.split('\\')) : values;
  if (WILDCARD_VRS.has(vr) && all.some((value) => /[*?]/.test(value))) {
    return { kind: 'wildcard', patterns: all.map(wildcardPattern) };
  }
  if (vr === 'UI' && all.some((value) => !/^\d[\d.]{0,63}$/.test(value))) throw invalid(tag, all.join('\\'));
  return { kind: 'values', values: all };
}

/** `*` and `?` (PS3.4 C.2.2.2.4) as LIKE has them; everything else stands for itself. */
export function wildcardPattern(value: string): string {
  return value
    .replaceAll(/[\\%_]/g, String.raw`\$&`)
    .replaceAll('*', '%')
    .replaceAll('?', '_');
}

function nameCondition(groups: string[], fuzzy: boolean): Condition | null {
  const patterns = namePatterns(
    groups.filter((group) => !/^[*^\s]*$/.test(group)),
    fuzzy,
  );
  return patterns.length === 0 ? null : { kind: 'name', groups: patterns, fuzzy };
}

function rangeCondition(tag: string, vr: 'DA' | 'TM' | 'DT', values: string[]): Condition {
  const read = { DA: dateRange, TM: timeRange, DT: momentRange }[vr];
  const range = values.length === 1 ? read(values[0]!) : null;
  if (range === null) throw invalid(tag, values.join('\\'));
  return { kind: 'range', range, of: ({ DA: 'date', TM: 'time', DT: 'moment' } as const)[vr] };
}

function numberCondition(tag: string, values: string[]): Condition {
  const numbers = values.map(Number);
  if (numbers.some((value) => !Number.isFinite(value))) throw invalid(tag, values.join('\\'));
  return { kind: 'numbers', values: numbers };
}

/** Sequence matching (PS3.4 C.2.2.2.6): some item has to meet all keys of the one item given. */
function itemCondition(tag: string, keys: DicomJson, options: MatchOptions): Condition | null {
  const items = sequence(keys, tag);
  if (items.length > 1) throw invalid(tag, `${items.length} items`);
  const inside: Key[] = [];
  for (const [inner, element] of Object.entries(items[0] ?? {})) {
    const condition = conditionOf(inner, element, options);
    if (condition !== null) inside.push({ tag: inner, condition });
  }
  return inside.length === 0 ? null : { kind: 'item', keys: inside };
}
