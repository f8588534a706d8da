import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { Database } from '#libs/persistence';
import type { DeletionReason } from '../domain/deletion.js';
import type { Retention, RetentionClass, RetentionEvidence } from '../domain/retention.js';
import { RetentionRepository, type DueExam, type RetentionFacts } from '../retention.repository.js';

const day = (moment: string) => `(${moment} AT TIME ZONE 'Asia/Shanghai')::date`;
const text = (date: string) => `to_char(${date}, 'YYYY-MM-DD')`;

/** The patient's other examinations with the organisation; one that was not looked at yet counts from its arrival. */
const LAST_VISIT = `LATERAL (SELECT max(coalesce(s.starts_on, ${day('o.first_received_at')})) AS last_on
  FROM exam o LEFT JOIN exam_retention s ON s.exam_id = o.id WHERE o.patient_id = e.patient_id AND o.id <> e.id) v`;

type FactsRow = RetentionEvidence &
  Omit<RetentionFacts, 'evidence' | 'current'> & { current: RetentionFacts['current'] & { decidedAt: string | null } };

@Injectable()
export class RetentionPostgresRepository extends RetentionRepository {
  constructor(private readonly database: Database) {
    super();
  }

  classes(): Promise<RetentionClass[]> {
    return this.database.rows(
      `SELECT code, name_zh AS "nameZh", name_en AS "nameEn", years, patient_classes AS "patientClasses"
       FROM retention_class ORDER BY years, code`,
    );
  }

  reasons(): Promise<DeletionReason[]> {
    return this.database.rows(
      `SELECT code, text_zh AS "textZh", text_en AS "textEn", within_retention AS "withinRetention"
       FROM deletion_reason ORDER BY code`,
    );
  }

  async facts(examId: string): Promise<RetentionFacts | undefined> {
    const row = await this.database.row<FactsRow>(
      `SELECT q.patient_class AS "patientClass", e.attributes ? '00380010' AS admission, d.class AS "organisationClass",
         ${text(day('greatest(e.examined_at, e.first_received_at)'))} AS "ownDay", ${text('v.last_on')} AS "lastVisitOn",
         CASE WHEN r.exam_id IS NOT NULL THEN json_build_object('class', r.class, 'source', r.source, 'told', r.told,
           'startsOn', ${text('r.starts_on')}, 'countedFrom', ${text('r.counted_from')}, 'version', r.version, 'reason', r.reason,
           'decidedBy', r.decided_by, 'decidedAt', r.decided_at) END AS current
       FROM exam e LEFT JOIN exam_retention r ON r.exam_id = e.id LEFT JOIN organisation_retention d ON d.organisation = e.organisation
       LEFT JOIN LATERAL (SELECT x.patient_class FROM exam_request x WHERE x.exam_id = e.id AND x.patient_class IS NOT NULL
         ORDER BY x.id DESC LIMIT 1) q ON true, ${LAST_VISIT} WHERE e.id = $1`,
      [examId],
    );
    if (!row) return undefined;
    const { patientClass, admission, organisationClass, ownDay, lastVisitOn, current } = row;
    return {
      evidence: { patientClass, admission, organisationClass },
      ownDay,
      lastVisitOn,
      current: current && { ...current, decidedAt: current.decidedAt === null ? null : new Date(current.decidedAt) },
    };
  }

  async save(examId: string, retention: Retention, by?: { actor: string; reason: string }): Promise<void> {
    await this.database.rows(
      `INSERT INTO exam_retention AS r (exam_id, class, source, told, starts_on, counted_from, reason, decided_by, decided_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $8::text IS NOT NULL THEN now() END)
       ON CONFLICT (exam_id) DO UPDATE SET class = $2, source = $3, told = $4, starts_on = $5, counted_from = $6, version = r.version + 1,
         reason = coalesce($7, r.reason), decided_by = coalesce($8, r.decided_by), decided_at = coalesce(EXCLUDED.decided_at, r.decided_at)
       WHERE $8::text IS NOT NULL
         OR (r.class, r.source, r.told, r.starts_on) IS DISTINCT FROM (EXCLUDED.class, EXCLUDED.source, EXCLUDED.told, EXCLUDED.starts_on)`,
      [
        examId,
        retention.class,
        retention.source,
        retention.told,
        retention.startsOn,
        retention.countedFrom,
        by?.reason ?? null,
        by?.actor ?? null,
      ],
    );
  }

  async lock(examId: string): Promise<void> {
    await this.database.rows('SELECT 1 AS one FROM exam_retention WHERE exam_id = $1 FOR UPDATE', [examId]);
  }

  async forget(examId: string): Promise<void> {
    await this.database.rows('DELETE FROM exam_retention WHERE exam_id = $1', [examId]);
  }

  due(
    scope: OrganisationScope,
    today: string,
    page: { after?: { startsOn: string; examId: string }; limit: number },
  ): Promise<DueExam[]> {
    return this.database.rows(
      `SELECT e.id AS "examId", e.organisation, e.study_instance_uid AS "studyInstanceUid", e.kind, e.modality, e.description,
         e.accession_number AS "accessionNumber", json_build_object('number', p.number, 'name', p.name) AS patient,
         e.examined_at AS "examinedAt", e.first_received_at AS "receivedAt", e.state, r.class, r.source, c.years,
         ${text('r.starts_on')} AS "startsOn", ${text('v.last_on')} AS "lastVisitOn", e.instances,
         (SELECT coalesce(sum(x.size_bytes), 0)::float8 FROM instance i JOIN ingest_instance x ON x.id = i.id WHERE i.exam_id = e.id)
           AS "sizeBytes",
         (SELECT count(*)::int FROM exam_hold h WHERE h.exam_id = e.id AND h.state = 'standing') AS "standingHolds",
         (SELECT d.state FROM read d WHERE d.exam_id = e.id) AS "readState",
         (SELECT count(*)::int FROM report t WHERE t.exam_id = e.id AND t.status <> 'entered-in-error') AS "signedReports"
       FROM retention_class c JOIN exam_retention r ON r.class = c.code AND r.starts_on <= $2::date - make_interval(years => c.years)
       JOIN exam e ON e.id = r.exam_id JOIN patient p ON p.id = e.patient_id, ${LAST_VISIT}
       WHERE ($1::text[] IS NULL OR e.organisation = ANY($1))
         AND (v.last_on IS NULL OR v.last_on <= $2::date - make_interval(years => c.years))
         AND ($3::date IS NULL OR (r.starts_on, r.exam_id) > ($3, $4::uuid))
       ORDER BY r.starts_on, r.exam_id LIMIT $5`,
      [scopeParameter(scope), today, page.after?.startsOn ?? null, page.after?.examId ?? null, page.limit],
    );
  }
}
