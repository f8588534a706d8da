/** An instance as a request for storage commitment names it. */
export interface ReferencedInstance {
  sopClassUid: string;
  sopInstanceUid: string;
}

/** Why an instance is not committed to: values of Failure Reason (PS3.3 section C.14.1.1). */
export const COMMITMENT_FAILURE = {
  /** The object cannot be read back as it was received. */
  processingFailure: 0x0110,
  /** This organisation has no such instance that is served. */
  noSuchObjectInstance: 0x0112,
  /** The instance is of another SOP class than the request says. */
  classInstanceConflict: 0x0119,
} as const;

export type CommitmentFailure = (typeof COMMITMENT_FAILURE)[keyof typeof COMMITMENT_FAILURE];

/** What the sender is told: what is safe, and what is not. */
export interface CommitmentOutcome {
  committed: ReferencedInstance[];
  failed: (ReferencedInstance & { reason: CommitmentFailure })[];
}

/** A request for storage commitment that its sender has not been told about. */
export interface StorageCommitment {
  id: string;
  organisation: string;
  aeTitle: string;
  transactionUid: string;
  referenced: ReferencedInstance[];
  attempts: number;
  requestedAt: Date;
}

const FIRST_PAUSE_SECONDS = 10;
const LONGEST_PAUSE_SECONDS = 3600;
/** A sender that could not be reached for so long is given up. */
const PATIENCE_SECONDS = 7 * 24 * 3600;

/** Seconds until the next attempt after so many; null: no more. */
export function nextPause(attempts: number, ageSeconds: number): number | null {
  if (ageSeconds > PATIENCE_SECONDS) return null;
  return Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** Math.max(0, attempts - 1));
}
