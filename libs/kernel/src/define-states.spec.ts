import { describe, expect, it } from '@jest/globals';
import { defineStates } from './define-states.js';
import { Refusal } from './refusal.js';

const door = () =>
  defineStates({
    name: 'door',
    initial: 'open',
    final: ['bricked'],
    table: { open: { close: 'closed' }, closed: { open: 'open', brick: 'bricked' }, bricked: {} },
  });

describe('defineStates', () => {
  it('follows the arrows of the table and refuses every other pair', () => {
    const states = door();
    expect(states.next('open', 'close')).toBe('closed');
    for (const state of states.states) {
      for (const event of states.events) {
        if (states.can(state, event)) continue;
        expect(() => states.next(state, event)).toThrow(Refusal);
      }
    }
    expect(states.isFinal('bricked')).toBe(true);
  });

  it.each([
    ['an unreachable state', { a: { go: 'b' }, b: {}, c: { go: 'b' } }, ['b'], /cannot be reached/],
    ['a dead end', { a: { go: 'b', stay: 'c' }, b: {}, c: { spin: 'c' } }, ['b'], /dead end/],
    ['a target that does not exist', { a: { go: 'z' } }, [], /no such state/],
    ['a final state with a way out', { a: { go: 'b' }, b: { back: 'a' } }, ['b'], /way out/],
  ])('refuses %s at start', (_what, table, final, message) => {
    expect(() => defineStates({ name: 'x', initial: 'a', final, table: table as never })).toThrow(message);
  });
});
