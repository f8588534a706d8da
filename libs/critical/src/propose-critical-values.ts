import { Injectable } from '@nestjs/common';
import { MeasureEcg } from '#libs/catalogue';
import { RaisePriority } from '#libs/worklist';
import { CriticalProposalsRepository } from './critical-proposals.repository.js';
import { proposalsOf, ruleSetOf } from './domain/critical-proposal.js';

/** Holds an ECG against the network's rules. What they propose puts its read on top and starts the clock; nothing is decided. */
@Injectable()
export class ProposeCriticalValues {
  constructor(
    private readonly measureEcg: MeasureEcg,
    private readonly proposals: CriticalProposalsRepository,
    private readonly raisePriority: RaisePriority,
  ) {}

  /** Inside a reaction's transaction. */
  async ofExam(examId: string): Promise<void> {
    const recordings = await this.measureEcg.find(examId);
    if (recordings.length === 0) return;
    const found = proposalsOf(examId, recordings, ruleSetOf(await this.proposals.ruleSet()));
    if (found.length === 0) return;
    await this.proposals.inTurn(examId);
    await this.proposals.propose(found);
    await this.raise(examId);
  }

  /** In turn with the proposal: whichever of the two comes last, that or the read's opening, sees the other. */
  async afterOpening(examId: string): Promise<void> {
    await this.proposals.inTurn(examId);
    await this.raise(examId);
  }

  private async raise(examId: string): Promise<void> {
    const undecided = await this.proposals.undecided([examId]);
    if (undecided.has(examId)) await this.raisePriority.toEmergency(examId, 'system');
  }
}
