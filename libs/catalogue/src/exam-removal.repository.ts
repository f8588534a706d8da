import type { Exam } from './domain/exam.js';

/** Taking an examination out of the catalogue's rows. */
export abstract class ExamRemovalRepository {
  /** The examination as it is now, locked until the transaction ends, with the UIDs of what it serves. */
  abstract lock(examId: string): Promise<{ exam: Exam; sopInstanceUids: string[] } | undefined>;
  /** Somebody is sending this study right now. */
  abstract beingSent(organisation: string, studyInstanceUid: string): Promise<boolean>;
  /** Removes everything that the catalogue knows of the examination and of these instances, and logs the last transition. */
  abstract remove(exam: Exam, instanceIds: readonly string[], actor: string): Promise<void>;
}
