import type { OrganisationScope } from '#libs/identity';
import type { DeletionReason } from './domain/deletion.js';
import type { Retention, RetentionClass, RetentionEvidence } from './domain/retention.js';

/** What an examination's retention is worked out from. */
export interface RetentionFacts {
  evidence: RetentionEvidence;
  /** the later of the days of examination and arrival */
  ownDay: string;
  /** the latest day that one of the patient's other examinations with this organisation counts from; null: there is none */
  lastVisitOn: string | null;
  current:
    (Retention & { version: number; reason: string | null; decidedBy: string | null; decidedAt: Date | null }) | null;
}

/** An examination whose retention has run out. */
export interface DueExam {
  examId: string;
  organisation: string;
  studyInstanceUid: string;
  kind: 'imaging' | 'ecg';
  modality: string | null;
  description: string | null;
  accessionNumber: string | null;
  patient: { number: string; name: string };
  examinedAt: Date | null;
  receivedAt: Date;
  state: string;
  class: string;
  source: Retention['source'];
  years: number;
  startsOn: string;
  lastVisitOn: string | null;
  instances: number;
  sizeBytes: number;
  standingHolds: number;
  readState: string | null;
  signedReports: number;
}

export abstract class RetentionRepository {
  abstract classes(): Promise<RetentionClass[]>;
  abstract reasons(): Promise<DeletionReason[]>;

  abstract facts(examId: string): Promise<RetentionFacts | undefined>;
  /** Writes what stands; nothing where it stands already. `by`: a person decided it. */
  abstract save(examId: string, retention: Retention, by?: { actor: string; reason: string }): Promise<void>;
  /** Locks the examination's retention until the transaction ends. */
  abstract lock(examId: string): Promise<void>;
  abstract forget(examId: string): Promise<void>;
  /** Retention has run out by `today`, the longest ago first. */
  abstract due(
    scope: OrganisationScope,
    today: string,
    page: { after?: { startsOn: string; examId: string }; limit: number },
  ): Promise<DueExam[]>;
}
