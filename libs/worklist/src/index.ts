/**
 * The worklist: exam requests, and the reads that settled examinations open. A read is assigned to the least loaded specialist of its
 * kind, claimed with a lease, and ends done or cancelled, or is returned to the township, whose retake opens a read that names it. Images
 * are graded. Every change of a read is kept for a day and told to
 * whoever follows the list. To a device a request is a scheduled step, and what the device makes of it a performed one.
 */
export { ChangeRead } from './change-read.js';
export { CreateRequest, type NewRequest } from './create-request.js';
export {
  PATIENT_CLASSES,
  PRIORITIES,
  RETURN_REASONS,
  type ExamItem,
  type ExamRequest,
  type PatientClass,
  type Priority,
  type Read,
  type ReturnReason,
} from './domain/read.js';
export { QUALITY_GRADES, type ImageQuality, type QualityGrade, type QualityVerdict } from './domain/image-quality.js';
export { PERFORMED_STEP_STATES, type PerformedStepState } from './domain/performed-step.states.js';
export { procedureIdOf, type ScheduledStep } from './domain/scheduled-step.js';
export { FindScheduledSteps } from './find-scheduled-steps.js';
export { GradeImages } from './grade-images.js';
export { ImageQualityRepository } from './image-quality.repository.js';
export { FollowWorklist, type Told } from './follow-worklist.js';
export { RaisePriority } from './raise-priority.js';
export { RecordPerformedStep } from './record-performed-step.js';
export type { ScheduledStepFilter } from './scheduled-steps.repository.js';
export { READ_STATES, type ReadState } from './domain/read.states.js';
export { READ_OPENED, type ReadOpened } from './domain/read.events.js';
export { OnExamSettled } from './on-exam-settled.js';
export { WithdrawExam } from './withdraw-exam.js';
export type { WorklistEvent } from './domain/worklist-event.js';
export { WorklistEventsRepository } from './worklist-events.repository.js';
export { WorklistModule } from './worklist.module.js';
export {
  WorklistRepository,
  type RequestFilter,
  type SentExam,
  type WorklistFilter,
  type WorklistRow,
} from './worklist.repository.js';
