/**
 * Critical values (危急值). So far the first step alone: a versioned rule set is held against what was measured in an ECG and proposes; a
 * proposal raises the read to an emergency, and the doctor who reads accepts it or dismisses it with a reason. The limits are those of the
 * provinces' lists as docs/ecg-measuring.md holds them.
 */
export { CriticalModule } from './critical.module.js';
export { CriticalProposalsRepository } from './critical-proposals.repository.js';
export { DecideProposal, type ProposalDecision } from './decide-proposal.js';
export { DISMISSAL_REASONS, type CriticalProposal, type DismissalReason } from './domain/critical-proposal.js';
export { CRITICAL_PROPOSAL_STATES, type CriticalProposalState } from './domain/critical-proposal.states.js';
export { OnEcgMeasured } from './on-ecg-measured.js';
export { OnReadOpened } from './on-read-opened.js';
