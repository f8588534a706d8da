import { defineStates } from '#libs/kernel';

/** arriving → settled → reopened → settled; a late image may always come. A deleted one is only in the log: its row is gone. */
export const EXAM_STATES = defineStates({
  name: 'exam',
  initial: 'arriving',
  final: ['deleted'],
  table: {
    arriving: { settle: 'settled' },
    settled: { reopen: 'reopened', delete: 'deleted' },
    reopened: { settle: 'settled' },
    deleted: {},
  },
});
export type ExamState = (typeof EXAM_STATES.states)[number];
