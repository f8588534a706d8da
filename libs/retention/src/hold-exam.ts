import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { CatalogueRepository, CompletenessRepository } from '#libs/catalogue';
import { demand, inScope, scopeOf, type Caller } from '#libs/identity';
import { isId, newId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import type { HoldState } from './domain/hold.states.js';
import { visibleExam } from './exam-access.js';
import { HoldsRepository } from './holds.repository.js';

/** 封存 (医疗纠纷预防和处理条例 第24条): put on and lifted by a person, with a reason; while one stands nothing of the examination is deleted. */
@Injectable()
export class HoldExam {
  constructor(
    private readonly database: Database,
    private readonly holds: HoldsRepository,
    private readonly catalogue: CatalogueRepository,
    private readonly completeness: CompletenessRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `not-found` / exam-not-found */
  async place(caller: Caller, examId: string, reason: string): Promise<{ id: string; state: HoldState }> {
    demand(caller, 'retention.decide');
    const { organisation, studyInstanceUid, patientId } = await visibleExam(
      this.catalogue,
      this.audit,
      caller,
      examId,
      'place-hold',
    );
    return this.database.transaction(async () => {
      // A deletion takes this lock too: it sees the hold, or the hold finds the examination gone.
      await this.completeness.lockStudy(organisation, studyInstanceUid);
      await visibleExam(this.catalogue, this.audit, caller, examId, 'place-hold');
      const id = newId();
      await this.audit.record({
        actor: caller,
        action: 'place-hold',
        subject: { kind: 'exam', id: examId },
        patientId,
        outcome: 'done',
        detail: { hold: id, reason },
      });
      await this.holds.add({ id, examId, organisation, reason, placedBy: caller.id });
      return { id, state: 'standing' };
    });
  }

  /** @throws Refusal `not-found` / hold-not-found; `conflict` / hold-illegal-transition: it was lifted already */
  lift(caller: Caller, holdId: string, reason: string): Promise<{ id: string; state: HoldState }> {
    demand(caller, 'retention.decide');
    return this.database.transaction(async () => {
      const hold = isId(holdId) ? await this.holds.lock(holdId) : undefined;
      if (!hold || !inScope(scopeOf(caller), hold.organisation))
        throw new Refusal('not-found', 'hold-not-found', 'There is no such hold.');
      const state = await this.holds.lift(hold, { actor: caller.id, reason });
      await this.audit.record({
        actor: caller,
        action: 'lift-hold',
        subject: { kind: 'exam', id: hold.examId },
        outcome: 'done',
        detail: { hold: hold.id, reason, placedBecause: hold.reason },
      });
      return { id: hold.id, state };
    });
  }
}
