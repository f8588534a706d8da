import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { Database } from '#libs/persistence';
import {
  AttributeIndex,
  type AttributePage,
  type AttributeSearch,
  type FoundEntity,
  type HeldUids,
  type PageKey,
} from '../attribute-index.js';
import type { QueryLevel } from '../domain/attribute-levels.js';
import type { Key } from '../domain/match-keys.js';
import { gramCondition, isPlainLookup, matchSql, Parameters, tableOf } from './match-sql.js';

/**
 * A text search that finds so few rows is answered from them; one that finds more is so common that the order of the answers, read from
 * its index with the condition as a filter, soon fills a page. The planner cannot know which from a pattern.
 */
const FEW = 500;
/** Studies that one question of several may be answered with. */
const BRIEF = 250;
/** A number that sorts behind all, for series and instances without one. */
const LAST = 2147483647;

type Found = Record<string, unknown>;

interface Plan {
  where: string[];
  parameters: Parameters;
}

const TABLES = { p: 'patient', e: 'exam', s: 'series', i: 'instance' } as const;

const KEY_OF_LEVEL: Readonly<Record<QueryLevel, { columns: string[]; order: string }>> = {
  PATIENT: { columns: ['p.id'], order: 'p.id' },
  STUDY: { columns: ['e.study_date_time', 'e.id'], order: 'e.study_date_time DESC, e.id DESC' },
  SERIES: {
    columns: ['e.study_date_time', 'e.id', `coalesce(s.number, ${LAST})`, 's.series_instance_uid'],
    order: `e.study_date_time DESC, e.id DESC, coalesce(s.number, ${LAST}), s.series_instance_uid`,
  },
  IMAGE: {
    columns: [
      'e.study_date_time',
      'e.id',
      `coalesce(s.number, ${LAST})`,
      's.series_instance_uid',
      `coalesce(i.number, ${LAST})`,
      'i.sop_instance_uid',
    ],
    order: `e.study_date_time DESC, e.id DESC, coalesce(s.number, ${LAST}), s.series_instance_uid,
      coalesce(i.number, ${LAST}), i.sop_instance_uid`,
  },
};

const FROM: Readonly<Record<QueryLevel, string>> = {
  PATIENT: 'patient p',
  STUDY: 'exam e JOIN patient p ON p.id = e.patient_id',
  SERIES: 'series s JOIN exam e ON e.id = s.exam_id JOIN patient p ON p.id = e.patient_id',
  IMAGE: `instance i JOIN series s ON s.id = i.series_id JOIN exam e ON e.id = i.exam_id JOIN patient p ON p.id = e.patient_id
    JOIN ingest_instance x ON x.id = i.id`,
};

/** What each level adds to an answer. */
const ANSWER: Readonly<Record<QueryLevel, string>> = {
  PATIENT: `p.id AS "patientId", p.organisation, p.number AS "patientNumber", p.attributes AS patient`,
  STUDY: `e.attributes AS study, e.study_instance_uid AS "0020000D", e.accession_number AS "00080050", e.modalities AS "00080061",
    e.sop_classes AS "00080062", e.dicom_series AS "00201206", e.dicom_instances AS "00201208"`,
  SERIES: `s.attributes AS series, s.series_instance_uid AS "0020000E", s.dicom_instances AS "00201209"`,
  IMAGE: `i.sop_instance_uid AS "00080018", i.sop_class_uid AS "00080016", i.number AS "00200013", i.rows AS "00280010",
    i.columns AS "00280011", i.frames AS "00280008", i.bits_allocated AS "00280100", x.transfer_syntax_uid AS "00083002"`,
};
const PATIENT_COUNTS = `(SELECT count(*)::int FROM exam c WHERE c.patient_id = p.id AND c.holds_dicom) AS "00201200",
  (SELECT sum(c.dicom_series)::int FROM exam c WHERE c.patient_id = p.id AND c.holds_dicom) AS "00201202",
  (SELECT sum(c.dicom_instances)::int FROM exam c WHERE c.patient_id = p.id AND c.holds_dicom) AS "00201204"`;

const LEVELS_OF: Readonly<Record<QueryLevel, readonly QueryLevel[]>> = {
  PATIENT: ['PATIENT'],
  STUDY: ['PATIENT', 'STUDY'],
  SERIES: ['PATIENT', 'STUDY', 'SERIES'],
  IMAGE: ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'],
};

@Injectable()
export class AttributeIndexPostgres extends AttributeIndex {
  constructor(private readonly database: Database) {
    super();
  }

