import type { CriticalProposal, DismissalReason, NewCriticalProposal } from './domain/critical-proposal.js';
import type { CriticalProposalEvent } from './domain/critical-proposal.states.js';

export abstract class CriticalProposalsRepository {
  /** The rule set that the network holds its ECGs against. */
  abstract ruleSet(): Promise<string>;
  /** One after the other for an examination, until the transaction ends. */
  abstract inTurn(examId: string): Promise<void>;
  /** Those that the examination has already are left as they are. */
  abstract propose(proposals: readonly NewCriticalProposal[]): Promise<void>;
  /** Oldest first. */
  abstract ofExam(examId: string): Promise<CriticalProposal[]>;
  /** How many are undecided, by examination; those without any are left out. */
  abstract undecided(examIds: readonly string[]): Promise<Map<string, number>>;
  abstract lock(id: string): Promise<CriticalProposal | undefined>;
  /** Moves it by the table and writes the log; the caller holds the lock. */
  abstract move(
    proposal: CriticalProposal,
    event: CriticalProposalEvent,
    decision: { by: string; at: Date; reason: DismissalReason | null; note: string | null },
  ): Promise<void>;
}
