import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, type Caller } from '#libs/identity';
import { Clock, isId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { ReportRepository } from '#libs/report';
import { alreadyDecided, checkedReason, type Outcome, type Recognition } from './domain/recognition.js';
import { RecognitionRepository } from './recognition.repository.js';

export interface RecognitionDecision {
  cardId: string;
  outcome: 'accepted' | 'overridden';
  reason?: { code: string; text: string | null } | undefined;
}

/** What the treating doctor decided about results that were shown: recognised, or examined again for a coded reason. */
@Injectable()
export class DecideRecognition {
  constructor(
    private readonly database: Database,
    private readonly recognitions: RecognitionRepository,
    private readonly reports: ReportRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * All of them or none. Repeating a decision is a success; changing one is refused.
   * @throws Refusal `not-found` / card-not-found; `invalid`: reason-required, unknown-reason, explanation-required;
   *   `conflict` / recognition-illegal-transition
   */
  async run(caller: Caller, decisions: readonly RecognitionDecision[]): Promise<void> {
    demand(caller, 'recognition.ask');
    for (const { cardId } of decisions) await this.demandOwn(caller, cardId);
    const reasons = await this.recognitions.reasons();
    const checked = decisions.map(({ cardId, outcome, reason }): { cardId: string; decision: Outcome } => ({
      cardId,
      decision: outcome === 'accepted' ? { outcome } : { outcome, reason: checkedReason(reasons, reason) },
    }));
    // In one order everywhere, so that two callers cannot wait for each other.
    checked.sort((a, b) => (a.cardId < b.cardId ? -1 : 1));
    await this.database.transaction(async () => {
      for (const { cardId, decision } of checked) {
        const recognition = await this.recognitions.lock(caller.organisation, cardId);
        if (!recognition) throw notFound();
        await this.decide(caller, recognition, decision);
      }
    });
  }

  private async decide(caller: Caller, recognition: Recognition, decision: Outcome): Promise<void> {
    if (alreadyDecided(recognition, decision)) return;
    const reason = decision.outcome === 'overridden' ? decision.reason : null;
    await this.recognitions.move(recognition, reason === null ? 'recognise' : 'decline', caller.id, {
      decidedAt: this.clock.now(),
      reasonCode: reason?.code ?? null,
      reasonText: reason?.text ?? null,
    });
    const report = await this.reports.find({ organisations: 'all' }, recognition.reportId);
    await this.audit.record({
      actor: caller,
      action: reason === null ? 'recognise-result' : 'decline-result',
      subject: { kind: 'recognition', id: recognition.id },
      patientId: report?.patientId ?? null,
      outcome: 'done',
      detail: {
        card: recognition.cardId,
        report: recognition.reportId,
        item: recognition.item,
        shownTo: recognition.shownTo,
        ...(reason === null ? {} : { reason: reason.code }),
      },
    });
  }

  private async demandOwn(caller: Caller, cardId: string): Promise<void> {
    const owner = isId(cardId) ? await this.recognitions.organisationOf(cardId) : undefined;
    if (owner === caller.organisation) return;
    if (owner !== undefined) {
      await this.audit.record({
        actor: caller,
        action: 'decide-recognition',
        subject: { kind: 'card', id: cardId },
        outcome: 'refused',
        detail: { organisation: owner },
      });
    }
    throw notFound();
  }
}

function notFound(): Refusal {
  return new Refusal('not-found', 'card-not-found', 'There is no such card.');
}
