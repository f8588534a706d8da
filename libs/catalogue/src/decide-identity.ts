import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, inScope, scopeOf, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { PatientsRepository } from '#libs/patients';
import { Database } from '#libs/persistence';
import { CatalogueRepository } from './catalogue.repository.js';
import { CompletenessRepository } from './completeness.repository.js';
import type { DoubtState } from './domain/doubt.states.js';
import { ReconciliationRepository } from './reconciliation.repository.js';

/**
 * A person decides whose an examination is when its header contradicts the patient's file: the same person's, and the header is one
 * more way to write them; or another person's, to whose file it then moves. What comes later with the same header follows.
 */
@Injectable()
export class DecideIdentity {
  constructor(
    private readonly database: Database,
    private readonly reconciliation: ReconciliationRepository,
    private readonly completeness: CompletenessRepository,
    private readonly catalogue: CatalogueRepository,
    private readonly patients: PatientsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `not-found` / doubt-not-found; `conflict` / doubt-illegal-transition: it was decided already */
  run(
    caller: Caller,
    doubtId: string,
    decision: 'same-person' | 'other-person',
    reason: string,
  ): Promise<{ state: DoubtState; patientId: string }> {
    demand(caller, 'quality.decide');
    return this.database.transaction(async () => {
      const doubt = await this.reconciliation.lockDoubt(doubtId);
      if (!doubt || !inScope(scopeOf(caller), doubt.organisation)) {
        throw new Refusal('not-found', 'doubt-not-found', 'There is no such doubt.');
      }
      const event = decision === 'same-person' ? 'confirm-same' : 'confirm-other';
      const state = await this.reconciliation.moveDoubt(doubt, event, { actor: caller.id, reason });
      const exam = (await this.catalogue.exam(doubt.examId))!;
      await this.completeness.lockStudy(exam.organisation, exam.studyInstanceUid);
      const facts = { ...doubt.claimed, organisation: doubt.organisation };
      const patientId =
        decision === 'same-person' ? exam.patientId : (await this.patients.otherPerson(facts, exam.patientId)).id;
      await this.patients.claim(facts, patientId);
      if (patientId !== exam.patientId) await this.reconciliation.moveExam(exam.id, patientId);
      await this.audit.record({
        actor: caller,
        action: decision === 'same-person' ? 'confirm-same-person' : 'move-exam-to-other-person',
        subject: { kind: 'exam', id: exam.id },
        patientId,
        outcome: 'done',
        detail: { reason, from: exam.patientId, to: patientId, differs: doubt.differs },
      });
      return { state, patientId };
    });
  }
}
