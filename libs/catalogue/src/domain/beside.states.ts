import { defineStates } from '#libs/kernel';

/**
 * An instance beside the served one of its UID: set aside for good, or served from now on; who was served is then displaced, and can be
 * served again. Nothing here is ever removed.
 */
export const BESIDE_STATES = defineStates({
  name: 'beside',
  initial: 'undecided',
  final: [],
  table: {
    undecided: { keep: 'set-aside', serve: 'serving' },
    'set-aside': { serve: 'serving' },
    serving: { displace: 'displaced' },
    displaced: { serve: 'serving' },
  },
});
export type BesideState = (typeof BESIDE_STATES.states)[number];
