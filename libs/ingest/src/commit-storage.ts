import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { instanceDigest } from '#libs/formats/dicom';
import { demand, type Caller } from '#libs/identity';
import { newId, Refusal } from '#libs/kernel';
import { ObjectNotFound, ObjectStore } from '#libs/ports';
import {
  COMMITMENT_FAILURE,
  nextPause,
  type CommitmentFailure,
  type CommitmentOutcome,
  type ReferencedInstance,
  type StorageCommitment,
} from './domain/storage-commitment.js';
import { StorageCommitmentRepository, type HeldInstance } from './storage-commitment.repository.js';

/** Objects read back at the same time. */
const AT_ONCE = 4;
/** Longer than an attempt takes: proving some thousands of instances, and the peer's time to answer. */
const LEASE_SECONDS = 600;

/**
 * Storage commitment (PS3.4 annex J): requests are written down and answered one by one until the sender has been told. Committed is
 * what the organisation's served row and the bytes read back from the store prove together: right SOP class, size and digest.
 */
@Injectable()
export class CommitStorage {
  constructor(
    private readonly repository: StorageCommitmentRepository,
    private readonly objects: ObjectStore,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `conflict` / transaction-uid-in-use; `forbidden` */
  async request(caller: Caller, transactionUid: string, referenced: ReferencedInstance[]): Promise<{ id: string }> {
    demand(caller, 'instance.store');
    const { organisation, id: aeTitle } = caller;
    const { outcome, id } = await this.repository.add({
      id: newId(),
      organisation,
      aeTitle,
      transactionUid,
      referenced,
    });
    await this.audit.record({
      actor: caller,
      action: 'request-storage-commitment',
      subject: { kind: 'storage-commitment', id },
      outcome: outcome === 'taken' ? 'done' : 'refused',
      detail: { transactionUid, instances: referenced.length },
    });
    if (outcome === 'taken') return { id };
    throw new Refusal('conflict', outcome, 'This transaction UID was used for another request, or was answered.');
  }

  /** Takes this one request, unless its sender has been told. */
  async take(id: string): Promise<StorageCommitment | undefined> {
    return (await this.repository.lease({ id, limit: 1, leaseSeconds: LEASE_SECONDS }))[0];
  }

  /** Takes requests that are due. Each must be given back by `reported` or `postponed`; else it is due again after ten minutes. */
  takeDue(limit: number): Promise<StorageCommitment[]> {
    return this.repository.lease({ limit, leaseSeconds: LEASE_SECONDS });
  }

  /** @throws what the store throws when it cannot answer: then nothing can be said yet */
  async prove({ organisation, referenced }: StorageCommitment): Promise<CommitmentOutcome> {
    const held = await this.repository.held(organisation, referenced);
    const byUid = new Map(held.map((one) => [one.sopInstanceUid, one]));
    const reasons = new Map<ReferencedInstance, CommitmentFailure | null>();
    const waiting = [...referenced];
    const work = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        reasons.set(one, await this.failureOf(one, byUid.get(one.sopInstanceUid)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const outcome: CommitmentOutcome = { committed: [], failed: [] };
    for (const one of referenced) {
      const reason = reasons.get(one) ?? null;
      if (reason === null) outcome.committed.push(one);
      else outcome.failed.push({ ...one, reason });
    }
    return outcome;
  }

  /** The sender has been told. */
  async reported(commitment: StorageCommitment, outcome: CommitmentOutcome): Promise<void> {
    if (!(await this.repository.markReported(commitment.id))) return;
    await this.record(commitment, 'done', {
      committed: outcome.committed.length,
      failed: outcome.failed.length,
    });
  }

  /** The sender could not be told: again later, the pauses doubling, for a week. */
  async postponed(commitment: StorageCommitment, error: string, now: Date): Promise<void> {
    const age = (now.getTime() - commitment.requestedAt.getTime()) / 1000;
    const pause = nextPause(commitment.attempts, age);
    await this.repository.postpone(commitment.id, pause, error);
    if (pause === null) await this.record(commitment, 'failed', { error });
  }

  private record(
    { id, organisation, aeTitle, transactionUid }: StorageCommitment,
    outcome: 'done' | 'failed',
    detail: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record({
      actor: { kind: 'ae', id: aeTitle, organisation },
      action: 'report-storage-commitment',
      subject: { kind: 'storage-commitment', id },
      outcome,
      detail: { transactionUid, ...detail },
    });
  }

  private async failureOf(
    asked: ReferencedInstance,
    held: HeldInstance | undefined,
  ): Promise<CommitmentFailure | null> {
    if (held === undefined) return COMMITMENT_FAILURE.noSuchObjectInstance;
    if (held.sopClassUid !== asked.sopClassUid) return COMMITMENT_FAILURE.classInstanceConflict;
    return (await this.readsBack(held)) ? null : COMMITMENT_FAILURE.processingFailure;
  }

  private async readsBack(held: HeldInstance): Promise<boolean> {
    const stat = await this.objects.stat(held.objectKey);
    if (stat?.size !== held.sizeBytes) return false;
    const digest = instanceDigest(held.transferSyntaxUid);
    let left = held.datasetOffset;
    try {
      for await (const chunk of (await this.objects.get(held.objectKey)) as AsyncIterable<Buffer>) {
        const skipped = Math.min(left, chunk.length);
        left -= skipped;
        if (skipped < chunk.length) digest.update(chunk.subarray(skipped));
      }
    } catch (error) {
      // Gone between the two looks.
      if (error instanceof ObjectNotFound) return false;
      throw error;
    }
    return digest.digest('hex') === held.digest;
  }
}
