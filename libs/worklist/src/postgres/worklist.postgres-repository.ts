import { Injectable } from '@nestjs/common';
import type { Exam } from '#libs/catalogue';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { Database, isUniqueViolation } from '#libs/persistence';
import type { ExamItem, ExamRequest, Priority, Read } from '../domain/read.js';
import { isClosed, READ_STATES, type ReadEvent } from '../domain/read.states.js';
import {
  WorklistRepository,
  type RequestFilter,
  type RequestSchedule,
  type SentExam,
  type WorklistFilter,
  type WorklistRow,
} from '../worklist.repository.js';

const READ = `r.id, r.exam_id AS "examId", r.organisation, r.kind, r.priority, r.item, r.request_id AS "requestId",
  r.clinical_information AS "clinicalInformation", r.state, r.version, r.assignee_id AS "assigneeId", r.claimed_by AS "claimedBy",
  r.lease_until AS "leaseUntil", r.due_at AS "dueAt", r.return_reason AS "returnReason", r.return_note AS "returnNote",
  r.created_at AS "createdAt", r.retake_of AS "retakeOf"`;
const ROW = `${READ}, i.name AS "itemName", o.name AS "organisationName",
  json_build_object('id', p.id, 'number', p.number, 'name', p.name, 'sex', p.sex, 'birthDate', to_char(p.birth_date, 'YYYY-MM-DD'),
    'idCard', p.id_card, 'personId', p.person_id) AS patient,
  json_build_object('studyInstanceUid', e.study_instance_uid, 'accessionNumber', e.accession_number, 'modality', e.modality,
    'description', e.description, 'examinedAt', e.examined_at, 'state', e.state, 'instances', e.instances,
    'expectedInstances', e.expected_instances, 'missingInstances', e.missing_instances, 'interrupted', e.interrupted,
    'firstReceivedAt', e.first_received_at, 'conflicts', (SELECT count(*) FROM instance_beside b WHERE b.organisation = e.organisation
      AND b.study_instance_uid = e.study_instance_uid AND b.kind = 'conflict' AND b.state = 'undecided'),
    'identityDoubts', (SELECT count(*) FROM identity_doubt d WHERE d.exam_id = e.id AND d.state = 'open')) AS exam,
  a.display_name AS "assigneeName", c.display_name AS "claimedByName"`;
const JOINED = `read r JOIN exam e ON e.id = r.exam_id JOIN patient p ON p.id = e.patient_id JOIN organisation o ON o.code = r.organisation
  LEFT JOIN exam_item i ON i.code = r.item LEFT JOIN account a ON a.id = r.assignee_id LEFT JOIN account c ON c.id = r.claimed_by`;
const RANK = `CASE r.priority WHEN 'emergency' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END`;
const WHERE = `($1::text[] IS NULL OR r.organisation = ANY($1)) AND r.kind = ANY($2) AND ($3::text[] IS NULL OR r.state = ANY($3))
  AND ($4::text IS NULL OR r.priority = $4) AND ($5::uuid IS NULL OR r.claimed_by = $5 OR (r.assignee_id = $5 AND r.state = 'assigned'))
  AND ($6::uuid[] IS NULL OR r.id = ANY($6))
  AND ($7::text IS NULL OR p.name_search LIKE $7 ESCAPE '\\' OR p.number = $8 OR e.accession_number = $8)`;
const REQUEST = `id, organisation, accession_number AS "accessionNumber", patient_number AS "patientNumber", patient_name AS "patientName",
  sex, to_char(birth_date, 'YYYY-MM-DD') AS "birthDate", id_card AS "idCard", item, clinical_information AS "clinicalInformation",
  priority, patient_class AS "patientClass", requested_by AS "requestedBy", requested_at AS "requestedAt", exam_id AS "examId"`;

