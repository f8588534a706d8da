import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, inScope, scopeOf, type Caller } from '#libs/identity';
import { Clock, newId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import type { Read, ReturnReason } from './domain/read.js';
import { ImageQualityRepository } from './image-quality.repository.js';
import { WorklistRepository } from './worklist.repository.js';

/** A claim without a word written for this long goes back to the list. */
const LEASE_MINUTES = 30;

/** Claim, release, return and finish: the moves of a read that people make, each under its row's lock and in the audit. */
@Injectable()
export class ChangeRead {
  constructor(
    private readonly database: Database,
    private readonly worklist: WorklistRepository,
    private readonly qualities: ImageQualityRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `conflict` / already-claimed; claiming one's own claim again is a success */
  claim(caller: Caller, readId: string): Promise<void> {
    demand(caller, 'report.write');
    return this.locked(caller, readId, 'claim-read', async (read) => {
      if (read.state === 'claimed') {
        if (read.claimedBy === caller.id) return;
        throw new Refusal('conflict', 'already-claimed', 'Somebody else is reading this one.');
      }
      await this.worklist.move(read, 'claim', caller.id, { claimedBy: caller.id, leaseUntil: this.leaseEnd() });
    });
  }

  release(caller: Caller, readId: string): Promise<void> {
    demand(caller, 'report.write');
    return this.locked(caller, readId, 'release-read', async (read) => {
      this.mine(caller, read);
      await this.worklist.move(read, 'release', caller.id, { claimedBy: null, assigneeId: null, leaseUntil: null });
    });
  }

  /** To the township, to be made again: its request waits for another examination. */
  return(caller: Caller, readId: string, reason: ReturnReason, note: string | null): Promise<void> {
    demand(caller, 'report.write');
    return this.locked(caller, readId, 'return-read', async (read) => {
      this.mine(caller, read);
      await this.worklist.move(read, 'return', caller.id, { returnReason: reason, returnNote: note, leaseUntil: null });
      await this.worklist.askAgain(read);
      await this.qualities.add({
        id: newId(),
        readId,
        verdict: 'returned',
        reasons: [reason],
        note,
        givenBy: caller.id,
      });
    });
  }

  /** The report is signed. Called by the report stage inside its transaction. */
  finish(caller: Caller, readId: string): Promise<void> {
    return this.locked(caller, readId, 'finish-read', (read) =>
      this.worklist.move(read, 'finish', caller.id, { leaseUntil: null }),
    );
  }

  /** While words are written the claim holds. */
  async renewLease(readId: string): Promise<void> {
    await this.worklist.setLease(readId, this.leaseEnd());
  }

  /** Submitted work waits for the reviewer and does not go back to the list by itself. */
  async holdForReview(readId: string): Promise<void> {
    await this.worklist.setLease(readId, null);
  }

  /** Claims that nobody works on go back to the list; the draft stays. @returns how many */
  async expireLeases(): Promise<number> {
    const ids = await this.worklist.expiredLeases();
    for (const id of ids) {
      await this.database.transaction(async () => {
        const read = await this.worklist.lock(id);
        if (!read || read.state !== 'claimed' || !read.leaseUntil || read.leaseUntil > this.clock.now()) return;
        await this.worklist.move(read, 'expire', 'system', { claimedBy: null, leaseUntil: null });
      });
    }
    return ids.length;
  }

  private leaseEnd(): Date {
    return new Date(this.clock.now().getTime() + LEASE_MINUTES * 60_000);
  }

  private mine(caller: Caller, read: Read): void {
    if (read.claimedBy !== caller.id)
      throw new Refusal('conflict', 'not-claimed-by-you', 'Only who claimed a read may do this.');
  }

  private locked(caller: Caller, readId: string, action: string, work: (read: Read) => Promise<void>): Promise<void> {
    return this.database.transaction(async () => {
      const read = await this.worklist.lock(readId);
      if (!read || !inScope(scopeOf(caller), read.organisation) || !caller.specialities.includes(read.kind)) {
        throw new Refusal('not-found', 'read-not-found', 'There is no such read.');
      }
      await work(read);
      await this.audit.record({ actor: caller, action, subject: { kind: 'read', id: readId }, outcome: 'done' });
    });
  }
}
