import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { newId } from '#libs/kernel';
import { Database } from '#libs/persistence';
import {
  CatalogueRepository,
  type InstanceLocation,
  type SeriesSummary,
  type StudyFilter,
  type StudySummary,
} from '../catalogue.repository.js';
import { EXAM_STATES } from '../domain/exam.states.js';
import type { Exam, IndexedFacts } from '../domain/exam.js';

const EXAM = `e.id, e.organisation, e.kind, e.patient_id AS "patientId", e.study_instance_uid AS "studyInstanceUid",
  e.accession_number AS "accessionNumber", e.modality, e.body_part AS "bodyPart", e.description, e.examined_at AS "examinedAt", e.state,
  e.instances, e.expected_instances AS "expectedInstances", e.missing_instances AS "missingInstances", e.interrupted,
  e.first_received_at AS "firstReceivedAt", e.last_received_at AS "lastReceivedAt"`;

const LOCATION = `i.id, x.organisation, e.patient_id AS "patientId", x.study_instance_uid AS "studyInstanceUid",
  x.series_instance_uid AS "seriesInstanceUid", x.sop_instance_uid AS "sopInstanceUid", x.sop_class_uid AS "sopClassUid",
  x.transfer_syntax_uid AS "transferSyntaxUid", x.format, x.digest, x.object_key AS "objectKey", x.size_bytes::float8 AS "sizeBytes",
  x.dataset_offset AS "datasetOffset", x.pixel_data AS "pixelData", x.attributes`;
const LOCATED = `instance i JOIN ingest_instance x ON x.id = i.id JOIN exam e ON e.id = i.exam_id JOIN series s ON s.id = i.series_id`;
const IN_ORDER = `ORDER BY s.number NULLS LAST, s.series_instance_uid, i.number NULLS LAST, i.sop_instance_uid`;

/** An aECG file has a schema for its class, not a UID. */
const IS_DICOM = `sop_class_uid NOT LIKE 'urn:%'`;

