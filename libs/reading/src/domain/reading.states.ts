import { defineStates } from '#libs/kernel';

export const READING_STATES = defineStates({
  name: 'reading',
  initial: 'drafting',
  final: ['reviewed'],
  table: {
    drafting: { submit: 'submitted' },
    submitted: { review: 'reviewed', 'send-back': 'drafting' },
    reviewed: {},
  },
});
export type ReadingState = (typeof READING_STATES.states)[number];
export type ReadingEvent = (typeof READING_STATES.events)[number];
