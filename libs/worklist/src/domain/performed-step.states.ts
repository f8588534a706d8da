import { defineStates } from '#libs/kernel';

/** A performed procedure step: what is final is never changed again (PS3.4 section F.7.2.2.2). */
export const PERFORMED_STEP_STATES = defineStates({
  name: 'performed-procedure-step',
  initial: 'in-progress',
  final: ['completed', 'discontinued'],
  table: {
    'in-progress': { update: 'in-progress', complete: 'completed', discontinue: 'discontinued' },
    completed: {},
    discontinued: {},
  },
});
export type PerformedStepState = (typeof PERFORMED_STEP_STATES.states)[number];
export type PerformedStepEvent = (typeof PERFORMED_STEP_STATES.events)[number];
