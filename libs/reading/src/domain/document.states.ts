import { defineStates } from '#libs/kernel';

/** A document of a reading (SR, KO): void where nothing is left to say and its kind has no way to say so. */
export const DOCUMENT_STATES = defineStates({
  name: 'reading document',
  initial: 'asked',
  final: ['stored', 'void'],
  table: {
    asked: { await: 'waiting', void: 'void' },
    waiting: { store: 'stored' },
    stored: {},
    void: {},
  },
});
export type DocumentState = (typeof DOCUMENT_STATES.states)[number];
