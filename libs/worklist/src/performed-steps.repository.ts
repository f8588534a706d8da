import type { PerformedSeries, PerformedStep, ScheduledReference } from './domain/performed-step.js';
import type { PerformedStepEvent, PerformedStepState } from './domain/performed-step.states.js';

/** What changes with an event. */
export interface PerformedStepChange {
  event: PerformedStepEvent;
  attributes: PerformedStep['attributes'];
  series: PerformedSeries[];
  endedAt: Date | null;
  discontinuedBecause: { code: string; meaning: string } | null;
}

export abstract class PerformedStepsRepository {
  /** @returns false where the organisation has a step of this UID already */
  abstract add(step: PerformedStep & { startedAt: Date }): Promise<boolean>;
  /** Locks the step until the transaction ends. */
  abstract lock(organisation: string, sopInstanceUid: string): Promise<PerformedStep | undefined>;
  /** Moves the step by the table, logs the move, and replaces its series; the caller holds the lock. */
  abstract change(step: PerformedStep, change: PerformedStepChange, actor: string): Promise<PerformedStepState>;
  /** The request that a step answers: by its study UID, step id or procedure id, else by accession number. */
  abstract requestOf(organisation: string, scheduled: ScheduledReference): Promise<string | null>;
}
