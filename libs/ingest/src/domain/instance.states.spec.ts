import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { INSTANCE_STATES } from './instance.states.js';

const LEGAL = new Map([
  ['received store', 'stored'],
  ['received reject', 'quarantined'],
  ['stored index', 'indexed'],
  ['stored reject', 'quarantined'],
]);

describe('instance states', () => {
  for (const state of INSTANCE_STATES.states) {
    for (const event of INSTANCE_STATES.events) {
      const target = LEGAL.get(`${state} ${event}`);
      it(`${state} --${event}--> ${target ?? 'refused'}`, () => {
        if (target) expect(INSTANCE_STATES.next(state, event)).toBe(target);
        else expect(() => INSTANCE_STATES.next(state, event)).toThrow(Refusal);
      });
    }
  }
});
