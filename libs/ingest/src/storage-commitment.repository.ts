import type { ReferencedInstance, StorageCommitment } from './domain/storage-commitment.js';

/** The served instance of a UID, as far as proving it needs. */
export interface HeldInstance {
  sopInstanceUid: string;
  sopClassUid: string;
  transferSyntaxUid: string;
  digest: string;
  objectKey: string;
  sizeBytes: number;
  datasetOffset: number;
}

export abstract class StorageCommitmentRepository {
  /**
   * Writes the request down. The same request again is due again at once; another one under a transaction UID that the sender has used
   * is not taken.
   */
  abstract add(
    request: Pick<StorageCommitment, 'id' | 'organisation' | 'aeTitle' | 'transactionUid' | 'referenced'>,
  ): Promise<{ outcome: 'taken' | 'transaction-uid-in-use'; id: string }>;
  /**
   * Takes requests that are due, counts the attempt, and keeps others away for `leaseSeconds`: who dies meanwhile loses nothing. With
   * `id` that one alone, due or not.
   */
  abstract lease(options: { id?: string; limit: number; leaseSeconds: number }): Promise<StorageCommitment[]>;
  /** The attempt failed: again after so many seconds, or never (null). */
  abstract postpone(id: string, pauseSeconds: number | null, error: string): Promise<void>;
  /** Its sender knows. @returns false where it was closed already */
  abstract markReported(id: string): Promise<boolean>;
  /** DICOM instances that are served for these UIDs. */
  abstract held(organisation: string, referenced: readonly ReferencedInstance[]): Promise<HeldInstance[]>;
}
