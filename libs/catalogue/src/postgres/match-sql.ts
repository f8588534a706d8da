import type { QueryLevel } from '../domain/attribute-levels.js';
import { levelOf } from '../domain/attribute-levels.js';
import type { Condition, Key } from '../domain/match-keys.js';
import type { TextRange } from '../domain/date-time-range.js';

type Table = 'p' | 'e' | 's' | 'i';
type Shape = 'text' | 'number' | 'date' | 'date-time' | 'time' | 'list' | 'names';

/** An attribute that has a column of its own: p patient, e exam, s series, i instance. */
interface Column {
  table: Table;
  name: string;
  shape: Shape;
  /** found by `text_grams`, which finds substrings too */
  grams?: string;
}

const COLUMNS: Readonly<Record<string, Column>> = {
  '00100010': { table: 'p', name: 'p.names', shape: 'names', grams: 'text_grams(p.names)' },
  '00100020': { table: 'p', name: 'p.number', shape: 'text' },
  '00100030': { table: 'p', name: 'p.birth_date', shape: 'date' },
  '00100040': { table: 'p', name: 'p.sex', shape: 'text' },
  '0020000D': { table: 'e', name: 'e.study_instance_uid', shape: 'text' },
  '00080020': { table: 'e', name: 'e.study_date_time', shape: 'date-time' },
  '00080030': { table: 'e', name: 'e.study_date_time', shape: 'time' },
  '00080050': { table: 'e', name: 'e.accession_number', shape: 'text' },
  '00080061': { table: 'e', name: 'e.modalities', shape: 'list' },
  '00080062': { table: 'e', name: 'e.sop_classes', shape: 'list' },
  '00080090': { table: 'e', name: 'e.referring_names', shape: 'names', grams: 'text_grams(e.referring_names)' },
  '00081030': {
    table: 'e',
    name: 'e.study_description',
    shape: 'text',
    grams: 'text_grams(ARRAY[e.study_description])',
  },
  '00200010': { table: 'e', name: 'e.study_id', shape: 'text' },
  '00201206': { table: 'e', name: 'e.dicom_series', shape: 'number' },
  '00201208': { table: 'e', name: 'e.dicom_instances', shape: 'number' },
  '0020000E': { table: 's', name: 's.series_instance_uid', shape: 'text' },
  '00080060': { table: 's', name: 's.modality', shape: 'text' },
  '0008103E': { table: 's', name: 's.description', shape: 'text', grams: 'text_grams(ARRAY[s.description])' },
  '00180015': { table: 's', name: 's.body_part', shape: 'text' },
  '00200011': { table: 's', name: 's.number', shape: 'number' },
  '00201209': { table: 's', name: 's.dicom_instances', shape: 'number' },
  '00400244': { table: 's', name: 's.performed_date_time', shape: 'date-time' },
  '00400245': { table: 's', name: 's.performed_date_time', shape: 'time' },
  '00080016': { table: 'i', name: 'i.sop_class_uid', shape: 'text' },
  '00080018': { table: 'i', name: 'i.sop_instance_uid', shape: 'text' },
  '00200013': { table: 'i', name: 'i.number', shape: 'number' },
  '00280008': { table: 'i', name: 'i.frames', shape: 'number' },
  '00280010': { table: 'i', name: 'i.rows', shape: 'number' },
  '00280011': { table: 'i', name: 'i.columns', shape: 'number' },
  '00280100': { table: 'i', name: 'i.bits_allocated', shape: 'number' },
};

/** Values inside RequestAttributesSequence that have an index of their own. */
const ITEM_LISTS: Readonly<Record<string, string>> = {
  '00400275/00400009': 's.scheduled_step_ids',
  '00400275/00401001': 's.requested_procedure_ids',
};

const HEADERS: Readonly<Record<QueryLevel, string>> = {
  PATIENT: 'p.attributes',
  STUDY: 'e.attributes',
  SERIES: 's.attributes',
  IMAGE: 'x.attributes',
};
const DERIVED = `LIKE '~%'`;

/** SQL text and its parameters, put together step by step. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** The tables whose rows a key looks at; `x` is the stored header. */
export function tableOf(tag: string): Table | 'x' {
  return COLUMNS[tag]?.table ?? ({ PATIENT: 'p', STUDY: 'e', SERIES: 's', IMAGE: 'x' } as const)[levelOf(tag)];
}

