import { Injectable } from '@nestjs/common';
import { dictionaryVr, texts, type DicomJson, type DicomJsonElement } from '#libs/formats/dicom';
import { inScope, type OrganisationScope } from '#libs/identity';
import { AttributeIndex, type AttributeSearch, type FoundEntity, type PageKey } from './attribute-index.js';
import { COMPUTED_TAGS, isAtOrAbove, levelOf, type QueryLevel } from './domain/attribute-levels.js';
import { matchKeys } from './domain/match-keys.js';

export interface AttributeQuery {
  level: QueryLevel;
  /**
   * A C-FIND identifier as DICOM JSON: elements with values match (wildcards, ranges, lists and sequences as in PS3.4 C.2.2.2), empty
   * ones are only returned. Person names in their component groups or as one text with `=`.
   */
  keys: DicomJson;
  /** words of names in any order, by their beginnings, over pinyin and Latin as well */
  fuzzyNames?: boolean;
  /** StudyDate with StudyTime as one range (Combined Datetime Matching), else each by itself */
  combinedDateTime?: boolean;
  /** every attribute of the level and above that is stored; at IMAGE level the whole header */
  includeAll?: boolean;
}

export interface AttributeAnswer {
  items: DicomJson[];
  /** whether a further one matches */
  more: boolean;
  /** whom the items are about, each once: for the audit */
  patientIds: string[];
}

/** IssuerOfPatientID of an organisation's patient numbers. */
const ISSUER = /^urn:qiao:org:([a-z0-9-]+):patient$/;
const ISSUER_TAG = '00100021';
const UNIQUE_TAGS: Readonly<Record<QueryLevel, string>> = {
  PATIENT: '00100020',
  STUDY: '0020000D',
  SERIES: '0020000E',
  IMAGE: '00080018',
};
const STREAM_PAGE = 200;

/**
 * Attribute matching over the catalogue (PS3.4 section C.2.2.2), for QIDO-RS and C-FIND alike. It does not audit: whoever answers does.
 *
 * Relational: keys of every level above may be given in any combination. An organisation's copy of a study is a study of its own, told
 * apart by IssuerOfPatientID (`urn:qiao:org:<code>:patient`); series and instances that several organisations hold are answered once
 * where they are asked for by UIDs alone, from the copy that came first.
 *
 * Items hold the attributes asked for, in Unicode (SpecificCharacterSet is ISO_IR 192), those of the unique keys always; attributes of
 * lower levels and binary values are left out, known attributes without a value are there empty.
 */
@Injectable()
export class FindAttributes {
  constructor(private readonly index: AttributeIndex) {}

  /** @throws Refusal `invalid` / `unsupported-key` (cannot be matched at this level), `invalid-key` (bad value): `detail.tag` says which */
  async find(
    scope: OrganisationScope,
    query: AttributeQuery & { limit?: number; offset?: number },
  ): Promise<AttributeAnswer> {
    const search = searchOf(scope, query);
    if (search === null) return { items: [], more: false, patientIds: [] };
    const limit = query.limit ?? STREAM_PAGE;
    const offset = query.offset ?? 0;
    const found = await this.index.find(scope, search, { limit: limit + 1, offset });
    const items = found.slice(0, limit);
    const tags = answeredTags(query);
    return {
      items: items.map((one) => answer(one, query, tags)),
      more: found.length > limit,
      patientIds: [...new Set(items.map((one) => one.patientId))],
    };
  }

  /** All matches, read in pages by key, each with the patient it is about. @throws as `find`, before the first match */
  async *stream(
    scope: OrganisationScope,
    query: AttributeQuery,
    pageSize = STREAM_PAGE,
  ): AsyncGenerator<{ item: DicomJson; patientId: string }> {
    const search = searchOf(scope, query);
    if (search === null) return;
    const tags = answeredTags(query);
    let after: PageKey | undefined;
    for (;;) {
      const found = await this.index.find(scope, search, { limit: pageSize, ...(after && { after }) });
      for (const one of found) yield { item: answer(one, query, tags), patientId: one.patientId };
      if (found.length < pageSize) return;
      after = found.at(-1)!.page;
    }
  }

  /** How many match, counted no further than `atMost`. @throws as `find` */
  async count(scope: OrganisationScope, query: AttributeQuery, atMost: number): Promise<number> {
    const search = searchOf(scope, query);
    return search === null ? 0 : this.index.count(scope, { ...search, headers: false }, atMost);
  }

  /** Do the keys name a study, series or instance that an organisation outside the scope holds? For the audit of a try, never for an answer. */
  async triesBeyond(scope: OrganisationScope, keys: DicomJson): Promise<boolean> {
    const uids = (tag: string) =>
      texts(keys, tag)
        .flatMap((value) => value.split('\\'))
        .filter(Boolean);
    const named = {
      studyInstanceUids: uids('0020000D'),
      seriesInstanceUids: uids('0020000E'),
      sopInstanceUids: uids('00080018'),
    };
    if (Object.values(named).every((list) => list.length === 0)) return false;
    return this.index.heldBeyond(scope, named);
  }
}

