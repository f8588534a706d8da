import { dictionaryVr, tagOf, type DicomJson, type DicomJsonElement, type DicomJsonValue } from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';

export type QueryString = Readonly<Record<string, string | string[] | undefined>>;

/** The query component of a QIDO-RS address (PS3.18 section 8.3.4). */
export interface QueryParameters {
  /** matching keys with their values, `includefield`s empty: a C-FIND identifier */
  keys: DicomJson;
  fuzzyNames: boolean;
  includeAll: boolean;
  limit: number | undefined;
  offset: number;
  /** attributes of `includefield` that no dictionary knows */
  unknownFields: string[];
}

/** Not attributes: what the section defines besides, and the media type by parameter (section 8.3.3). */
const CONTROLS = new Set([
  'includefield',
  'fuzzymatching',
  'limit',
  'offset',
  'emptyvaluematching',
  'multiplevaluematching',
  'accept',
  'charset',
]);
const TAG = /^[0-9A-Fa-f]{8}$/;
/** Text in which a backslash separates nothing. */
const ONE_VALUE = new Set(['LT', 'ST', 'UT', 'UR']);
const MOST_KEYS = 100;
const DEEPEST = 8;

/**
 * Attributes by keyword, tag or a path of either joined by points; values may be given once or more. Lists of UIDs, and of codes, are
 * separated by comma or backslash.
 * @throws Refusal `invalid` / unknown-parameter, bad-parameter
 */
export function queryParameters(query: QueryString): QueryParameters {
  const found: QueryParameters = {
    keys: {},
    fuzzyNames: flag(query, 'fuzzymatching'),
    includeAll: false,
    limit: query['limit'] === undefined ? undefined : whole(query, 'limit'),
    offset: query['offset'] === undefined ? 0 : whole(query, 'offset'),
    unknownFields: [],
  };
  // Both kinds of matching are always at work; the parameters only have to be understood.
  flag(query, 'emptyvaluematching');
  flag(query, 'multiplevaluematching');
  const fields = list(query['includefield']).flatMap((value) => value.split(','));
  const names = Object.keys(query).filter((name) => !CONTROLS.has(name));
  if (names.length + fields.length > MOST_KEYS) {
    throw new Refusal('invalid', 'bad-parameter', `A query has at most ${MOST_KEYS} attributes.`);
  }
  for (const field of fields.map((value) => value.trim()).filter((value) => value !== '')) {
    const path = tagPath(field);
    if (field.toLowerCase() === 'all') found.includeAll = true;
    else if (path === null) found.unknownFields.push(field.slice(0, 64));
    else put(found.keys, path, []);
  }
  for (const name of names) {
    const path = tagPath(name);
    if (path === null) {
      throw new Refusal(
        'invalid',
        'unknown-parameter',
        `${name.slice(0, 64)} is neither an attribute nor a parameter.`,
      );
    }
    put(found.keys, path, list(query[name]));
  }
  return found;
}

function list(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function flag(query: QueryString, name: string): boolean {
  const value = list(query[name]).at(-1) ?? 'false';
  if (!/^(true|false)$/i.test(value)) throw new Refusal('invalid', 'bad-parameter', `${name} is true or false.`);
  return value.toLowerCase() === 'true';
}

function whole(query: QueryString, name: string): number {
  const value = list(query[name]).at(-1) ?? '';
  if (!/^\d{1,9}$/.test(value)) throw new Refusal('invalid', 'bad-parameter', `${name} is no whole number.`);
  return Number(value);
}

/** Tags from the outside in; null when a part is no attribute. */
function tagPath(name: string): string[] | null {
  const parts = name.split('.');
  if (parts.length > DEEPEST) return null;
  const tags = parts.map((part) => (TAG.test(part) ? part.toUpperCase() : tagOf(part)));
  return tags.every((tag) => tag !== undefined) ? tags : null;
}

/** Puts values under a path; a path through a sequence shares the one item of the key. */
function put(keys: DicomJson, [tag, ...inner]: string[], raw: readonly string[]): void {
  if (tag === undefined) return;
  if (inner.length > 0) {
    const item = (keys[tag]?.Value?.[0] ?? {}) as DicomJson;
    put(item, inner, raw);
    keys[tag] = { vr: 'SQ', Value: [item] };
    return;
  }
  const element = elementOf(tag, raw);
  if (element.Value || !keys[tag]) keys[tag] = element;
}

function elementOf(tag: string, raw: readonly string[]): DicomJsonElement {
  const vr = dictionaryVr(tag) ?? 'UN';
  const separator = vr === 'UI' || vr === 'CS' ? /[,\\]/ : ONE_VALUE.has(vr) ? null : /\\/;
  const values = raw
    .flatMap((value) => (separator === null ? [value] : value.split(separator)))
    .filter((value) => value.trim() !== '');
  if (values.length === 0) return { vr };
  return { vr, Value: vr === 'PN' ? values.map(nameValue) : values };
}

function nameValue(text: string): DicomJsonValue {
  const [Alphabetic, Ideographic, Phonetic] = text.split('=');
  return { ...(Alphabetic && { Alphabetic }), ...(Ideographic && { Ideographic }), ...(Phonetic && { Phonetic }) };
}
