import { defineStates } from '#libs/kernel';

/** `resume`: images came later for an examination that was returned; whoever is next looks at all of it. */
export const READ_STATES = defineStates({
  name: 'read',
  initial: 'open',
  final: ['done', 'cancelled'],
  table: {
    open: { assign: 'assigned', claim: 'claimed', cancel: 'cancelled' },
    assigned: { assign: 'assigned', claim: 'claimed', release: 'open', cancel: 'cancelled' },
    claimed: { release: 'open', expire: 'open', finish: 'done', return: 'returned' },
    returned: { resume: 'open' },
    done: {},
    cancelled: {},
  },
});
export type ReadState = (typeof READ_STATES.states)[number];
export type ReadEvent = (typeof READ_STATES.events)[number];

/** Nobody has anything to do with it, as far as it stands. */
export const isClosed = (state: ReadState): boolean => READ_STATES.isFinal(state) || state === 'returned';
