import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import type { PerformedStep, ScheduledReference } from '../domain/performed-step.js';
import { PERFORMED_STEP_STATES, type PerformedStepState } from '../domain/performed-step.states.js';
import { PerformedStepsRepository, type PerformedStepChange } from '../performed-steps.repository.js';

const STEP = `id, organisation, sop_instance_uid AS "sopInstanceUid", ae_title AS "aeTitle", state, version, request_id AS "requestId",
  study_instance_uid AS "studyInstanceUid", accession_number AS "accessionNumber", modality, patient_number AS "patientNumber", attributes`;

@Injectable()
export class PerformedStepsPostgresRepository extends PerformedStepsRepository {
  constructor(private readonly database: Database) {
    super();
  }

  add(step: PerformedStep & { startedAt: Date }): Promise<boolean> {
    return this.database.transaction(async () => {
      const made = await this.database.row(
        `INSERT INTO performed_procedure_step (id, organisation, sop_instance_uid, ae_title, state, request_id, study_instance_uid,
           accession_number, modality, patient_number, started_at, attributes) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)
         ON CONFLICT (organisation, sop_instance_uid) DO NOTHING RETURNING id`,
        [
          step.id,
          step.organisation,
          step.sopInstanceUid,
          step.aeTitle,
          step.state,
          step.requestId,
          step.studyInstanceUid,
          step.accessionNumber,
          step.modality,
          step.patientNumber,
          step.startedAt,
          storable(step.attributes),
        ],
      );
      if (made) await this.log(step.id, null, step.state, 'create', step.aeTitle);
      return made !== undefined;
    });
  }

  lock(organisation: string, sopInstanceUid: string): Promise<PerformedStep | undefined> {
    return this.database.row<PerformedStep>(
      `SELECT ${STEP} FROM performed_procedure_step WHERE organisation = $1 AND sop_instance_uid = $2 FOR UPDATE`,
      [organisation, sopInstanceUid],
    );
  }

  async change(step: PerformedStep, change: PerformedStepChange, actor: string): Promise<PerformedStepState> {
    const state = PERFORMED_STEP_STATES.next(step.state, change.event);
    await this.database.rows(
      `UPDATE performed_procedure_step SET state = $2, version = version + 1, attributes = $3, ended_at = coalesce($4, ended_at),
         discontinued_because = $5 WHERE id = $1`,
      [
        step.id,
        state,
        storable(change.attributes),
        change.endedAt,
        change.discontinuedBecause === null ? null : JSON.stringify(change.discontinuedBecause),
      ],
    );
    await this.database.rows('DELETE FROM performed_series WHERE step_id = $1', [step.id]);
    for (const series of change.series) {
      await this.database.rows(
        `INSERT INTO performed_series (step_id, series_instance_uid, protocol, description, retrieve_ae_title, sop_instance_uids)
         VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (step_id, series_instance_uid)
         DO UPDATE SET sop_instance_uids = performed_series.sop_instance_uids || EXCLUDED.sop_instance_uids`,
        [
          step.id,
          series.seriesInstanceUid,
          series.protocol,
          series.description,
          series.retrieveAeTitle,
          series.sopInstanceUids,
        ],
      );
    }
    await this.log(step.id, step.state, state, change.event, actor);
    return state;
  }

  async requestOf(organisation: string, scheduled: ScheduledReference): Promise<string | null> {
    const row = await this.database.row<{ id: string }>(
      `SELECT id FROM exam_request WHERE organisation = $1 AND (study_instance_uid = $2 OR accession_number = $3
         OR 'R' || upper(right(id::text, 12)) IN ($4, $5))
       ORDER BY study_instance_uid = $2 DESC, accession_number IS NOT DISTINCT FROM $3 DESC, id DESC LIMIT 1`,
      [
        organisation,
        scheduled.studyInstanceUid,
        scheduled.accessionNumber,
        scheduled.scheduledStepId,
        scheduled.requestedProcedureId,
      ],
    );
    return row?.id ?? null;
  }

  private async log(id: string, from: string | null, to: string, event: string, actor: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor) VALUES ($1, $2, $3, $4, $5, $6)`,
      [PERFORMED_STEP_STATES.name, id, from, to, event, actor],
    );
  }
}

/** PostgreSQL's jsonb takes every character but U+0000, which some devices pad with. */
function storable(attributes: PerformedStep['attributes']): string {
  return JSON.stringify(attributes).replaceAll(String.raw`\u0000`, '');
}
