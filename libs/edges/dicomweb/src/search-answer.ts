import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { FindAttributes, type AttributeQuery } from '#libs/catalogue';
import { requestOrigin } from '#libs/edges/http';
import { text, type DicomJson } from '#libs/formats/dicom';
import { scopeOf, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { returnKeys } from './query-attributes.js';
import type { QueryParameters, QueryString } from './query-parameters.js';

/** What of the archive is searched: the level, and what the address already names. */
export interface SearchTarget {
  level: 'STUDY' | 'SERIES' | 'IMAGE';
  study?: string;
  series?: string;
}

export interface SearchResult {
  items: DicomJson[];
  /** of all matches; null when there are more than are counted */
  total: number | null;
  warnings: string[];
}

interface Asking {
  caller: Caller;
  protocol?: string;
  headers: Record<string, string | undefined>;
}

/** Most matches in one answer, and as many as there are without a limit where a study is named. */
const MOST = 5000;
/** Matches without a limit of the asker's, over the whole archive. */
const USUAL = 200;
/** Matches are counted no further, so that a large archive answers as fast as a small one. */
const COUNTED = 10_000;

const SUBJECT = { STUDY: 'studies', SERIES: 'series', IMAGE: 'instances' } as const;
const STUDY_UID = '0020000D';
const SERIES_UID = '0020000E';
const INSTANCE_UID = '00080018';
const TIMEZONE = '00080201';
const UID = /^\d[\d.]{0,63}$/;

/** Answers a search, after it has been written down who was told of whom. */
@Injectable()
export class SearchAnswer {
  constructor(
    private readonly find: FindAttributes,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `invalid`: unsupported-key, invalid-key, conflicting-key (what the address names is asked for as another) */
  async to(asking: Asking, target: SearchTarget, asked: QueryParameters, raw: QueryString): Promise<SearchResult> {
    const scope = scopeOf(asking.caller);
    const keys: DicomJson = { ...asked.keys };
    const named = namedKeys(target, keys);
    const query: AttributeQuery = {
      level: target.level,
      keys: {
        ...returnKeys(target.level, { study: target.study !== undefined, series: target.series !== undefined }),
        ...keys,
        ...named,
      },
      fuzzyNames: asked.fuzzyNames,
      combinedDateTime: true,
      includeAll: asked.includeAll,
    };
    const limit = Math.min(asked.limit ?? (target.study === undefined ? USUAL : MOST), MOST);
    const impossible = Object.values(named).some((element) => !UID.test(String(element.Value?.[0])));
    const found = impossible
      ? { items: [], more: false, patientIds: [] }
      : await this.find.find(scope, { ...query, limit, offset: asked.offset });
    const beyond = !impossible && found.items.length === 0 && (await this.find.triesBeyond(scope, query.keys));
    await this.note(asking.caller, target, raw, found.patientIds, found.items.length, beyond);
    const warnings = unknownFields(asked.unknownFields);
    let total: number | null = asked.offset + found.items.length;
    if (found.more) {
      const counted = await this.find.count(scope, query, COUNTED + 1);
      total = counted > COUNTED ? null : counted;
      const rest = Math.min(counted, COUNTED) - asked.offset - found.items.length;
      warnings.push(
        `There are ${total === null ? 'at least ' : ''}${Math.max(rest, 1)} additional results that can be requested`,
      );
    } else if (found.items.length === 0 && asked.offset > 0) {
      total = null;
    }
    const base = `${requestOrigin(asking)}/dicom-web/studies/`;
    return { items: found.items.map((item) => withAddress(item, target, base)), total, warnings };
  }

  /** One record for each patient in the answer; one without a patient where nothing was found. */
  private async note(
    caller: Caller,
    target: SearchTarget,
    query: QueryString,
    patientIds: readonly string[],
    items: number,
    beyond: boolean,
  ): Promise<void> {
    const subject =
      target.study === undefined
        ? { kind: 'catalogue', id: SUBJECT[target.level] }
        : { kind: 'study', id: target.study.slice(0, 64) };
    const detail = { query: JSON.stringify(query).slice(0, 2000), items };
    await this.audit.recordAll(
      (patientIds.length === 0 ? [null] : patientIds).map((patientId) => ({
        actor: caller,
        action: `query-${SUBJECT[target.level]}`,
        subject,
        patientId,
        outcome: beyond ? ('refused' as const) : ('done' as const),
        detail,
      })),
    );
  }
}

/** What the address names, as keys; a key that says otherwise is a contradiction, one that says the same is no news. */
function namedKeys({ study, series }: SearchTarget, keys: DicomJson): DicomJson {
  const named: DicomJson = {};
  for (const [tag, uid] of [
    [STUDY_UID, study],
    [SERIES_UID, series],
  ] as const) {
    if (uid === undefined) continue;
    const asked = keys[tag]?.Value;
    if (asked && !asked.includes(uid)) {
      throw new Refusal('invalid', 'conflicting-key', `The address names another ${tag} than the query.`, { tag });
    }
    named[tag] = { vr: 'UI', Value: [uid] };
  }
  return named;
}

function unknownFields(fields: readonly string[]): string[] {
  if (fields.length === 0) return [];
  const list = fields
    .slice(0, 10)
    .join(', ')
    .replaceAll(/[^\x20-\x7e]|["\\]/g, '?');
  return [`The following attributes of includefield are unknown: ${list}`];
}

function withAddress(item: DicomJson, { level }: SearchTarget, base: string): DicomJson {
  const study = text(item, STUDY_UID);
  const path = [
    study,
    ...(level === 'STUDY' ? [] : ['series', text(item, SERIES_UID)]),
    ...(level === 'IMAGE' ? ['instances', text(item, INSTANCE_UID)] : []),
  ].join('/');
  item['00081190'] = { vr: 'UR', Value: [base + path] };
  if (item[TIMEZONE] && !item[TIMEZONE].Value) delete item[TIMEZONE];
  return item;
}