@Injectable()
export class CataloguePostgresRepository extends CatalogueRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async lockExam(facts: Parameters<CatalogueRepository['lockExam']>[0]): Promise<Exam> {
    const id = newId();
    const made = await this.database.row(
      `INSERT INTO exam (id, organisation, kind, patient_id, study_instance_uid, state, first_received_at, last_received_at)
       VALUES ($1, $2, $3, $4, $5, $6, now(), now()) ON CONFLICT (organisation, study_instance_uid) DO NOTHING RETURNING id`,
      [id, facts.organisation, facts.kind, facts.patientId, facts.studyInstanceUid, EXAM_STATES.initial],
    );
    if (made) await this.log(id, null, EXAM_STATES.initial, 'arrive');
    return (await this.database.row<Exam>(
      `SELECT ${EXAM} FROM exam e WHERE organisation = $1 AND study_instance_uid = $2 FOR UPDATE`,
      [facts.organisation, facts.studyInstanceUid],
    ))!;
  }

  async addInstances(
    examId: string,
    instances: Parameters<CatalogueRepository['addInstances']>[1],
  ): Promise<ReadonlySet<string>> {
    const seriesIds = new Map<string, string>();
    for (const { stored, facts } of instances) {
      const uid = stored.seriesInstanceUid;
      if (!seriesIds.has(uid)) seriesIds.set(uid, await this.seriesFor(examId, uid, facts));
    }
    const added = await this.database.prepared<{ id: string }>(
      `INSERT INTO instance (exam_id, id, series_id, sop_instance_uid, sop_class_uid, number, frames, rows, columns, counts, bits_allocated)
       SELECT $1::uuid, came.* FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::int[], $8::int[], $9::int[],
         $10::boolean[], $11::int[]) AS came ON CONFLICT DO NOTHING RETURNING id`,
      [
        examId,
        instances.map(({ stored }) => stored.id),
        instances.map(({ stored }) => seriesIds.get(stored.seriesInstanceUid)),
        instances.map(({ stored }) => stored.sopInstanceUid),
        instances.map(({ stored }) => stored.sopClassUid),
        instances.map(({ facts }) => facts.instanceNumber),
        instances.map(({ facts }) => facts.frames),
        instances.map(({ facts }) => facts.rows),
        instances.map(({ facts }) => facts.columns),
        instances.map(({ facts }) => facts.counts),
        instances.map(({ facts }) => facts.bitsAllocated),
      ],
    );
    return new Set(added.map(({ id }) => id));
  }

  private async seriesFor(examId: string, seriesInstanceUid: string, facts: IndexedFacts): Promise<string> {
    const [series] = await this.database.prepared<{ id: string }>(
      `INSERT INTO series (id, exam_id, series_instance_uid, modality, number, description, body_part, performed_date_time,
         scheduled_step_ids, requested_procedure_ids, attributes) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)
       ON CONFLICT (exam_id, series_instance_uid) DO UPDATE SET modality = coalesce(series.modality, EXCLUDED.modality) RETURNING id`,
      [
        newId(),
        examId,
        seriesInstanceUid,
        facts.modality,
        facts.seriesNumber,
        facts.seriesDescription,
        facts.bodyPartExamined,
        facts.performedDateTime,
        facts.scheduledStepIds,
        facts.requestedProcedureIds,
        JSON.stringify(facts.seriesAttributes),
      ],
    );
    return series!.id;
  }

  async refreshExam(exam: Exam, facts: readonly IndexedFacts[], reopen: boolean): Promise<void> {
    const first = facts.find((one) => one.counts) ?? facts[0];
    const state = reopen && exam.state === 'settled' ? EXAM_STATES.next(exam.state, 'reopen') : exam.state;
    await this.database.rows(
      `UPDATE series s SET dicom_instances = c.held FROM (
         SELECT series_id, count(*) FILTER (WHERE ${IS_DICOM}) AS held FROM instance WHERE exam_id = $1 GROUP BY series_id) c
       WHERE c.series_id = s.id AND s.dicom_instances <> c.held`,
      [exam.id],
    );
    await this.database.rows(
      `UPDATE exam SET state = $2, version = version + 1,
         last_received_at = CASE WHEN $9 THEN now() ELSE last_received_at END,
         accession_number = coalesce(accession_number, $3), modality = coalesce(modality, $4), body_part = coalesce(body_part, $5),
         description = coalesce(description, $6), examined_at = coalesce(examined_at, $7), kind = CASE WHEN $8 THEN 'ecg' ELSE kind END,
         study_date_time = CASE WHEN study_date_time = '' THEN $10 ELSE study_date_time END,
         study_id = coalesce(study_id, $11), study_description = coalesce(study_description, $12),
         referring_names = CASE WHEN referring_names = '{}' THEN $13 ELSE referring_names END, attributes = $14::jsonb || attributes,
         (dicom_series, dicom_instances, holds_dicom, modalities) = (
           SELECT count(*), coalesce(sum(s.dicom_instances), 0), count(*) > 0,
             coalesce(array_agg(DISTINCT s.modality ORDER BY s.modality) FILTER (WHERE s.modality IS NOT NULL), '{}')
           FROM series s WHERE s.exam_id = $1 AND s.dicom_instances > 0),
         sop_classes = ARRAY(SELECT DISTINCT sop_class_uid FROM instance WHERE exam_id = $1 AND ${IS_DICOM} ORDER BY 1)
       WHERE id = $1`,
      [
        exam.id,
        state,
        first?.accessionNumber ?? null,
        first?.modality ?? null,
        first?.bodyPart ?? null,
        first?.studyDescription ?? first?.seriesDescription ?? null,
        first?.examinedAt ?? null,
        first?.modality === 'ECG',
        reopen || exam.state !== 'settled',
        first?.studyDateTime ?? '',
        first?.studyId ?? null,
        first?.studyDescription ?? null,
        first?.referringNames ?? [],
        JSON.stringify(first?.studyAttributes ?? {}),
      ],
    );
    if (state !== exam.state) await this.log(exam.id, exam.state, state, 'reopen');
  }

  exam(id: string): Promise<Exam | undefined> {
    return this.database.row(`SELECT ${EXAM} FROM exam e WHERE id = $1`, [id]);
  }

  studies(scope: OrganisationScope, filter: StudyFilter): Promise<StudySummary[]> {
    return this.database.rows(
      `SELECT ${EXAM}, json_build_object('number', p.number, 'name', p.name, 'sex', p.sex, 'birthDate', to_char(p.birth_date, 'YYYY-MM-DD')) AS patient,
         e.dicom_series AS series, e.modalities
       FROM exam e JOIN patient p ON p.id = e.patient_id
       WHERE ($1::text[] IS NULL OR e.organisation = ANY($1)) AND e.holds_dicom
         AND ($2::text[] IS NULL OR e.study_instance_uid = ANY($2)) AND ($3::text IS NULL OR p.number = $3)
         AND ($4::text IS NULL OR e.accession_number = $4)
         AND ($5::text IS NULL OR $5 = ANY(e.modalities))
         AND ($6::timestamptz IS NULL OR e.examined_at >= $6) AND ($7::timestamptz IS NULL OR e.examined_at < $7)
         AND ($10::uuid[] IS NULL OR e.id = ANY($10)) AND ($11::uuid IS NULL OR e.patient_id = $11)
         AND ($12::text IS NULL OR e.organisation = $12) AND ($13::text IS NULL OR p.id_card = $13)
         AND ($14::uuid IS NULL OR (SELECT (e.first_received_at, a.id) < (a.first_received_at, e.id) FROM exam a WHERE a.id = $14))
       ORDER BY e.first_received_at DESC, e.id LIMIT $8 OFFSET $9`,
      [
        scopeParameter(scope),
        filter.studyInstanceUids ?? null,
        filter.patientNumber ?? null,
        filter.accessionNumber ?? null,
        filter.modality ?? null,
        filter.examinedFrom ?? null,
        filter.examinedTo ?? null,
        filter.limit,
        filter.offset,
        filter.examIds ?? null,
        filter.patientId ?? null,
        filter.patientOrganisation ?? null,
        filter.idCard ?? null,
        filter.after ?? null,
      ],
    );
  }

  seriesOf(scope: OrganisationScope, studyInstanceUid: string): Promise<SeriesSummary[]> {
    return this.database.rows(
      `SELECT s.series_instance_uid AS "seriesInstanceUid", s.modality, s.number, s.description, count(*)::int AS instances
       FROM ${LOCATED} WHERE ($1::text[] IS NULL OR e.organisation = ANY($1)) AND e.study_instance_uid = $2 AND x.format = 'dicom'
       GROUP BY s.id ORDER BY s.number NULLS LAST, s.series_instance_uid`,
      [scopeParameter(scope), studyInstanceUid],
    );
  }

  instances(
    scope: OrganisationScope,
    where: Parameters<CatalogueRepository['instances']>[1],
  ): Promise<InstanceLocation[]> {
    return this.database.rows(
      `SELECT ${LOCATION} FROM ${LOCATED} WHERE ($1::text[] IS NULL OR e.organisation = ANY($1)) AND e.study_instance_uid = $2
         AND ($3::text IS NULL OR s.series_instance_uid = $3) AND ($4::text IS NULL OR i.sop_instance_uid = $4) AND x.format = 'dicom'
       ${IN_ORDER}`,
      [scopeParameter(scope), where.studyInstanceUid, where.seriesInstanceUid ?? null, where.sopInstanceUid ?? null],
    );
  }

  instancesOfExam(examId: string): Promise<InstanceLocation[]> {
    return this.database.rows(`SELECT ${LOCATION} FROM ${LOCATED} WHERE i.exam_id = $1 ${IN_ORDER}`, [examId]);
  }

  documentsOfExam(examId: string, limit: number): Promise<InstanceLocation[]> {
    return this.database.rows(
      `SELECT ${LOCATION} FROM ${LOCATED} WHERE i.exam_id = $1 AND NOT i.counts AND x.format = 'dicom'
         AND i.sop_class_uid LIKE '1.2.840.10008.5.1.4.1.1.88.%' ORDER BY x.received_at DESC, i.id LIMIT $2`,
      [examId, limit],
    );
  }

  async organisationsHolding(studyInstanceUid: string): Promise<string[]> {
    const rows = await this.database.rows<{ organisation: string }>(
      'SELECT organisation FROM exam WHERE study_instance_uid = $1',
      [studyInstanceUid],
    );
    return rows.map((row) => row.organisation);
  }

  private async log(examId: string, from: string | null, to: string, event: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor) VALUES ('exam', $1, $2, $3, $4, 'system')`,
      [examId, from, to, event],
    );
  }
}
