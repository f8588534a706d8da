import type { Patient } from '#libs/patients';
import type { BesideState } from './beside.states.js';
import type { DoubtState } from './doubt.states.js';

/** What a header says of the bearer of a patient number. */
export interface ClaimedIdentity {
  number: string;
  name: string;
  otherNames: string[];
  sex: Patient['sex'];
  birthDate: string | null;
  idCard: string | null;
}

/** An examination whose header contradicts the file of the patient under whom it is filed. */
export interface IdentityDoubt {
  id: string;
  organisation: string;
  examId: string;
  fingerprint: string;
  claimed: ClaimedIdentity;
  /** name, birth-date, sex, id-card, patient-number, ambiguous */
  differs: string[];
  state: DoubtState;
  version: number;
  raisedAt: Date;
  reason: string | null;
  decidedBy: string | null;
  decidedAt: Date | null;
}

/** One of two objects of one UID. */
export interface TwinFacts {
  id: string;
  digest: string;
  sizeBytes: number;
  transferSyntaxUid: string;
  studyInstanceUid: string;
  sender: string;
  transport: string;
  receivedAt: Date;
}

/** An instance kept beside the served one of the same UID. */
export interface BesideInstance {
  id: string;
  organisation: string;
  kind: 're-encoded' | 'conflict';
  state: BesideState;
  version: number;
  reason: string | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  sopInstanceUid: string;
  beside: TwinFacts;
  served: TwinFacts;
  /** attributes of the headers that are not the same; empty: only pixels differ */
  differs: { tag: string; served: string | null; beside: string | null }[];
}