/** Is this one value of a column with an index on single values? Then plans need not know the value. */
export function isPlainLookup({ tag, condition }: Key): boolean {
  const column = COLUMNS[tag];
  return (
    condition.kind === 'values' &&
    condition.values.length === 1 &&
    ['00100020', '0020000D', '0020000E', '00080018', '00080050'].includes(tag) &&
    column?.shape === 'text'
  );
}

/** A condition that an n-gram index can answer, as SQL over that index alone; null where it cannot. */
export function gramCondition(key: Key, parameters: Parameters): { table: Table; sql: string } | null {
  const column = COLUMNS[key.tag];
  if (!column?.grams) return null;
  const groups = patternsOf(key.condition);
  if (groups === null) return null;
  const fuzzy = key.condition.kind === 'name' && key.condition.fuzzy;
  const alternatives = groups.map((patterns) => patterns.map((pattern) => gramsOf(pattern, !fuzzy)));
  const usable = alternatives.filter((group) => group.every((grams) => grams.length > 0));
  if (usable.length === 0) return null;
  const sql = usable
    .map((group) => `(${group.map((grams) => `${column.grams} @> ${parameters.add(grams)}::text[]`).join(' OR ')})`)
    .join(' AND ');
  return { table: column.table, sql };
}

/** Alternatives of patterns, each group of which has to be met. */
function patternsOf(condition: Condition): readonly (readonly string[])[] | null {
  if (condition.kind === 'name') return condition.groups;
  if (condition.kind === 'wildcard') return [condition.patterns];
  if (condition.kind === 'values') {
    return [condition.values.map((value) => value.replaceAll(/[\\%_]/g, String.raw`\$&`))];
  }
  return null;
}

/** The grams that every text matching a LIKE pattern contains; none where the pattern is too short to say. */
export function gramsOf(pattern: string, anchored: boolean): string[] {
  const pieces: string[][] = [anchored ? ['^'] : []];
  for (const [token, escaped] of pattern.matchAll(/\\(.)|[^\\]/gsu)) {
    if (token === '%' || token === '_') pieces.push([]);
    else pieces.at(-1)!.push(escaped ?? token);
  }
  const grams = pieces.flatMap((piece) => {
    const size = Math.min(3, piece.length);
    const all = Array.from({ length: piece.length - size + 1 }, (_, at) => piece.slice(at, at + size).join(''));
    return all.filter((gram) => size > 1 || (size === 1 && Buffer.byteLength(gram) > 1));
  });
  return [...new Set(grams)];
}

/** A key as an SQL condition over the tables p, e, s, i and x. */
export function matchSql(key: Key, parameters: Parameters): string {
  const column = COLUMNS[key.tag];
  if (column) return columnSql(column, key.condition, parameters);
  const header = HEADERS[levelOf(key.tag)];
  const narrow = key.condition.kind === 'item' ? itemLists(key.tag, key.condition.keys, parameters) : [];
  return [...narrow, headerSql(header, key, parameters, 0)].join(' AND ');
}

function itemLists(tag: string, keys: readonly Key[], parameters: Parameters): string[] {
  return keys.flatMap(({ tag: inner, condition }) => {
    const list = ITEM_LISTS[`${tag}/${inner}`];
    return list && condition.kind === 'values' ? [`${list} && ${parameters.add(condition.values)}::text[]`] : [];
  });
}

function columnSql({ name, shape }: Column, condition: Condition, parameters: Parameters): string {
  switch (condition.kind) {
    case 'empty':
      if (shape === 'list' || shape === 'names') return `${name} = '{}'`;
      if (shape === 'time') return `substr(${name}, 9) = ''`;
      return shape === 'number' || shape === 'date' ? `${name} IS NULL` : `coalesce(${name}, '') = ''`;
    case 'name':
      return nameSql(name, condition, parameters);
    case 'numbers':
      return `${name} = ANY(${parameters.add(condition.values)}::float8[])`;
    case 'range':
      if (shape === 'date') return dateSql(name, condition.range, parameters);
      if (shape === 'time')
        return `substr(${name}, 9) <> '' AND ${rangeSql(`substr(${name}, 9)`, condition.range, parameters)}`;
      return rangeSql(name, condition.range, parameters);
    case 'values':
      if (shape === 'list') return `${name} && ${parameters.add(condition.values)}::text[]`;
      return condition.values.length === 1
        ? `${name} = ${parameters.add(condition.values[0])}`
        : `${name} = ANY(${parameters.add(condition.values)}::text[])`;
    case 'wildcard': {
      const like = (text: string) =>
        condition.patterns.map((pattern) => `${text} LIKE ${parameters.add(pattern)}`).join(' OR ');
      return shape === 'list' ? `EXISTS (SELECT 1 FROM unnest(${name}) AS v WHERE ${like('v')})` : `(${like(name)})`;
    }
    default:
      throw new Error(`no condition of kind ${condition.kind} over ${name}`);
  }
}

