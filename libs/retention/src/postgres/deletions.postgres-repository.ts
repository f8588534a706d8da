import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { Database } from '#libs/persistence';
import { DeletionsRepository, type Deletion, type DeletionSummary } from '../deletions.repository.js';

const DELETION = `d.exam_id AS "examId", d.organisation, d.study_instance_uid AS "studyInstanceUid", d.patient_id AS "patientId", d.kind,
  d.modality, d.accession_number AS "accessionNumber", d.examined_at AS "examinedAt", d.first_received_at AS "receivedAt", d.class,
  to_char(d.keep_until, 'YYYY-MM-DD') AS "keepUntil", d.reason, d.note, d.deleted_by AS "deletedBy", d.deleted_at AS "deletedAt",
  d.size_bytes::float8 AS "sizeBytes"`;
const SUMMARY = `${DELETION}, jsonb_array_length(d.instances) AS instances,
  json_build_object('zh', r.text_zh, 'en', r.text_en) AS "reasonText", a.display_name AS "deletedByName",
  (SELECT e.id FROM exam e WHERE e.organisation = d.organisation AND e.study_instance_uid = d.study_instance_uid) AS "receivedAgainAs"`;
const JOINED = `exam_deletion d JOIN deletion_reason r ON r.code = d.reason LEFT JOIN account a ON a.id::text = d.deleted_by`;

@Injectable()
export class DeletionsPostgresRepository extends DeletionsRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async add(deletion: Omit<Deletion, 'deletedAt'>): Promise<void> {
    await this.database.rows(
      `INSERT INTO exam_deletion (exam_id, organisation, study_instance_uid, patient_id, kind, modality, accession_number, examined_at,
         first_received_at, class, keep_until, reason, note, deleted_by, size_bytes, instances)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
      [
        deletion.examId,
        deletion.organisation,
        deletion.studyInstanceUid,
        deletion.patientId,
        deletion.kind,
        deletion.modality,
        deletion.accessionNumber,
        deletion.examinedAt,
        deletion.receivedAt,
        deletion.class,
        deletion.keepUntil,
        deletion.reason,
        deletion.note,
        deletion.deletedBy,
        deletion.sizeBytes,
        JSON.stringify(deletion.instances),
      ],
    );
  }

  one(examId: string): Promise<Deletion | undefined> {
    return this.database.row(`SELECT ${DELETION}, d.instances FROM exam_deletion d WHERE d.exam_id = $1`, [examId]);
  }

  list(
    scope: OrganisationScope,
    filter: { studyInstanceUid?: string; after?: string; limit: number },
  ): Promise<DeletionSummary[]> {
    return this.database.rows(
      `SELECT ${SUMMARY} FROM ${JOINED} WHERE ($1::text[] IS NULL OR d.organisation = ANY($1))
         AND ($2::text IS NULL OR d.study_instance_uid = $2)
         AND ($3::uuid IS NULL OR (d.deleted_at, d.exam_id) < (SELECT b.deleted_at, b.exam_id FROM exam_deletion b WHERE b.exam_id = $3))
       ORDER BY d.deleted_at DESC, d.exam_id DESC LIMIT $4`,
      [scopeParameter(scope), filter.studyInstanceUid ?? null, filter.after ?? null, filter.limit],
    );
  }
}
