import { defineStates } from '#libs/kernel';

/** A request for storage commitment: its sender is told in the end, or cannot be reached for too long. */
export const COMMITMENT_STATES = defineStates({
  name: 'storage-commitment',
  initial: 'requested',
  final: ['reported', 'abandoned'],
  table: {
    requested: { report: 'reported', abandon: 'abandoned' },
    reported: {},
    abandoned: {},
  },
});
