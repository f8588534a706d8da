import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { EXAM_STATES } from './exam.states.js';

const LEGAL = new Map([
  ['arriving settle', 'settled'],
  ['settled reopen', 'reopened'],
  ['reopened settle', 'settled'],
  ['settled delete', 'deleted'],
]);

describe('exam states', () => {
  for (const state of EXAM_STATES.states) {
    for (const event of EXAM_STATES.events) {
      const target = LEGAL.get(`${state} ${event}`);
      it(`${state} --${event}--> ${target ?? 'refused'}`, () => {
        if (target) expect(EXAM_STATES.next(state, event)).toBe(target);
        else expect(() => EXAM_STATES.next(state, event)).toThrow(Refusal);
      });
    }
  }
});
