import type { ExamItem, ExamRequest } from './read.js';

/** A request that waits for its examination, as a modality is told of it (PS3.4 annex K). */
export interface ScheduledStep {
  request: ExamRequest;
  item: Pick<ExamItem, 'code' | 'name' | 'modalities' | 'bodyPart'>;
  /** the request's for ever; the images that answer it bear it */
  studyInstanceUid: string;
  scheduledAt: Date;
  /** null: any device of the organisation */
  stationAeTitle: string | null;
  performingPhysician: string | null;
  /** a device has begun (MPPS IN PROGRESS) */
  started: boolean;
}

/**
 * Requested Procedure ID, and Scheduled Procedure Step ID, of a request: an SH of 13 characters made of the random part of its id. A
 * request is one procedure with one step.
 */
export function procedureIdOf(requestId: string): string {
  return `R${requestId.replaceAll('-', '').slice(-12).toUpperCase()}`;
}
