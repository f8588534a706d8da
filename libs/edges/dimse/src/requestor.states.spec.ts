import { describe, expect, it } from '@jest/globals';
import { REQUESTOR_ACTIONS, REQUESTOR_EVENTS, REQUESTOR_TABLE, type RequestorState } from './requestor.states.js';

/** PS3.8 table 9-10, the columns of the requestor, copied row by row as the standard prints it. */
const STATES = [
  'Sta1',
  'Sta4',
  'Sta5',
  'Sta6',
  'Sta7',
  'Sta8',
  'Sta9',
  'Sta11',
  'Sta13',
] as const satisfies RequestorState[];
const PRINTED: Record<string, string> = {
  Evt1: 'AE-1 - - - - - - - -',
  Evt2: '- AE-2 - - - - - - -',
  Evt3: '- - AE-3 AA-8 AA-8 AA-8 AA-8 AA-8 AA-6',
  Evt4: '- - AE-4 AA-8 AA-8 AA-8 AA-8 AA-8 AA-6',
  Evt6: '- - AA-8 AA-8 AA-8 AA-8 AA-8 AA-8 AA-7',
  Evt9: '- - - DT-1 - - - - -',
  Evt10: '- - AA-8 DT-2 AR-6 AA-8 AA-8 AA-8 AA-6',
  Evt11: '- - - AR-1 - - - - -',
  Evt12: '- - AA-8 AR-2 AR-8 AA-8 AA-8 AA-8 AA-6',
  Evt13: '- - AA-8 AA-8 AR-3 AA-8 AA-8 AR-3 AA-6',
  Evt14: '- - - - - AR-4 AR-9 - -',
  Evt15: '- AA-2 AA-1 AA-1 AA-1 AA-1 AA-1 AA-1 -',
  Evt16: '- - AA-3 AA-3 AA-3 AA-3 AA-3 AA-3 AA-2',
  Evt17: '- AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AR-5',
  Evt18: '- - - - - - - - AA-2',
  Evt19: '- - AA-8 AA-8 AA-8 AA-8 AA-8 AA-8 AA-7',
};

describe('requestor states', () => {
  const pairs = REQUESTOR_EVENTS.flatMap((event) => STATES.map((state, column) => ({ event, state, column })));

  it.each(pairs)('$event in $state', ({ event, state, column }) => {
    expect(REQUESTOR_TABLE[state][event] ?? '-').toBe(PRINTED[event]?.split(' ')[column]);
  });

  it('reaches every state, uses every action, and always finds back to Sta1', () => {
    const used = new Set(Object.values(REQUESTOR_TABLE).flatMap((row) => Object.values(row)));
    expect([...used].sort()).toEqual(Object.keys(REQUESTOR_ACTIONS).sort());
    expect(new Set(Object.values(REQUESTOR_ACTIONS))).toEqual(new Set(STATES));
    for (const state of STATES.slice(1)) {
      expect(REQUESTOR_ACTIONS[REQUESTOR_TABLE[state].Evt17!]).toBe('Sta1');
    }
  });
});
