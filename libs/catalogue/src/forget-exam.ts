import { Injectable } from '@nestjs/common';
import { InstanceRemovalRepository, type KeptInstance } from '#libs/ingest';
import { CatalogueRepository } from './catalogue.repository.js';
import { CompletenessRepository } from './completeness.repository.js';
import type { Exam } from './domain/exam.js';
import { ExamRemovalRepository } from './exam-removal.repository.js';

/** An examination that nobody else changes until the transaction ends. */
export interface ExamInHand {
  readonly exam: Exam;
  /** it is not settled, or something of it is under way */
  readonly arriving: boolean;
  /** what it serves, and what is kept beside that */
  readonly instances: readonly KeptInstance[];
}

/**
 * Takes an examination out of catalogue and ingest: no query and no retrieval finds it, and the same bytes sent again are new. Whether
 * that is allowed, and the audit, are the caller's, in whose transaction both steps run. Objects are left to the collection of garbage.
 */
@Injectable()
export class ForgetExam {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly completeness: CompletenessRepository,
    private readonly removal: ExamRemovalRepository,
    private readonly instances: InstanceRemovalRepository,
  ) {}

  async take(examId: string): Promise<ExamInHand | undefined> {
    const known = await this.catalogue.exam(examId);
    if (!known) return undefined;
    const { organisation, studyInstanceUid } = known;
    await this.completeness.lockStudy(organisation, studyInstanceUid);
    const locked = await this.removal.lock(examId);
    if (!locked) return undefined;
    const arriving =
      locked.exam.state !== 'settled' ||
      (await this.instances.waiting(organisation, studyInstanceUid)) ||
      (await this.removal.beingSent(organisation, studyInstanceUid));
    return {
      exam: locked.exam,
      arriving,
      instances: await this.instances.lock(organisation, locked.sopInstanceUids),
    };
  }

  /** @throws Refusal `conflict` / exam-illegal-transition where it is not settled */
  async forget({ exam, instances }: ExamInHand, actor: string): Promise<void> {
    const ids = instances.map(({ id }) => id);
    await this.removal.remove(exam, ids, actor);
    await this.instances.remove(ids);
  }
}
