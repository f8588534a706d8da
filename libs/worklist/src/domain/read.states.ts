import { defineStates } from '#libs/kernel';

export const READ_STATES = defineStates({
  name: 'read',
  initial: 'open',
  final: ['done', 'returned', 'cancelled'],
  table: {
    open: { assign: 'assigned', claim: 'claimed', cancel: 'cancelled' },
    assigned: { assign: 'assigned', claim: 'claimed', release: 'open', cancel: 'cancelled' },
    claimed: { release: 'open', expire: 'open', finish: 'done', return: 'returned' },
    done: {},
    returned: {},
    cancelled: {},
  },
});
export type ReadState = (typeof READ_STATES.states)[number];
export type ReadEvent = (typeof READ_STATES.events)[number];
