import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { FindAttributes, LocateInstances, type InstancePlace, type QueryLevel } from '#libs/catalogue';
import { text, texts, type DicomJson } from '#libs/formats/dicom';
import { scopeOf, type Caller } from '#libs/identity';
import { UNIQUE_KEYS } from './information-models.js';

/** Beyond this the sub-operations still to come are not counted. */
const COUNTED = 100_000;

/** The instances that a retrieval names. */
export interface Retrievable {
  /** How many, counted no further than a hundred thousand. */
  readonly total: number;
  /** Series by series, so that no more than one is held in memory; each is in the audit before it is given. */
  readonly series: AsyncIterable<InstancePlace[]>;
}

/** Finds the instances of C-GET and C-MOVE within what the caller may see. */
@Injectable()
export class FindRetrievable {
  constructor(
    private readonly findAttributes: FindAttributes,
    private readonly locateInstances: LocateInstances,
    private readonly audit: AuditTrail,
  ) {}

  /** @param detail what the audit says of the way they go */
  async find(
    caller: Caller,
    level: QueryLevel,
    keys: DicomJson,
    detail: Record<string, unknown>,
  ): Promise<Retrievable> {
    const scope = scopeOf(caller);
    const total = await this.findAttributes.count(scope, { level: 'IMAGE', keys }, COUNTED);
    if (total === 0) {
      const beyond = await this.findAttributes.triesBeyond(scope, keys);
      await this.record(caller, { id: level.toLowerCase(), kind: 'catalogue' }, null, beyond ? 'refused' : 'done', {
        ...detail,
        instances: 0,
      });
    }
    return { total, series: this.series(caller, level, keys, detail) };
  }

  private async *series(
    caller: Caller,
    level: QueryLevel,
    keys: DicomJson,
    detail: Record<string, unknown>,
  ): AsyncGenerator<InstancePlace[]> {
    const wanted = level === 'IMAGE' ? new Set(texts(keys, UNIQUE_KEYS.IMAGE)) : null;
    for await (const { studyInstanceUid, seriesInstanceUid } of this.seriesOf(caller, level, keys)) {
      const places = await this.locateInstances.all(scopeOf(caller), { studyInstanceUid, seriesInstanceUid });
      const chosen = wanted === null ? places : places.filter((one) => wanted.has(one.sopInstanceUid));
      const [first] = chosen;
      if (first === undefined) continue;
      await this.record(caller, { kind: 'study', id: studyInstanceUid }, first.patientId, 'done', {
        ...detail,
        seriesInstanceUid,
        instances: chosen.length,
      });
      yield chosen;
    }
  }

  /** The series that hold what is named, each once. */
  private async *seriesOf(caller: Caller, level: QueryLevel, keys: DicomJson) {
    const seen = new Set<string>();
    const asked: DicomJson = { '0020000D': { vr: 'UI' }, '0020000E': { vr: 'UI' }, ...keys };
    const at = level === 'IMAGE' ? 'IMAGE' : 'SERIES';
    for await (const { item } of this.findAttributes.stream(scopeOf(caller), { level: at, keys: asked })) {
      const studyInstanceUid = text(item, '0020000D') ?? '';
      const seriesInstanceUid = text(item, '0020000E') ?? '';
      const key = `${studyInstanceUid}/${seriesInstanceUid}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield { studyInstanceUid, seriesInstanceUid };
    }
  }

  private record(
    actor: Caller,
    subject: { kind: string; id: string },
    patientId: string | null,
    outcome: 'done' | 'refused',
    detail: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record({ actor, action: 'retrieve', subject, patientId, outcome, detail });
  }
}
