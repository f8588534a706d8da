import { defineStates } from '#libs/kernel';

/** A rule proposes; a doctor decides, once. */
export const CRITICAL_PROPOSAL_STATES = defineStates({
  name: 'critical-proposal',
  initial: 'proposed',
  final: ['accepted', 'dismissed'],
  table: {
    proposed: { accept: 'accepted', dismiss: 'dismissed' },
    accepted: {},
    dismissed: {},
  },
});
export type CriticalProposalState = (typeof CRITICAL_PROPOSAL_STATES.states)[number];
export type CriticalProposalEvent = (typeof CRITICAL_PROPOSAL_STATES.events)[number];
