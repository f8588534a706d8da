import { describe, expect, it } from '@jest/globals';
import { COMMITMENT_STATES } from './commitment.states.js';

describe('storage commitment states', () => {
  it.each([
    ['requested', 'report', 'reported'],
    ['requested', 'abandon', 'abandoned'],
    ['reported', 'report', null],
    ['reported', 'abandon', null],
    ['abandoned', 'report', null],
    ['abandoned', 'abandon', null],
  ] as const)('%s, %s: %s', (state, event, next) => {
    if (next === null) expect(() => COMMITMENT_STATES.next(state, event)).toThrow('cannot');
    else expect(COMMITMENT_STATES.next(state, event)).toBe(next);
  });
});
