import { defineStates } from '#libs/kernel';

export const INSTANCE_STATES = defineStates({
  name: 'instance',
  initial: 'received',
  final: ['indexed', 'quarantined'],
  table: {
    received: { store: 'stored', reject: 'quarantined' },
    stored: { index: 'indexed', reject: 'quarantined' },
    indexed: {},
    quarantined: {},
  },
});