  async find(scope: OrganisationScope, search: AttributeSearch, page: AttributePage): Promise<FoundEntity[]> {
    const plan = await this.plan(scope, search);
    const { columns, order } = KEY_OF_LEVEL[search.level];
    if (page.after) plan.where.push(behind(search.level, page.after, plan.parameters));
    const answer = [
      ...LEVELS_OF[search.level].map((level) => ANSWER[level]),
      ...(search.level === 'PATIENT' ? [PATIENT_COUNTS] : []),
      ...(search.headers ? [`${headerOf(search.level)} AS header`] : []),
      `jsonb_build_array(${columns.join(', ')}) AS page`,
    ].join(', ');
    const limit = plan.parameters.add(page.limit);
    const where = plan.where.join(' AND ');
    let sql = `SELECT ${answer} FROM ${FROM[search.level]} WHERE ${where} ORDER BY ${order} LIMIT ${limit}`;
    if (page.offset) {
      // What is skipped is counted over ids; only the page itself is read whole.
      const alias = { PATIENT: 'p', STUDY: 'e', SERIES: 's', IMAGE: 'i' }[search.level];
      sql = `SELECT ${answer} FROM ${FROM[search.level]} WHERE ${alias}.id IN (
        SELECT ${alias}.id FROM ${skippingFrom(search)} WHERE ${where} ORDER BY ${order} LIMIT ${limit} OFFSET ${plan.parameters.add(page.offset)})
        ORDER BY ${order}`;
    }
    return (await this.answers(search, page, sql, plan.parameters.values)).map(entity);
  }

  /**
   * Whole answers as JSON: one value to be read instead of twenty. A plan for any value is right only where every value finds few; the
   * rest is planned with its values.
   */
  private async answers(
    search: AttributeSearch,
    page: AttributePage,
    sql: string,
    values: readonly unknown[],
  ): Promise<Found[]> {
    const found = `SELECT row_to_json(f) AS found FROM (${sql}) AS f`;
    const rows = await (!search.keys.some(isPlainLookup)
      ? this.database.rows<{ found: Found }>(found, values)
      : isBrief(search, page) && values.every(isScalar)
        ? this.database.lookedUp<{ found: Found }>(found, values)
        : this.database.prepared<{ found: Found }>(found, values));
    return rows.map((row) => row.found);
  }

  async count(scope: OrganisationScope, search: AttributeSearch, atMost: number): Promise<number> {
    const plan = await this.plan(scope, search);
    const row = await this.database.row<{ found: number }>(
      `SELECT count(*)::int AS found FROM (
         SELECT 1 FROM ${skippingFrom(search)} WHERE ${plan.where.join(' AND ')} LIMIT ${plan.parameters.add(atMost)}) AS counted`,
      plan.parameters.values,
    );
    return row!.found;
  }

