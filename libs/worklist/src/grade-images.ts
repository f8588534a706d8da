import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { inScope, scopeOf, type Caller } from '#libs/identity';
import { newId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { faultsOf, type QualityGrade } from './domain/image-quality.js';
import type { ReturnReason } from './domain/read.js';
import { ImageQualityRepository } from './image-quality.repository.js';
import { WorklistRepository } from './worklist.repository.js';

/** A doctor grades the images of a read (影像质控). A later grade stands instead of an earlier one, which is kept. */
@Injectable()
export class GradeImages {
  constructor(
    private readonly database: Database,
    private readonly worklist: WorklistRepository,
    private readonly qualities: ImageQualityRepository,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Whoever has claimed the read, any reviewing doctor of its speciality, and who decides about quality.
   * @throws Refusal `not-found` / read-not-found; `forbidden` / grade-not-yours; `conflict` / nothing-to-grade (returned or cancelled);
   *   `invalid`: fault-needed, fault-not-expected, note-required
   */
  async run(
    caller: Caller,
    readId: string,
    grade: QualityGrade,
    reasons: readonly ReturnReason[],
    note: string | null,
  ): Promise<void> {
    const faults = faultsOf(grade, reasons, note);
    await this.database.transaction(async () => {
      const read = await this.worklist.lock(readId);
      if (!read || !inScope(scopeOf(caller), read.organisation) || !caller.specialities.includes(read.kind))
        throw new Refusal('not-found', 'read-not-found', 'There is no such read.');
      const may = ['report.review', 'quality.decide'] as const;
      if (read.claimedBy !== caller.id && !may.some((one) => caller.permissions.has(one)))
        throw new Refusal(
          'forbidden',
          'grade-not-yours',
          'Only who reads or reviews an examination grades its images.',
        );
      if (read.state === 'returned' || read.state === 'cancelled')
        throw new Refusal('conflict', 'nothing-to-grade', 'The examination went back, or nobody reads it any more.');
      await this.qualities.add({
        id: newId(),
        readId,
        verdict: grade,
        reasons: faults,
        note: note?.trim() || null,
        givenBy: caller.id,
      });
      await this.audit.record({
        actor: caller,
        action: 'grade-images',
        subject: { kind: 'read', id: readId },
        outcome: 'done',
        detail: { grade, ...(faults.length > 0 ? { faults } : {}) },
      });
    });
  }
}
