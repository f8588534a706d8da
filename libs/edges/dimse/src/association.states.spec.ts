import { describe, expect, it } from '@jest/globals';
import { ASSOCIATION_ACTIONS, ASSOCIATION_EVENTS, ASSOCIATION_TABLE, actionFor } from './association.states.js';
import type { AssociationState } from './association.states.js';

/** PS3.8 table 9-10, the columns of the acceptor, copied row by row as the standard prints it. */
const STATES = ['Sta1', 'Sta2', 'Sta3', 'Sta6', 'Sta8', 'Sta13'] as const satisfies AssociationState[];
const PRINTED: Record<string, string> = {
  Evt3: '- AA-1 AA-8 AA-8 AA-8 AA-6',
  Evt4: '- AA-1 AA-8 AA-8 AA-8 AA-6',
  Evt5: 'AE-5 - - - - -',
  Evt6: '- AE-6 AA-8 AA-8 AA-8 AA-7',
  Evt7: '- - AE-7 - - -',
  Evt8: '- - AE-8 - - -',
  Evt9: '- - - DT-1 AR-7 -',
  Evt10: '- AA-1 AA-8 DT-2 AA-8 AA-6',
  Evt12: '- AA-1 AA-8 AR-2 AA-8 AA-6',
  Evt13: '- AA-1 AA-8 AA-8 AA-8 AA-6',
  Evt14: '- - - - AR-4 -',
  Evt15: '- - AA-1 AA-1 AA-1 -',
  Evt16: '- AA-2 AA-3 AA-3 AA-3 AA-2',
  Evt17: '- AA-5 AA-4 AA-4 AA-4 AR-5',
  Evt18: '- AA-2 - - - AA-2',
  Evt19: '- AA-1 AA-8 AA-8 AA-8 AA-7',
};

describe('association states', () => {
  const pairs = ASSOCIATION_EVENTS.flatMap((event) => STATES.map((state, column) => ({ event, state, column })));

  it.each(pairs)('$event in $state', ({ event, state, column }) => {
    const printed = PRINTED[event]?.split(' ')[column];
    expect(actionFor(state, event) ?? '-').toBe(printed);
  });

  it('answers each PDU out of turn with an A-ABORT, or is closing already', () => {
    const received = ['Evt3', 'Evt4', 'Evt6', 'Evt10', 'Evt12', 'Evt13', 'Evt19'] as const;
    const inTurn = new Set(['Evt6 Sta2', 'Evt10 Sta6', 'Evt12 Sta6']);
    for (const state of ['Sta2', 'Sta3', 'Sta6', 'Sta8', 'Sta13'] as const) {
      for (const event of received.filter((one) => !inTurn.has(`${one} ${state}`))) {
        const action = actionFor(state, event);
        expect(['AA-1', 'AA-6', 'AA-7', 'AA-8']).toContain(action);
        expect(action === 'AA-6' || action === 'AA-7').toBe(state === 'Sta13');
      }
    }
  });

  it('reaches every state, uses every action, and always finds back to Sta1', () => {
    const used = new Set(Object.values(ASSOCIATION_TABLE).flatMap((row) => Object.values(row)));
    expect([...used].sort()).toEqual(Object.keys(ASSOCIATION_ACTIONS).sort());
    expect(new Set(Object.values(ASSOCIATION_ACTIONS))).toEqual(new Set(STATES));
    for (const state of STATES.slice(1)) {
      const action = actionFor(state, 'Evt17');
      expect(action && ASSOCIATION_ACTIONS[action]).toBe('Sta1');
    }
  });
});