function parameters(scope: OrganisationScope, filter: Omit<WorklistFilter, 'limit'>): unknown[] {
  const search = filter.search?.trim() || null;
  return [
    scopeParameter(scope),
    filter.kinds,
    filter.states ?? null,
    filter.priority ?? null,
    filter.claimedBy ?? null,
    filter.ids ?? null,
    search === null ? null : `%${search.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
    search,
  ];
}

@Injectable()
export class WorklistPostgresRepository extends WorklistRepository {
  constructor(private readonly database: Database) {
    super();
  }

  items(): Promise<ExamItem[]> {
    return this.database.rows(
      'SELECT code, name, kind, modalities, body_part AS "bodyPart", recognition_days::float8 AS "recognitionDays" FROM exam_item ORDER BY code',
    );
  }

  async addRequest(
    request: Omit<ExamRequest, 'examId' | 'requestedAt'>,
    schedule: RequestSchedule = {},
  ): Promise<ExamRequest> {
    try {
      return (await this.database.row<ExamRequest>(
        `INSERT INTO exam_request (id, organisation, accession_number, patient_number, patient_name, sex, birth_date, id_card, item,
           clinical_information, priority, requested_by, scheduled_at, station_ae_title, performing_physician,
           patient_class, study_instance_uid)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,coalesce($13,clock_timestamp()),$14,$15,$16,uid_of($1::uuid)) RETURNING ${REQUEST}`,
        [
          request.id,
          request.organisation,
          request.accessionNumber,
          request.patientNumber,
          request.patientName,
          request.sex,
          request.birthDate,
          request.idCard,
          request.item,
          request.clinicalInformation,
          request.priority,
          request.requestedBy,
          schedule.scheduledAt ?? null,
          schedule.stationAeTitle ?? null,
          schedule.performingPhysician ?? null,
          request.patientClass,
        ],
      ))!;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Refusal('conflict', 'accession-number-taken', 'There is a request with this accession number already.');
    }
  }

  requests(scope: OrganisationScope, page: { after?: string; limit: number }): Promise<ExamRequest[]> {
    return this.database.rows(
      `SELECT ${REQUEST} FROM exam_request WHERE ($1::text[] IS NULL OR organisation = ANY($1)) AND ($2::uuid IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [scopeParameter(scope), page.after ?? null, page.limit],
    );
  }

  searchRequests(scope: OrganisationScope, filter: RequestFilter): Promise<ExamRequest[]> {
    return this.database.rows(
      `SELECT ${REQUEST} FROM exam_request WHERE ($1::text[] IS NULL OR organisation = ANY($1)) AND ($2::uuid[] IS NULL OR id = ANY($2))
         AND ($3::text IS NULL OR patient_number = $3) AND ($4::text IS NULL OR organisation = $4) AND ($5::text IS NULL OR id_card = $5)
         AND ($6::text IS NULL OR accession_number = $6) AND ($7::text[] IS NULL OR item = ANY($7))
         AND ($8::boolean IS NULL OR (exam_id IS NOT NULL) = $8) AND ($9::uuid IS NULL OR id > $9) ORDER BY id LIMIT $10`,
      [
        scopeParameter(scope),
        filter.ids ?? null,
        filter.patientNumber ?? null,
        filter.patientOrganisation ?? null,
        filter.idCard ?? null,
        filter.accessionNumber ?? null,
        filter.items ?? null,
        filter.answered ?? null,
        filter.after ?? null,
        filter.limit,
      ],
    );
  }

  async organisationOfRequest(requestId: string): Promise<string | undefined> {
    return (
      await this.database.row<{ organisation: string }>('SELECT organisation FROM exam_request WHERE id = $1', [
        requestId,
      ])
    )?.organisation;
  }

  async matchRequest(exam: Exam, patientNumber: string, items: readonly string[]): Promise<ExamRequest | undefined> {
    const scheduled = await this.database.row<ExamRequest>(
      `SELECT ${REQUEST} FROM exam_request WHERE organisation = $1 AND study_instance_uid = $2 AND exam_id IS NULL FOR UPDATE`,
      [exam.organisation, exam.studyInstanceUid],
    );
    if (scheduled) return scheduled;
    if (exam.accessionNumber) {
      const named = await this.database.row<ExamRequest>(
        `SELECT ${REQUEST} FROM exam_request WHERE organisation = $1 AND accession_number = $2 AND exam_id IS NULL FOR UPDATE`,
        [exam.organisation, exam.accessionNumber],
      );
      if (named) return named;
    }
    const open = await this.database.rows<ExamRequest>(
      `SELECT ${REQUEST} FROM exam_request WHERE organisation = $1 AND patient_number = $2 AND item = ANY($3) AND exam_id IS NULL
         AND NOT EXISTS (SELECT 1 FROM identity_doubt d WHERE d.exam_id = $4 AND d.state = 'open')
         AND requested_at > now() - interval '7 days' FOR UPDATE`,
      [exam.organisation, patientNumber, items, exam.id],
    );
    return open.length === 1 ? open[0] : undefined;
  }

  async bindRequest(requestId: string, examId: string): Promise<void> {
    await this.database.rows('UPDATE exam_request SET exam_id = $2 WHERE id = $1 AND exam_id IS NULL', [
      requestId,
      examId,
    ]);
  }

  async askAgain(read: Read): Promise<void> {
    await this.database.rows(
      'UPDATE exam_request SET exam_id = NULL, study_instance_uid = uid_of(gen_random_uuid()) WHERE id = $1 AND exam_id = $2',
      [read.requestId, read.examId],
    );
  }

  async targetMinutes(kind: string, modality: string | null, priority: string): Promise<number | null> {
    const row = await this.database.row<{ minutes: number }>(
      `SELECT minutes FROM turnaround_target WHERE kind = $1 AND priority = $3 AND modality IN ($2, '*')
       ORDER BY modality = '*' LIMIT 1`,
      [kind, modality ?? '*', priority],
    );
    return row?.minutes ?? null;
  }

  async leastLoaded(accountIds: readonly string[]): Promise<string | undefined> {
    const row = await this.database.row<{ id: string }>(
      `SELECT a.id FROM unnest($1::uuid[]) AS a (id) LEFT JOIN read r
         ON (r.claimed_by = a.id OR (r.claimed_by IS NULL AND r.assignee_id = a.id)) AND r.state IN ('assigned', 'claimed')
       GROUP BY a.id ORDER BY count(r.id), max(r.created_at) NULLS FIRST, a.id LIMIT 1`,
      [accountIds],
    );
    return row?.id;
  }

  async open(read: Omit<Read, 'version' | 'createdAt'>): Promise<boolean> {
    const row = await this.database.row(
      `INSERT INTO read (id, exam_id, organisation, kind, priority, item, request_id, clinical_information, state, assignee_id, due_at,
         retake_of)
       VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12) ON CONFLICT (exam_id) DO NOTHING RETURNING id`,
      [
        read.id,
        read.examId,
        read.organisation,
        read.kind,
        read.priority,
        read.item,
        read.requestId,
        read.clinicalInformation,
        read.state,
        read.assigneeId,
        read.dueAt,
        read.retakeOf,
      ],
    );
    if (row) await this.log(read.id, null, read.state, 'open', 'system');
    return row !== undefined;
  }

  lock(id: string): Promise<Read | undefined> {
    return this.database.row(`SELECT ${READ} FROM read r WHERE id = $1 AND exam_id IS NOT NULL FOR UPDATE`, [id]);
  }

  lockOfExam(examId: string): Promise<Read | undefined> {
    return this.database.row(`SELECT ${READ} FROM read r WHERE exam_id = $1 FOR UPDATE`, [examId]);
  }

  lockReturned(examId: string): Promise<Read | undefined> {
    return this.database.row(
      `SELECT ${READ} FROM read r JOIN exam e ON e.id = r.exam_id
       WHERE r.exam_id = $1 AND r.state = 'returned' AND e.last_received_at > r.closed_at FOR UPDATE OF r`,
      [examId],
    );
  }

  async madeAgain(exam: Exam, requestId: string | null, item: string | null): Promise<string | undefined> {
    const row = await this.database.row<{ id: string }>(
      `SELECT r.id FROM read r JOIN exam e ON e.id = r.exam_id
       WHERE r.organisation = $1 AND r.state = 'returned' AND r.kind = $2 AND r.closed_at < $3
         AND r.closed_at > $3 - interval '30 days' AND e.id <> $4
         AND NOT EXISTS (SELECT 1 FROM read again WHERE again.retake_of = r.id)
         AND (r.request_id = $5 OR (e.accession_number = $6 AND $6 <> '')
           OR (e.patient_id = $7 AND r.return_reason <> 'wrong-patient' AND (r.item = $8 OR (r.item IS NULL AND e.modality = $9))
             AND NOT EXISTS (SELECT 1 FROM identity_doubt d WHERE d.exam_id IN (e.id, $4) AND d.state = 'open')))
       ORDER BY coalesce(r.request_id = $5, false) DESC, coalesce(e.accession_number = $6, false) DESC, r.closed_at DESC, r.id
       LIMIT 1 FOR UPDATE OF r`,
      [
        exam.organisation,
        exam.kind,
        exam.firstReceivedAt,
        exam.id,
        requestId,
        exam.accessionNumber,
        exam.patientId,
        item,
        exam.modality,
      ],
    );
    return row?.id;
  }

  async detachExam(examId: string, requests: 'stay-answered' | 'open-again'): Promise<void> {
    await this.database.rows('UPDATE read SET exam_id = NULL, version = version + 1 WHERE exam_id = $1', [examId]);
    if (requests === 'open-again')
      await this.database.rows('UPDATE exam_request SET exam_id = NULL WHERE exam_id = $1', [examId]);
  }

  async move(read: Read, event: ReadEvent, actor: string, change: Partial<Read>): Promise<void> {
    const state = READ_STATES.next(read.state, event);
    const next = { ...read, ...change, state };
    const rows = await this.database.rows(
      `UPDATE read SET state = $3, version = version + 1, assignee_id = $4, claimed_by = $5, lease_until = $6, return_reason = $7,
         return_note = $8, closed_at = CASE WHEN $9 THEN now() END, due_at = $10 WHERE id = $1 AND version = $2 RETURNING id`,
      [
        read.id,
        read.version,
        state,
        next.assigneeId,
        next.claimedBy,
        next.leaseUntil,
        next.returnReason,
        next.returnNote,
        isClosed(state),
        next.dueAt,
      ],
    );
    if (rows.length === 0)
      throw new Refusal('conflict', 'read-changed', 'Somebody else changed this read; look again.');
    await this.log(read.id, read.state, state, event, actor);
  }

  async setLease(id: string, until: Date | null): Promise<void> {
    await this.database.rows(`UPDATE read SET lease_until = $2 WHERE id = $1 AND state = 'claimed'`, [id, until]);
  }

  async raise(read: Read, priority: Priority, dueAt: Date | null, actor: string): Promise<void> {
    await this.database.rows('UPDATE read SET priority = $2, due_at = $3, version = version + 1 WHERE id = $1', [
      read.id,
      priority,
      dueAt,
    ]);
    await this.log(read.id, read.state, read.state, 'raise', actor);
  }

  async expiredLeases(): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `SELECT id FROM read WHERE state = 'claimed' AND lease_until < now() LIMIT 100`,
    );
    return rows.map((row) => row.id);
  }

  row(scope: OrganisationScope, id: string): Promise<WorklistRow | undefined> {
    return this.database.row(
      `SELECT ${ROW} FROM ${JOINED} WHERE r.id = $2 AND ($1::text[] IS NULL OR r.organisation = ANY($1))`,
      [scopeParameter(scope), id],
    );
  }

  othersOfPerson(personId: string, exceptRead: string, limit: number): Promise<WorklistRow[]> {
    return this.database.rows(
      `SELECT ${ROW} FROM ${JOINED} WHERE p.person_id = $1 AND r.id <> $2 AND r.state NOT IN ('cancelled', 'returned')
         AND NOT EXISTS (SELECT 1 FROM identity_doubt d WHERE d.exam_id = e.id AND d.state = 'open')
       ORDER BY coalesce(e.examined_at, e.first_received_at) DESC, r.id LIMIT $3`,
      [personId, exceptRead, limit],
    );
  }

  rows(scope: OrganisationScope, filter: WorklistFilter): Promise<WorklistRow[]> {
    return this.database.rows(
      `SELECT ${ROW} FROM ${JOINED} WHERE ${WHERE}
         AND ($9::uuid IS NULL OR (${RANK}, coalesce(r.due_at, r.created_at), r.id) >
              (SELECT ${RANK}, coalesce(r.due_at, r.created_at), r.id FROM read r WHERE r.id = $9))
       ORDER BY ${RANK}, coalesce(r.due_at, r.created_at), r.id LIMIT $10`,
      [...parameters(scope, filter), filter.after ?? null, filter.limit],
    );
  }

  async count(scope: OrganisationScope, filter: Omit<WorklistFilter, 'limit'>): Promise<number> {
    const row = await this.database.row<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${JOINED} WHERE ${WHERE}`,
      parameters(scope, filter),
    );
    return row?.n ?? 0;
  }

  async today(scope: OrganisationScope, kinds: readonly string[]): Promise<{ done: number; overdue: number }> {
    const row = await this.database.row<{ done: number; overdue: number }>(
      `SELECT count(*) FILTER (WHERE state = 'done')::int AS done, count(*) FILTER (WHERE state <> 'done')::int AS overdue
       FROM read WHERE ($1::text[] IS NULL OR organisation = ANY($1)) AND kind = ANY($2) AND exam_id IS NOT NULL
         AND ((state = 'done' AND closed_at >= date_trunc('day', now(), 'Asia/Shanghai'))
              OR (state IN ('open', 'assigned', 'claimed') AND due_at < now()))`,
      [scopeParameter(scope), kinds],
    );
    return row!;
  }

  sent(organisation: string, page: { after?: string; limit: number }): Promise<SentExam[]> {
    return this.database.rows(
      `SELECT e.id, e.kind, json_build_object('number', p.number, 'name', p.name, 'sex', p.sex,
           'birthDate', to_char(p.birth_date, 'YYYY-MM-DD')) AS patient,
         e.modality, coalesce(i.name, e.description) AS description, e.state, e.instances,
         e.expected_instances AS "expectedInstances", e.missing_instances AS "missingInstances", e.interrupted,
         (SELECT count(*)::int FROM instance_beside b WHERE b.organisation = e.organisation
           AND b.study_instance_uid = e.study_instance_uid AND b.kind = 'conflict' AND b.state = 'undecided') AS conflicts,
         (SELECT count(*)::int FROM identity_doubt d WHERE d.exam_id = e.id AND d.state = 'open') AS "identityDoubts",
         e.examined_at AS "examinedAt", e.first_received_at AS "receivedAt",
         CASE WHEN r.id IS NOT NULL THEN json_build_object('id', r.id, 'state', r.state, 'retakeOf', r.retake_of) END AS read,
         EXISTS (SELECT 1 FROM read again WHERE again.retake_of = r.id) AS retaken,
         CASE WHEN r.state = 'returned' THEN json_build_object('reason', r.return_reason, 'note', r.return_note) END AS returned
       FROM exam e JOIN patient p ON p.id = e.patient_id LEFT JOIN read r ON r.exam_id = e.id LEFT JOIN exam_item i ON i.code = r.item
       WHERE e.organisation = $1 AND ($2::uuid IS NULL OR (e.first_received_at, e.id) <
             (SELECT first_received_at, id FROM exam WHERE id = $2))
       ORDER BY e.first_received_at DESC, e.id DESC LIMIT $3`,
      [organisation, page.after ?? null, page.limit],
    );
  }

  async organisationOf(readId: string): Promise<string | undefined> {
    return (await this.database.row<{ organisation: string }>('SELECT organisation FROM read WHERE id = $1', [readId]))
      ?.organisation;
  }

  private async log(id: string, from: string | null, to: string, event: string, actor: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor) VALUES ('read', $1, $2, $3, $4, $5)`,
      [id, from, to, event, actor],
    );
  }
}
