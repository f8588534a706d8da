import { defineStates } from '#libs/kernel';

/** 封存: while one stands nothing of its examination is deleted. */
export const HOLD_STATES = defineStates({
  name: 'hold',
  initial: 'standing',
  final: ['lifted'],
  table: { standing: { lift: 'lifted' }, lifted: {} },
});
export type HoldState = (typeof HOLD_STATES.states)[number];
