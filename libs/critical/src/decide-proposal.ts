import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, type Caller } from '#libs/identity';
import { Clock, isId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import type { WorklistRow } from '#libs/worklist';
import { CriticalProposalsRepository } from './critical-proposals.repository.js';
import type { CriticalProposal, DismissalReason } from './domain/critical-proposal.js';

export type ProposalDecision =
  { outcome: 'accepted' } | { outcome: 'dismissed'; reason: DismissalReason; note: string | null };

/** What the doctor who reads the ECG makes of a proposed critical value. */
@Injectable()
export class DecideProposal {
  constructor(
    private readonly database: Database,
    private readonly proposals: CriticalProposalsRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * Deciding the same again is a success.
   * @param read one that the caller may see
   * @throws Refusal `conflict` / not-claimed-by-you, critical-proposal-illegal-transition; `not-found` / critical-proposal-not-found;
   *   `invalid` / note-required: another reason than the listed ones needs words
   */
  async run(caller: Caller, read: WorklistRow, proposalId: string, decision: ProposalDecision): Promise<void> {
    demand(caller, 'report.write');
    if (read.claimedBy !== caller.id || read.state !== 'claimed')
      throw new Refusal('conflict', 'not-claimed-by-you', 'Only who claimed a read may do this.');
    const { reason, note } = decision.outcome === 'dismissed' ? decision : { reason: null, note: null };
    if (reason === 'other' && !note?.trim())
      throw new Refusal('invalid', 'note-required', 'Say in words why this is no critical value.');
    await this.database.transaction(async () => {
      const proposal = isId(proposalId) ? await this.proposals.lock(proposalId) : undefined;
      if (proposal?.examId !== read.examId)
        throw new Refusal('not-found', 'critical-proposal-not-found', 'There is no such proposal.');
      if (isSame(proposal, decision)) return;
      await this.proposals.move(proposal, decision.outcome === 'accepted' ? 'accept' : 'dismiss', {
        by: caller.id,
        at: this.clock.now(),
        reason,
        note: note?.trim() || null,
      });
      await this.audit.record({
        actor: caller,
        action: decision.outcome === 'accepted' ? 'accept-critical-proposal' : 'dismiss-critical-proposal',
        subject: { kind: 'critical-proposal', id: proposal.id },
        patientId: read.patient.id,
        outcome: 'done',
        detail: { read: read.id, rule: `${proposal.ruleSet}/${proposal.code}`, ...(reason ? { reason } : {}) },
      });
    });
  }
}

const isSame = (proposal: CriticalProposal, decision: ProposalDecision): boolean =>
  proposal.state === decision.outcome && (decision.outcome === 'accepted' || proposal.reason === decision.reason);
