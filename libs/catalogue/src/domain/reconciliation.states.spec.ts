import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { BESIDE_STATES } from './beside.states.js';
import { DOUBT_STATES } from './doubt.states.js';

const LEGAL = new Map([
  ['beside undecided keep', 'set-aside'],
  ['beside undecided serve', 'serving'],
  ['beside set-aside serve', 'serving'],
  ['beside serving displace', 'displaced'],
  ['beside displaced serve', 'serving'],
  ['doubt open confirm-same', 'same-person'],
  ['doubt open confirm-other', 'other-person'],
]);

describe('states of what a person decides', () => {
  for (const machine of [BESIDE_STATES, DOUBT_STATES]) {
    for (const state of machine.states) {
      for (const event of machine.events) {
        const target = LEGAL.get(`${machine.name} ${state} ${event}`);
        it(`${machine.name}: ${state} --${event}--> ${target ?? 'refused'}`, () => {
          const next = () => machine.next(state as never, event as never);
          if (target) expect(next()).toBe(target);
          else expect(next).toThrow(Refusal);
        });
      }
    }
  }
});
