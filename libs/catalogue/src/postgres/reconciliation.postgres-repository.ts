import { Injectable } from '@nestjs/common';
import type { DicomJson } from '#libs/formats/dicom';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { newId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { BESIDE_STATES, type BesideState } from '../domain/beside.states.js';
import { differingAttributes } from '../domain/differing-attributes.js';
import { DOUBT_STATES, type DoubtState } from '../domain/doubt.states.js';
import type { BesideInstance, IdentityDoubt } from '../domain/reconciliation.js';
import { ReconciliationRepository, type Decision, type OpenReconciliation } from '../reconciliation.repository.js';

const DOUBT = `id, organisation, exam_id AS "examId", fingerprint, claimed, differs, state, version, raised_at AS "raisedAt", reason,
  decided_by AS "decidedBy", decided_at AS "decidedAt"`;
const twin = (x: string) => `json_build_object('id', ${x}.id, 'digest', ${x}.digest, 'sizeBytes', ${x}.size_bytes,
  'transferSyntaxUid', ${x}.transfer_syntax_uid, 'studyInstanceUid', ${x}.study_instance_uid, 'sender', ${x}.source->>'sender',
  'transport', ${x}.source->>'transport', 'receivedAt', ${x}.received_at)`;
const BESIDE = `b.instance_id AS id, b.organisation, b.kind, b.state, b.version, b.reason, b.decided_by AS "decidedBy",
  b.decided_at AS "decidedAt", x.sop_instance_uid AS "sopInstanceUid", ${twin('x')} AS beside, ${twin('f')} AS served,
  x.attributes AS "besideAttributes", f.attributes AS "servedAttributes"`;
const BESIDE_JOINED = `instance_beside b JOIN ingest_instance x ON x.id = b.instance_id
  JOIN ingest_instance f ON f.organisation = x.organisation AND f.sop_instance_uid = x.sop_instance_uid AND f.standing = 'first'`;

type BesideRow = Omit<BesideInstance, 'differs'> & { besideAttributes: DicomJson; servedAttributes: DicomJson };
const asBeside = ({ besideAttributes, servedAttributes, ...row }: BesideRow): BesideInstance => ({
  ...row,
  differs: differingAttributes(servedAttributes, besideAttributes),
});

@Injectable()
export class ReconciliationPostgresRepository extends ReconciliationRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async raiseDoubt(doubt: Parameters<ReconciliationRepository['raiseDoubt']>[0]): Promise<boolean> {
    const row = await this.database.row<{ id: string }>(
      `INSERT INTO identity_doubt (id, organisation, exam_id, fingerprint, claimed, differs) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (exam_id, fingerprint) DO NOTHING RETURNING id`,
      [newId(), doubt.organisation, doubt.examId, doubt.fingerprint, JSON.stringify(doubt.claimed), doubt.differs],
    );
    if (row) await this.log('doubt', row.id, null, DOUBT_STATES.initial, 'raise', 'system');
    return row !== undefined;
  }

  doubtsOf(examId: string): Promise<IdentityDoubt[]> {
    return this.database.rows(`SELECT ${DOUBT} FROM identity_doubt WHERE exam_id = $1 ORDER BY raised_at, id`, [
      examId,
    ]);
  }

  lockDoubt(id: string): Promise<IdentityDoubt | undefined> {
    return this.database.row(`SELECT ${DOUBT} FROM identity_doubt WHERE id = $1 FOR UPDATE`, [id]);
  }

  async moveDoubt(doubt: IdentityDoubt, event: 'confirm-same' | 'confirm-other', by: Decision): Promise<DoubtState> {
    const state = DOUBT_STATES.next(doubt.state, event);
    await this.database.rows(
      `UPDATE identity_doubt SET state = $2, version = version + 1, reason = $3, decided_by = $4, decided_at = now() WHERE id = $1`,
      [doubt.id, state, by.reason, by.actor],
    );
    await this.log('doubt', doubt.id, doubt.state, state, event, by.actor);
    return state;
  }

  async besideOf(examId: string): Promise<BesideInstance[]> {
    const rows = await this.database.rows<BesideRow>(
      `SELECT ${BESIDE} FROM ${BESIDE_JOINED} JOIN exam e ON e.organisation = b.organisation
         AND e.study_instance_uid = b.study_instance_uid WHERE e.id = $1 AND b.state <> 'serving' ORDER BY x.received_at, x.id LIMIT 500`,
      [examId],
    );
    return rows.map(asBeside);
  }

  async lockBeside(instanceId: string): Promise<BesideInstance | undefined> {
    const row = await this.database.row<BesideRow>(
      `SELECT ${BESIDE} FROM ${BESIDE_JOINED} WHERE b.instance_id = $1 FOR UPDATE OF b, x, f`,
      [instanceId],
    );
    return row && asBeside(row);
  }

  async moveBeside(instance: BesideInstance, event: 'keep' | 'serve', by: Decision): Promise<BesideState> {
    const state = BESIDE_STATES.next(instance.state, event);
    await this.decide(instance.id, state, by);
    await this.log('beside', instance.id, instance.state, state, event, by.actor);
    return state;
  }

  async displaceServed({ id, kind, organisation, served }: BesideInstance, by: Decision): Promise<void> {
    const known = await this.database.row<{ state: BesideState }>(
      'SELECT state FROM instance_beside WHERE instance_id = $1 FOR UPDATE',
      [served.id],
    );
    const from: BesideState = known?.state ?? 'serving';
    const state = BESIDE_STATES.next(from, 'displace');
    await this.database.rows('DELETE FROM instance WHERE id = $1', [served.id]);
    // One served instance of a UID at any moment: the unique index holds it between these two.
    await this.database.rows('UPDATE ingest_instance SET standing = $2, version = version + 1 WHERE id = $1', [
      served.id,
      kind,
    ]);
    await this.database.rows(`UPDATE ingest_instance SET standing = 'first', version = version + 1 WHERE id = $1`, [
      id,
    ]);
    await this.database.rows(
      `INSERT INTO instance_beside (instance_id, organisation, study_instance_uid, kind) VALUES ($1, $2, $3, $4)
       ON CONFLICT (instance_id) DO NOTHING`,
      [served.id, organisation, served.studyInstanceUid, kind],
    );
    await this.decide(served.id, state, by);
    await this.log('beside', served.id, from, state, 'displace', by.actor);
  }

  open(scope: OrganisationScope, page: { after?: string; limit: number }): Promise<OpenReconciliation[]> {
    return this.database.rows(
      `WITH waiting AS (
         SELECT e.id, count(*)::int AS conflicts, 0 AS doubts FROM instance_beside b
         JOIN exam e ON e.organisation = b.organisation AND e.study_instance_uid = b.study_instance_uid
         WHERE b.kind = 'conflict' AND b.state = 'undecided' GROUP BY e.id
         UNION ALL SELECT exam_id, 0, count(*)::int FROM identity_doubt WHERE state = 'open' GROUP BY exam_id)
       SELECT e.id AS "examId", e.organisation, e.study_instance_uid AS "studyInstanceUid", e.patient_id AS "patientId",
         sum(w.conflicts)::int AS conflicts, sum(w.doubts)::int AS "identityDoubts"
       FROM waiting w JOIN exam e ON e.id = w.id
       WHERE ($1::text[] IS NULL OR e.organisation = ANY($1)) AND ($2::uuid IS NULL OR e.id < $2)
       GROUP BY e.id ORDER BY e.id DESC LIMIT $3`,
      [scopeParameter(scope), page.after ?? null, page.limit],
    );
  }

  async moveExam(examId: string, patientId: string): Promise<void> {
    await this.database.rows('UPDATE exam SET patient_id = $2, version = version + 1 WHERE id = $1', [
      examId,
      patientId,
    ]);
  }

  private async decide(instanceId: string, state: BesideState, by: Decision): Promise<void> {
    const rows = await this.database.rows(
      `UPDATE instance_beside SET state = $2, version = version + 1, reason = $3, decided_by = $4, decided_at = now()
       WHERE instance_id = $1 RETURNING instance_id`,
      [instanceId, state, by.reason, by.actor],
    );
    if (rows.length === 0) throw new Refusal('not-found', 'duplicate-not-found', 'There is no such instance.');
  }

  private async log(
    machine: string,
    id: string,
    from: string | null,
    to: string,
    event: string,
    actor: string,
  ): Promise<void> {
    await this.database.rows(
      'INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor) VALUES ($1, $2, $3, $4, $5, $6)',
      [machine, id, from, to, event, actor],
    );
  }
}