function nameSql(name: string, condition: Extract<Condition, { kind: 'name' }>, parameters: Parameters): string {
  return condition.groups
    .map((patterns) => {
      const any = `LIKE ANY(${parameters.add(patterns)}::text[])`;
      const met = condition.fuzzy ? `ltrim(v, '~') ${any}` : `v ${any} AND v NOT ${DERIVED}`;
      return `EXISTS (SELECT 1 FROM unnest(${name}) AS v WHERE ${met})`;
    })
    .join(' AND ');
}

function rangeSql(text: string, { from, to }: TextRange, parameters: Parameters): string {
  const ends = [
    from === null ? [] : [`${text} >= ${parameters.add(from)}`],
    to === null ? [] : [`${text} < ${parameters.add(to)}`],
  ].flat();
  // What is unknown is in no range, an open one included.
  return from === null ? [`${text} <> ''`, ...ends].join(' AND ') : ends.join(' AND ');
}

function dateSql(name: string, { from, to }: TextRange, parameters: Parameters): string {
  const ends = [
    from === null ? `${name} IS NOT NULL` : `${name} >= ${parameters.add(from)}::date`,
    // The end is closed by a character behind its digits.
    to === null ? '' : `${name} <= ${parameters.add(to.slice(0, 8))}::date`,
  ];
  return ends.filter((end) => end !== '').join(' AND ');
}

/** A key over DICOM JSON itself, for attributes without a column; `depth` names the rows of nested sequences apart. */
function headerSql(json: string, { tag, condition }: Key, parameters: Parameters, depth: number): string {
  const value = `${json}->${parameters.add(tag)}::text->'Value'`;
  if (condition.kind === 'empty') return `coalesce(${value}, '[]') IN ('[]', '[null]')`;
  const row = `v${depth}`;
  if (condition.kind === 'item') {
    const inner = condition.keys.map((key) => headerSql(row, key, parameters, depth + 1));
    return `EXISTS (SELECT 1 FROM jsonb_array_elements(${value}) AS ${row} WHERE ${inner.join(' AND ')})`;
  }
  if (condition.kind === 'name') {
    const groups = condition.groups.map((patterns) => {
      const spelled = (joint: string) =>
        `lower(btrim(regexp_replace(g.value, '[\\^ ]+', '${joint}', 'g'))) LIKE ANY(${parameters.add(patterns)}::text[])`;
      return `EXISTS (SELECT 1 FROM jsonb_array_elements(${value}) AS ${row},
        jsonb_each_text(CASE jsonb_typeof(${row}) WHEN 'object' THEN ${row} ELSE '{}' END) AS g WHERE ${spelled(' ')} OR ${spelled('')})`;
    });
    return groups.join(' AND ');
  }
  return `EXISTS (SELECT 1 FROM jsonb_array_elements_text(${value}) AS ${row} WHERE ${textSql(row, condition, parameters)})`;
}

function textSql(row: string, condition: Condition, parameters: Parameters): string {
  switch (condition.kind) {
    case 'values':
      return `${row} = ANY(${parameters.add(condition.values)}::text[])`;
    case 'numbers':
      return `CASE WHEN ${row} ~ '^[-+]?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?$' THEN ${row}::float8 = ANY(${parameters.add(condition.values)}::float8[]) ELSE false END`;
    case 'wildcard':
      return `(${condition.patterns.map((pattern) => `${row} LIKE ${parameters.add(pattern)}`).join(' OR ')})`;
    case 'range':
      return rangeSql(comparable(row, condition.of), condition.range, parameters);
    default:
      throw new Error(`no condition of kind ${condition.kind} over text`);
  }
}

/** The text of a header as ranges compare it. */
function comparable(row: string, of: 'date' | 'time' | 'moment'): string {
  if (of === 'date') return `replace(${row}, '.', '') COLLATE "C"`;
  if (of === 'moment') return `regexp_replace(${row}, '[-+][0-9]{4}$', '') COLLATE "C"`;
  const digits = `replace(${row}, ':', '')`;
  return `(rpad(split_part(${digits}, '.', 1), 6, '0') || coalesce(nullif('.' || rtrim(split_part(${digits}, '.', 2), '0'), '.'), '')) COLLATE "C"`;
}
