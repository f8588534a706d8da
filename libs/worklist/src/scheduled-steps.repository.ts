import type { ScheduledStep } from './domain/scheduled-step.js';

export interface ScheduledStepFilter {
  patientNumber?: string;
  accessionNumber?: string;
  studyInstanceUid?: string;
  /** by `procedureIdOf` */
  procedureId?: string;
  scheduledFrom?: Date;
  scheduledTo?: Date;
}

export abstract class ScheduledStepsRepository {
  /**
   * Requests of the organisation that no examination answers and no completed step has done, in the order in which they came, behind
   * the request `after`.
   */
  abstract open(
    organisation: string,
    filter: ScheduledStepFilter,
    page: { after?: string; limit: number },
  ): Promise<ScheduledStep[]>;
}
