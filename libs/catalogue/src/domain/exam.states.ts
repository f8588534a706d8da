import { defineStates } from '#libs/kernel';

/** arriving → settled → reopened → settled; an examination has no end, a late image may always come. */
export const EXAM_STATES = defineStates({
  name: 'exam',
  initial: 'arriving',
  final: [],
  table: { arriving: { settle: 'settled' }, settled: { reopen: 'reopened' }, reopened: { settle: 'settled' } },
});
export type ExamState = (typeof EXAM_STATES.states)[number];
