import { describe, expect, it } from '@jest/globals';
import { PERFORMED_STEP_STATES } from './performed-step.states.js';

const TABLE = {
  'in-progress': { update: 'in-progress', complete: 'completed', discontinue: 'discontinued' },
  completed: { update: null, complete: null, discontinue: null },
  discontinued: { update: null, complete: null, discontinue: null },
} as const;

describe('performed procedure step states', () => {
  const pairs = PERFORMED_STEP_STATES.states.flatMap((state) =>
    PERFORMED_STEP_STATES.events.map((event) => [state, event, TABLE[state][event]] as const),
  );
  it.each(pairs)('%s, %s: %s', (state, event, next) => {
    if (next === null) expect(() => PERFORMED_STEP_STATES.next(state, event)).toThrow('cannot');
    else expect(PERFORMED_STEP_STATES.next(state, event)).toBe(next);
  });
});
