import { defineStates } from '#libs/kernel';

/** A result is proposed to the doctor who is about to order; the doctor decides once. */
export const RECOGNITION_STATES = defineStates({
  name: 'recognition',
  initial: 'proposed',
  final: ['recognised', 'declined'],
  table: {
    proposed: { recognise: 'recognised', decline: 'declined' },
    recognised: {},
    declined: {},
  },
});
export type RecognitionState = (typeof RECOGNITION_STATES.states)[number];
export type RecognitionEvent = (typeof RECOGNITION_STATES.events)[number];
