import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { CatalogueRepository, type Exam } from '#libs/catalogue';
import { Clock } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { DeletionsRepository } from './deletions.repository.js';
import { dayOf, keepUntil, nextRetention, type Retention, type RetentionClass } from './domain/retention.js';
import { RetentionRepository, type RetentionFacts } from './retention.repository.js';

/** An examination's retention as it stands now. */
export interface StandingRetention extends Retention {
  classOf: RetentionClass;
  /** the day of the patient's latest other examination, null: there is none */
  lastVisitOn: string | null;
  /** the first day on which it need not be kept */
  keepUntil: string;
  expired: boolean;
  decided: { reason: string; by: string; at: Date } | null;
}

/** Works out how long an examination is kept, from what request, header and organisation say of it and what a person decided. */
@Injectable()
export class DetermineRetention {
  constructor(
    private readonly database: Database,
    private readonly retentions: RetentionRepository,
    private readonly deletions: DeletionsRepository,
    private readonly catalogue: CatalogueRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** As it stands at this moment; writes nothing. Undefined: there is no such examination. */
  async look(examId: string): Promise<StandingRetention | undefined> {
    const facts = await this.retentions.facts(examId);
    if (!facts) return undefined;
    const classes = await this.retentions.classes();
    return this.standing(facts, nextRetention(facts.current, facts.evidence, facts.ownDay, classes), classes);
  }

  standing(facts: RetentionFacts, retention: Retention, classes: readonly RetentionClass[]): StandingRetention {
    const classOf = classes.find((one) => one.code === retention.class)!;
    const until = keepUntil(retention.startsOn, facts.lastVisitOn, classOf.years);
    const { current } = facts;
    const decided =
      current?.decidedBy && current.decidedAt
        ? { reason: current.reason ?? '', by: current.decidedBy, at: current.decidedAt }
        : null;
    const { lastVisitOn } = facts;
    return { ...retention, classOf, lastVisitOn, keepUntil: until, expired: until <= this.today(), decided };
  }

  today(): string {
    return dayOf(this.clock.now());
  }

  /** Writes down what stands. `firstToo` false: only where something was written before. */
  async run(examId: string, firstToo: boolean): Promise<void> {
    await this.database.transaction(async () => {
      await this.retentions.lock(examId);
      const facts = await this.retentions.facts(examId);
      if (!facts || (facts.current === null && !firstToo)) return;
      const classes = await this.retentions.classes();
      await this.retentions.save(examId, nextRetention(facts.current, facts.evidence, facts.ownDay, classes));
      if (facts.current === null) await this.noteReturn((await this.catalogue.exam(examId))!);
    });
  }

  /** What was deleted and came again is taken as new, and is known as such. */
  private async noteReturn(exam: Exam): Promise<void> {
    const [before] = await this.deletions.list(
      { organisations: [exam.organisation] },
      { studyInstanceUid: exam.studyInstanceUid, limit: 1 },
    );
    if (!before) return;
    await this.audit.record({
      actor: { kind: 'system', id: 'retention', organisation: exam.organisation },
      action: 'receive-after-deletion',
      subject: { kind: 'exam', id: exam.id },
      patientId: exam.patientId,
      outcome: 'done',
      detail: { deleted: before.examId, reason: before.reason, studyInstanceUid: exam.studyInstanceUid },
    });
  }
}