/** Null where nothing can match: another issuer's patient numbers are not here, or not to be seen. */
function searchOf(scope: OrganisationScope, query: AttributeQuery): AttributeSearch | null {
  const { [ISSUER_TAG]: issuer, ...keys } = query.keys;
  const conditions = matchKeys(query.level, keys, query);
  const [namespace] = issuer ? texts({ [ISSUER_TAG]: issuer }, ISSUER_TAG) : [];
  const organisation = ISSUER.exec(namespace ?? '')?.[1];
  if (namespace && namespace !== '*' && (organisation === undefined || !inScope(scope, organisation))) return null;
  return {
    level: query.level,
    keys: conditions,
    ...(organisation !== undefined && { organisation }),
    headers: needsHeaders(query),
  };
}

function isAnswered(tag: string): boolean {
  return tag !== '00080052' && !tag.endsWith('0000');
}

function needsHeaders({ level, keys, includeAll }: AttributeQuery): boolean {
  if (level !== 'IMAGE') return false;
  return (includeAll ?? false) || Object.keys(keys).some((tag) => levelOf(tag) === 'IMAGE' && !COLUMN_TAGS.has(tag));
}

/** Instance attributes that the index itself holds. */
const COLUMN_TAGS = new Set([
  '00080005',
  '00080016',
  '00080018',
  '00080052',
  '00083002',
  '00080054',
  '00081190',
  '00200013',
  '00280008',
  '00280010',
  '00280011',
  '00280100',
]);

/** The attributes asked for that can be answered at the level, and the unique key, in order. */
function answeredTags({ level, keys }: AttributeQuery): string[] {
  return [...new Set([UNIQUE_TAGS[level], ...Object.keys(keys)])].filter((tag) => isAnsweredAt(level, tag)).sort();
}

function isAnsweredAt(level: QueryLevel, tag: string): boolean {
  return isAnswered(tag) && isAtOrAbove(levelOf(tag), level);
}

function answer(found: FoundEntity, { level, keys, includeAll }: AttributeQuery, asked: readonly string[]): DicomJson {
  const known: DicomJson = { ...found.header, ...found.series, ...found.study, ...found.patient };
  const number = found.patientNumber;
  // A number in brackets stands for a patient whose header named none.
  known['00100020'] = /^\(.*\)$/.test(number) ? { vr: 'LO' } : { vr: 'LO', Value: [number] };
  known[ISSUER_TAG] = { vr: 'LO', Value: [`urn:qiao:org:${found.organisation}:patient`] };
  known['00080056'] = { vr: 'CS', Value: ['ONLINE'] };
  for (const [tag, value] of Object.entries(found.computed)) {
    const computed = computedElement(tag, value);
    if (computed.Value || !known[tag]) known[tag] = computed;
  }
  const tags = includeAll
    ? [...new Set([...asked, ...Object.keys(known).filter((tag) => isAnsweredAt(level, tag))])].sort()
    : asked;
  const item: DicomJson = { '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } };
  for (const tag of tags) {
    const element = known[tag] ?? emptyElement(tag, level);
    if (element === undefined || element.InlineBinary !== undefined || element.BulkDataURI !== undefined) continue;
    if (tag !== '00080005') item[tag] = includeAll ? withoutBinary(element) : pruned(element, keys[tag]);
  }
  return item;
}

function computedElement(tag: string, value: FoundEntity['computed'][string]): DicomJsonElement {
  const vr = COMPUTED_TAGS[tag]?.vr ?? dictionaryVr(tag) ?? 'UN';
  const values = (Array.isArray(value) ? value : [value]).filter((one) => one !== null && one !== '') as (
    string | number
  )[];
  return values.length === 0 ? { vr } : { vr, Value: values };
}

/** A supported attribute without a value is answered empty (PS3.4 C.2.2.1.2); what nobody stored is not known to be supported. */
function emptyElement(tag: string, level: QueryLevel): DicomJsonElement | undefined {
  const supported = level === 'IMAGE' || levelOf(tag) !== 'IMAGE';
  const vr = dictionaryVr(tag);
  return supported && vr !== undefined && !COLUMN_ONLY_OF_EDGES.has(tag) ? { vr } : undefined;
}

/** Filled in by the edges, which know the addresses. */
const COLUMN_ONLY_OF_EDGES = new Set(['00080054', '00081190']);

/** Of a sequence asked for item by item, only what was asked for. */
function pruned(element: DicomJsonElement, key: DicomJsonElement | undefined): DicomJsonElement {
  const wanted = key?.Value?.[0];
  if (element.vr !== 'SQ' || typeof wanted !== 'object' || wanted === null) return withoutBinary(element);
  const tags = Object.keys(wanted);
  if (tags.length === 0) return withoutBinary(element);
  const items = ((element.Value ?? []) as DicomJson[]).map((item) =>
    Object.fromEntries(
      tags.map((tag) => {
        const inner = item[tag] ?? { vr: dictionaryVr(tag) ?? 'UN' };
        return [tag, pruned(inner, (wanted as DicomJson)[tag])];
      }),
    ),
  );
  return items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items };
}

function withoutBinary(element: DicomJsonElement): DicomJsonElement {
  if (element.vr !== 'SQ') return element;
  const items = ((element.Value ?? []) as DicomJson[]).map((item) =>
    Object.fromEntries(
      Object.entries(item)
        .filter(([, inner]) => inner.InlineBinary === undefined && inner.BulkDataURI === undefined)
        .map(([tag, inner]) => [tag, withoutBinary(inner)]),
    ),
  );
  return items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items };
}
