import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { CRITICAL_PROPOSAL_STATES } from './critical-proposal.states.js';

const LEGAL = new Map([
  ['proposed accept', 'accepted'],
  ['proposed dismiss', 'dismissed'],
]);

describe('critical proposal states', () => {
  for (const state of CRITICAL_PROPOSAL_STATES.states) {
    for (const event of CRITICAL_PROPOSAL_STATES.events) {
      const target = LEGAL.get(`${state} ${event}`);
      it(`${state} --${event}--> ${target ?? 'refused'}`, () => {
        if (target) expect(CRITICAL_PROPOSAL_STATES.next(state, event)).toBe(target);
        else expect(() => CRITICAL_PROPOSAL_STATES.next(state, event)).toThrow(Refusal);
      });
    }
  }
});
