import type { OrganisationScope } from '#libs/identity';
import type { BesideInstance, ClaimedIdentity, IdentityDoubt } from './domain/reconciliation.js';
import type { BesideState } from './domain/beside.states.js';
import type { DoubtState } from './domain/doubt.states.js';

export interface Decision {
  actor: string;
  reason: string;
}

/** An examination that waits for somebody to decide. */
export interface OpenReconciliation {
  examId: string;
  organisation: string;
  studyInstanceUid: string;
  patientId: string;
  conflicts: number;
  identityDoubts: number;
}

export abstract class ReconciliationRepository {
  /** Once for an examination and what its header says; said again it changes nothing. @returns false: it was there */
  abstract raiseDoubt(doubt: {
    organisation: string;
    examId: string;
    fingerprint: string;
    claimed: ClaimedIdentity;
    differs: readonly string[];
  }): Promise<boolean>;
  abstract doubtsOf(examId: string): Promise<IdentityDoubt[]>;
  abstract lockDoubt(id: string): Promise<IdentityDoubt | undefined>;
  abstract moveDoubt(doubt: IdentityDoubt, event: 'confirm-same' | 'confirm-other', by: Decision): Promise<DoubtState>;

  abstract besideOf(examId: string): Promise<BesideInstance[]>;
  abstract lockBeside(instanceId: string): Promise<BesideInstance | undefined>;
  abstract moveBeside(instance: BesideInstance, event: 'keep' | 'serve', by: Decision): Promise<BesideState>;
  /** The served one steps aside for `instance`, in the catalogue and in its standing. The caller files the other in its place. */
  abstract displaceServed(instance: BesideInstance, by: Decision): Promise<void>;

  /** Newest first. */
  abstract open(scope: OrganisationScope, page: { after?: string; limit: number }): Promise<OpenReconciliation[]>;
  abstract moveExam(examId: string, patientId: string): Promise<void>;
}
