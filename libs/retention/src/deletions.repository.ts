import type { OrganisationScope } from '#libs/identity';

/** What is left of a deleted examination. */
export interface Deletion {
  examId: string;
  organisation: string;
  studyInstanceUid: string;
  patientId: string;
  kind: 'imaging' | 'ecg';
  modality: string | null;
  accessionNumber: string | null;
  examinedAt: Date | null;
  receivedAt: Date;
  class: string;
  keepUntil: string;
  reason: string;
  note: string;
  deletedBy: string;
  deletedAt: Date;
  sizeBytes: number;
  instances: { sopInstanceUid: string; digest: string; standing: string }[];
}

/** A line of the list of deletions. */
export interface DeletionSummary extends Omit<Deletion, 'instances'> {
  instances: number;
  reasonText: { zh: string; en: string };
  deletedByName: string | null;
  /** the examination that is here under the same study UID: it was sent again */
  receivedAgainAs: string | null;
}

export abstract class DeletionsRepository {
  abstract add(deletion: Omit<Deletion, 'deletedAt'>): Promise<void>;
  abstract one(examId: string): Promise<Deletion | undefined>;
  /** Newest first. */
  abstract list(
    scope: OrganisationScope,
    filter: { studyInstanceUid?: string; after?: string; limit: number },
  ): Promise<DeletionSummary[]>;
}
