import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { ExpectInstances, moment } from '#libs/catalogue';
import { text, type DicomJson } from '#libs/formats/dicom';
import { demand, type Caller } from '#libs/identity';
import { Clock, newId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import {
  changedBy,
  discontinuationReason,
  performedSeries,
  scheduledReferenceAtCreation,
  type PerformedStep,
} from './domain/performed-step.js';
import { PERFORMED_STEP_STATES, type PerformedStepState } from './domain/performed-step.states.js';
import { PerformedStepsRepository } from './performed-steps.repository.js';

/**
 * What a modality says that it does and did (MPPS, PS3.4 annex F). A completed step says how many images its study has; a discontinued
 * one takes back what was expected by it.
 */
@Injectable()
export class RecordPerformedStep {
  constructor(
    private readonly database: Database,
    private readonly steps: PerformedStepsRepository,
    private readonly expectInstances: ExpectInstances,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws Refusal `invalid` (missing-attribute, missing-attribute-value, invalid-attribute-value; the `tag` in its detail);
   *   `conflict` / duplicate-sop-instance; `forbidden`
   */
  async create(caller: Caller, sopInstanceUid: string, attributes: DicomJson): Promise<void> {
    demand(caller, 'procedure.report');
    const scheduled = scheduledReferenceAtCreation(attributes);
    const { organisation } = caller;
    const startedAt = moment(text(attributes, '00400244'), text(attributes, '00400245'), text(attributes, '00080201'));
    await this.database.transaction(async () => {
      const step: PerformedStep = {
        id: newId(),
        organisation,
        sopInstanceUid,
        aeTitle: caller.id,
        state: PERFORMED_STEP_STATES.initial,
        version: 0,
        requestId: await this.steps.requestOf(organisation, scheduled),
        studyInstanceUid: scheduled.studyInstanceUid,
        accessionNumber: scheduled.accessionNumber,
        modality: text(attributes, '00080060') ?? '',
        patientNumber: text(attributes, '00100020'),
        attributes,
      };
      if (!(await this.steps.add({ ...step, startedAt: startedAt ?? this.clock.now() }))) {
        throw new Refusal('conflict', 'duplicate-sop-instance', 'There is a step of this UID already.');
      }
      await this.record(caller, step, 'begin-procedure-step', step.state);
    });
  }

  /**
   * @throws Refusal as `create`, `not-found` / no-such-step, and `conflict` / performed-procedure-step-illegal-transition for a step
   *   that is completed or discontinued
   */
  async update(caller: Caller, sopInstanceUid: string, modification: DicomJson): Promise<void> {
    demand(caller, 'procedure.report');
    await this.database.transaction(async () => {
      const step = await this.steps.lock(caller.organisation, sopInstanceUid);
      if (step === undefined) throw new Refusal('not-found', 'no-such-step', 'There is no step of this UID.');
      // What is final refuses before anything else is looked at.
      PERFORMED_STEP_STATES.next(step.state, 'update');
      const { attributes, event } = changedBy(step.attributes, modification);
      const zone = text(attributes, '00080201');
      const series = performedSeries(attributes);
      const state = await this.steps.change(
        step,
        {
          event,
          attributes,
          series,
          endedAt: moment(text(attributes, '00400250'), text(attributes, '00400251'), zone),
          discontinuedBecause: event === 'discontinue' ? discontinuationReason(attributes) : null,
        },
        caller.id,
      );
      const uids = series.flatMap((one) => one.sopInstanceUids);
      if (event !== 'update') await this.expect(step, event === 'complete' ? uids : undefined);
      await this.record(caller, step, 'report-procedure-step', state, {
        event,
        series: series.length,
        instances: uids.length,
      });
    });
  }

  private expect(step: PerformedStep, sopInstanceUids: readonly string[] | undefined): Promise<void> {
    return this.expectInstances.expect({
      organisation: step.organisation,
      studyInstanceUid: step.studyInstanceUid,
      source: 'mpps',
      key: step.sopInstanceUid,
      ...(sopInstanceUids === undefined ? {} : { sopInstanceUids: [...new Set(sopInstanceUids)] }),
    });
  }

  private record(
    actor: Caller,
    step: PerformedStep,
    action: string,
    state: PerformedStepState,
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    return this.audit.record({
      actor,
      action,
      subject: { kind: 'performed-procedure-step', id: step.id },
      outcome: 'done',
      detail: { ...detail, state, studyInstanceUid: step.studyInstanceUid, requestId: step.requestId },
    });
  }
}
