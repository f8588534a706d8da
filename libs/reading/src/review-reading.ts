import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { ChangeRead, WorklistRepository, type WorklistRow } from '#libs/worklist';
import type { Reading } from './domain/reading.js';
import { visibleRead } from './read-access.js';
import { ReadingRepository } from './reading.repository.js';

/** Report doctor and reviewing doctor are never the same person for one report (domain.md, the people). */
export function demandOtherThanAuthor(caller: Caller, reading: Reading): void {
  if (reading.authorId === caller.id) {
    throw new Refusal('forbidden', 'reviewer-is-author', 'Nobody reviews a report of their own.');
  }
}

/** The second pair of eyes: passes the report, or sends it back to its author with a reason. */
@Injectable()
export class ReviewReading {
  constructor(
    private readonly database: Database,
    private readonly worklist: WorklistRepository,
    private readonly changeRead: ChangeRead,
    private readonly readings: ReadingRepository,
    private readonly audit: AuditTrail,
  ) {}

  review(caller: Caller, readId: string): Promise<void> {
    return this.locked(caller, readId, 'review-report', (reading) =>
      this.readings.move(reading, 'review', caller.id, { reviewerId: caller.id }),
    );
  }

  sendBack(caller: Caller, readId: string, reason: string): Promise<void> {
    return this.locked(caller, readId, 'send-back-report', async (reading) => {
      await this.readings.move(reading, 'send-back', caller.id, { sentBackReason: reason, authorSignature: null });
      await this.changeRead.renewLease(readId);
    });
  }

  private locked(
    caller: Caller,
    readId: string,
    action: string,
    work: (reading: Reading, read: WorklistRow) => Promise<void>,
  ): Promise<void> {
    demand(caller, 'report.review');
    return this.database.transaction(async () => {
      const read = await visibleRead(this.worklist, caller, readId);
      const reading = await this.readings.lock(readId);
      if (!reading) throw new Refusal('conflict', 'nothing-to-review', 'Nothing was submitted yet.');
      demandOtherThanAuthor(caller, reading);
      await work(reading, read);
      await this.audit.record({
        actor: caller,
        action,
        subject: { kind: 'read', id: readId },
        patientId: read.patient.id,
        outcome: 'done',
      });
    });
  }
}