  async heldBeyond(scope: OrganisationScope, uids: HeldUids): Promise<boolean> {
    const own = scopeParameter(scope);
    if (own === null) return false;
    const row = await this.database.row<{ held: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM exam e WHERE e.study_instance_uid = ANY($1) AND NOT e.organisation = ANY($4))
         OR EXISTS (SELECT 1 FROM series s JOIN exam e ON e.id = s.exam_id WHERE s.series_instance_uid = ANY($2) AND NOT e.organisation = ANY($4))
         OR EXISTS (SELECT 1 FROM instance i JOIN exam e ON e.id = i.exam_id WHERE i.sop_instance_uid = ANY($3) AND NOT e.organisation = ANY($4))
       AS held`,
      [uids.studyInstanceUids, uids.seriesInstanceUids, uids.sopInstanceUids, own],
    );
    return row!.held;
  }

  private async plan(scope: OrganisationScope, search: AttributeSearch): Promise<Plan> {
    const { level } = search;
    const parameters = new Parameters();
    const base = level === 'PATIENT' ? 'p' : 'e';
    const organisations = search.organisation === undefined ? scopeParameter(scope) : [search.organisation];
    const where = [organisationSql(base, organisations, parameters, ofOnePatient(search))];
    where.push(
      level === 'PATIENT'
        ? 'EXISTS (SELECT 1 FROM exam d WHERE d.patient_id = p.id AND d.holds_dicom)'
        : 'e.holds_dicom',
    );
    if (level === 'SERIES') where.push('s.dicom_instances > 0');
    if (level === 'IMAGE') where.push(`i.sop_class_uid NOT LIKE 'urn:%'`);
    for (const key of search.keys) {
      const few = isPlainLookup(key) ? null : await this.few(organisations, key);
      where.push(few === null ? matchSql(key, parameters) : `${few.column} = ANY(${parameters.add(few.ids)}::uuid[])`);
    }
    if ((level === 'SERIES' || level === 'IMAGE') && organisations?.length !== 1 && onlyUids(search.keys)) {
      where.push(firstCopySql(level, organisations, parameters));
    }
    return { where, parameters };
  }

  /** The rows that a text search finds, where they are few; null where they are many or no index can say. */
  private async few(
    organisations: readonly string[] | null,
    key: Key,
  ): Promise<{ column: string; ids: string[] } | null> {
    const parameters = new Parameters();
    const found = gramCondition(key, parameters);
    if (found === null) return null;
    const { table, sql } = found;
    const where = [sql, matchSql(key, parameters)];
    if (table === 'p' || table === 'e') where.push(organisationSql(table, organisations, parameters));
    const rows = await this.database.rows<{ id: string }>(
      `SELECT ${table}.id FROM ${TABLES[table]} ${table} WHERE ${where.join(' AND ')} LIMIT ${FEW + 1}`,
      parameters.values,
    );
    return rows.length > FEW ? null : { column: `${table}.id`, ids: rows.map((row) => row.id) };
  }
}

/** Only the tables that the conditions ask: what is skipped or counted needs no header and mostly no patient. */
function skippingFrom(search: AttributeSearch): string {
  const tables = new Set(search.keys.map((key) => tableOf(key.tag)));
  if (search.level === 'PATIENT') return FROM.PATIENT;
  const from = tables.has('p') ? FROM[search.level] : FROM[search.level].replace(/JOIN patient p ON \S+ = \S+/, '');
  return tables.has('x') ? from : from.replace(/JOIN ingest_instance.*$/s, '');
}

/** By a patient's number the way goes from the patient: no plan, made while tables were small, is to walk an organisation's studies. */
function ofOnePatient({ level, keys }: AttributeSearch): boolean {
  return level !== 'PATIENT' && keys.some((key) => key.tag === '00100020' && isPlainLookup(key));
}

/** Of one organisation by equality, so that the index on organisation and date also gives the order. */
function organisationSql(
  table: 'p' | 'e',
  organisations: readonly string[] | null,
  parameters: Parameters,
  filterOnly = false,
): string {
  if (organisations === null) return 'true';
  return organisations.length === 1
    ? `${filterOnly ? `(${table}.organisation || '')` : `${table}.organisation`} = ${parameters.add(organisations[0])}`
    : `${table}.organisation = ANY(${parameters.add(organisations)}::text[])`;
}

/** Are entities named by their UIDs alone? Then the same one, held by several organisations, is one answer. */
function onlyUids(keys: readonly Key[]): boolean {
  return keys.every((key) => key.tag === '0020000D' || (tableOf(key.tag) !== 'p' && tableOf(key.tag) !== 'e'));
}

/** Of a series or instance that several organisations hold, the copy that came first. */
function firstCopySql(
  level: 'SERIES' | 'IMAGE',
  organisations: readonly string[] | null,
  parameters: Parameters,
): string {
  const [table, alias, uid] =
    level === 'SERIES' ? ['series', 's', 'series_instance_uid'] : ['instance', 'i', 'sop_instance_uid'];
  return `NOT EXISTS (SELECT 1 FROM ${table} o JOIN exam f ON f.id = o.exam_id
    WHERE o.${uid} = ${alias}.${uid} AND o.exam_id <> ${alias}.exam_id AND f.study_instance_uid = e.study_instance_uid AND f.holds_dicom
      AND ${organisationSql('e', organisations, parameters).replace('e.', 'f.')}
      AND (f.first_received_at, f.id) < (e.first_received_at, e.id))`;
}

/** The header of the entity, or of the first of its instances where it is more than one. */
function headerOf(level: QueryLevel): string {
  if (level === 'IMAGE') return 'x.attributes';
  const of = { PATIENT: 'f.patient_id = p.id', STUDY: 'f.id = e.id', SERIES: 'h.series_id = s.id' }[level];
  return `(SELECT y.attributes FROM instance h JOIN exam f ON f.id = h.exam_id JOIN ingest_instance y ON y.id = h.id
    WHERE ${of} AND h.sop_class_uid NOT LIKE 'urn:%' ORDER BY h.counts DESC, h.number NULLS LAST, h.id LIMIT 1)`;
}

function behind(level: QueryLevel, after: PageKey, parameters: Parameters): string {
  const { columns } = KEY_OF_LEVEL[level];
  const [a, b, ...rest] = after.map((value) => parameters.add(value));
  if (level === 'PATIENT') return `p.id > ${a}::uuid`;
  const exam = `(e.study_date_time, e.id)`;
  if (level === 'STUDY') return `${exam} < (${a}, ${b}::uuid)`;
  const inner = columns.slice(2);
  const types = ['int', 'text', 'int', 'text'];
  const typed = rest.map((place, at) => `${place}::${types[at]}`);
  return `${exam} <= (${a}, ${b}::uuid) AND (${exam} < (${a}, ${b}::uuid) OR (${inner.join(', ')}) > (${typed.join(', ')}))`;
}

const PARTS = new Set(['patientId', 'organisation', 'patientNumber', 'patient', 'study', 'series', 'header', 'page']);

/** Answers of one statement are in memory together: questions with long ones go by themselves. */
function isBrief({ level, headers }: AttributeSearch, { limit }: AttributePage): boolean {
  return (level === 'PATIENT' || level === 'STUDY') && !headers && limit <= BRIEF;
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function entity(row: Found): FoundEntity {
  const parts: Record<string, unknown> = { computed: {} };
  for (const [name, value] of Object.entries(row)) {
    if (PARTS.has(name)) parts[name] = value;
    else (parts['computed'] as Record<string, unknown>)[name] = value;
  }
  return parts as unknown as FoundEntity;
}
