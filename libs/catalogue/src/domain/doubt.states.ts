import { defineStates } from '#libs/kernel';

/** Whose an examination is: somebody looked and says; once. */
export const DOUBT_STATES = defineStates({
  name: 'doubt',
  initial: 'open',
  final: ['same-person', 'other-person'],
  table: {
    open: { 'confirm-same': 'same-person', 'confirm-other': 'other-person' },
    'same-person': {},
    'other-person': {},
  },
});
export type DoubtState = (typeof DOUBT_STATES.states)[number];
