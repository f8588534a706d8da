import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import type { ScheduledStep } from '../domain/scheduled-step.js';
import { ScheduledStepsRepository, type ScheduledStepFilter } from '../scheduled-steps.repository.js';

const STEP = `json_build_object('code', i.code, 'name', i.name, 'modalities', i.modalities, 'bodyPart', i.body_part) AS item,
  r.study_instance_uid AS "studyInstanceUid", r.scheduled_at AS "scheduledAt", r.station_ae_title AS "stationAeTitle",
  r.performing_physician AS "performingPhysician",
  EXISTS (SELECT 1 FROM performed_procedure_step p WHERE p.request_id = r.id AND p.state = 'in-progress') AS started`;
const REQUEST = `r.id, r.organisation, r.accession_number AS "accessionNumber", r.patient_number AS "patientNumber",
  r.patient_name AS "patientName", r.sex, to_char(r.birth_date, 'YYYY-MM-DD') AS "birthDate", r.id_card AS "idCard",
  r.clinical_information AS "clinicalInformation", r.priority, r.patient_class AS "patientClass", r.requested_by AS "requestedBy", r.requested_at AS "requestedAt",
  r.exam_id AS "examId"`;

@Injectable()
export class ScheduledStepsPostgresRepository extends ScheduledStepsRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async open(
    organisation: string,
    filter: ScheduledStepFilter,
    page: { after?: string; limit: number },
  ): Promise<ScheduledStep[]> {
    const rows = await this.database.rows<Omit<ScheduledStep, 'request'> & ScheduledStep['request']>(
      `SELECT ${REQUEST}, ${STEP} FROM exam_request r JOIN exam_item i ON i.code = r.item
       WHERE r.organisation = $1 AND r.exam_id IS NULL
         AND NOT EXISTS (SELECT 1 FROM performed_procedure_step p WHERE p.request_id = r.id AND p.state = 'completed'
           AND NOT EXISTS (SELECT 1 FROM read b JOIN exam e ON e.id = b.exam_id WHERE b.request_id = r.id AND b.state = 'returned'
             AND e.organisation = p.organisation AND e.study_instance_uid = p.study_instance_uid))
         AND NOT EXISTS (SELECT 1 FROM exam e WHERE e.organisation = r.organisation AND e.study_instance_uid = r.study_instance_uid)
         AND ($2::text IS NULL OR r.patient_number = $2) AND ($3::text IS NULL OR r.accession_number = $3)
         AND ($4::text IS NULL OR r.study_instance_uid = $4) AND ($5::text IS NULL OR 'R' || upper(right(r.id::text, 12)) = $5)
         AND ($6::timestamptz IS NULL OR r.scheduled_at >= $6) AND ($7::timestamptz IS NULL OR r.scheduled_at <= $7)
         AND ($8::uuid IS NULL OR r.id > $8)
       ORDER BY r.id LIMIT $9`,
      [
        organisation,
        filter.patientNumber ?? null,
        filter.accessionNumber ?? null,
        filter.studyInstanceUid ?? null,
        filter.procedureId ?? null,
        filter.scheduledFrom ?? null,
        filter.scheduledTo ?? null,
        page.after ?? null,
        page.limit,
      ],
    );
    return rows.map(
      ({ item, studyInstanceUid, scheduledAt, stationAeTitle, performingPhysician, started, ...rest }) => ({
        request: { ...rest, item: item.code },
        item,
        studyInstanceUid,
        scheduledAt,
        stationAeTitle,
        performingPhysician,
        started,
      }),
    );
  }
}
