import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { READ_STATES } from './read.states.js';

const LEGAL = new Map([
  ['open assign', 'assigned'],
  ['open claim', 'claimed'],
  ['open cancel', 'cancelled'],
  ['assigned assign', 'assigned'],
  ['assigned claim', 'claimed'],
  ['assigned release', 'open'],
  ['assigned cancel', 'cancelled'],
  ['claimed release', 'open'],
  ['claimed expire', 'open'],
  ['claimed finish', 'done'],
  ['claimed return', 'returned'],
  ['returned resume', 'open'],
]);

describe('read states', () => {
  for (const state of READ_STATES.states) {
    for (const event of READ_STATES.events) {
      const target = LEGAL.get(`${state} ${event}`);
      it(`${state} --${event}--> ${target ?? 'refused'}`, () => {
        if (target) expect(READ_STATES.next(state, event)).toBe(target);
        else expect(() => READ_STATES.next(state, event)).toThrow(Refusal);
      });
    }
  }
});
