import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { CatalogueRepository } from '#libs/catalogue';
import { demand, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { DetermineRetention, type StandingRetention } from './determine-retention.js';
import { nextRetention } from './domain/retention.js';
import { visibleExam } from './exam-access.js';
import { RetentionRepository } from './retention.repository.js';

export interface RetentionCorrection {
  class: string;
  /** the day of the last visit or discharge, `YYYY-MM-DD`; null: the examination's own day again; left out: as it was */
  countedFrom?: string | null | undefined;
  reason: string;
}

/** A person says which class an examination is of, and from which day it counts; longer or shorter, it is in the audit with its reason. */
@Injectable()
export class CorrectRetention {
  constructor(
    private readonly database: Database,
    private readonly retentions: RetentionRepository,
    private readonly determine: DetermineRetention,
    private readonly catalogue: CatalogueRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `not-found` / exam-not-found; `invalid`: unknown-retention-class, counted-from-in-future */
  async run(caller: Caller, examId: string, correction: RetentionCorrection): Promise<StandingRetention> {
    demand(caller, 'retention.decide');
    const exam = await visibleExam(this.catalogue, this.audit, caller, examId, 'correct-retention');
    const classes = await this.retentions.classes();
    if (!classes.some((one) => one.code === correction.class)) {
      throw new Refusal('invalid', 'unknown-retention-class', `There is no retention class ${correction.class}.`, {
        classes: classes.map((one) => one.code),
      });
    }
    if (correction.countedFrom && correction.countedFrom > this.determine.today())
      throw new Refusal('invalid', 'counted-from-in-future', 'The last visit or discharge lies in the future.');
    return this.database.transaction(async () => {
      await this.retentions.lock(examId);
      const facts = await this.retentions.facts(examId);
      if (!facts) throw new Refusal('not-found', 'exam-not-found', 'There is no such examination.');
      const before = nextRetention(facts.current, facts.evidence, facts.ownDay, classes);
      const countedFrom = correction.countedFrom === undefined ? before.countedFrom : correction.countedFrom;
      const after = {
        ...before,
        class: correction.class,
        source: 'person' as const,
        countedFrom,
        startsOn: countedFrom ?? facts.ownDay,
      };
      const from = this.determine.standing(facts, before, classes);
      const to = this.determine.standing(facts, after, classes);
      await this.audit.record({
        actor: caller,
        action: 'correct-retention',
        subject: { kind: 'exam', id: examId },
        patientId: exam.patientId,
        outcome: 'done',
        detail: {
          reason: correction.reason,
          from: { class: from.class, keepUntil: from.keepUntil },
          to: { class: to.class, keepUntil: to.keepUntil },
          shortens: to.keepUntil < from.keepUntil,
        },
      });
      await this.retentions.save(examId, after, { actor: caller.id, reason: correction.reason });
      return (await this.determine.look(examId))!;
    });
  }
}
