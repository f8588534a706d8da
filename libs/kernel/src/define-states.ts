import { Refusal } from './refusal.js';

/** state → event → next state. A state with no events is final. */
export type TransitionTable<S extends string, E extends string> = Readonly<Record<S, Readonly<Partial<Record<E, S>>>>>;

export interface States<S extends string, E extends string> {
  readonly name: string;
  readonly initial: S;
  readonly states: readonly S[];
  readonly events: readonly E[];
  isFinal(state: S): boolean;
  can(state: S, event: E): boolean;
  /** @throws Refusal `conflict` / `<name>-illegal-transition` when the table has no such arrow. */
  next(state: S, event: E): S;
}

/**
 * A state machine as a literal table, checked when the module loads: every state is reachable from `initial`, every target is a
 * state of the table, and every state that is not declared final can reach a final one.
 *
 * @throws Error when the table is wrong; this stops the start, as it should.
 */
export function defineStates<S extends string, E extends string>(definition: {
  name: string;
  initial: S;
  final: readonly S[];
  table: TransitionTable<S, E>;
}): States<S, E> {
  const { name, initial, table } = definition;
  const states = Object.keys(table) as S[];
  const arrows = (state: S) => Object.entries(table[state]) as [E, S][];
  const events = [...new Set(states.flatMap((state) => arrows(state).map(([event]) => event)))];
  const final = new Set(definition.final);
  const fail = (why: string): never => {
    throw new Error(`state table "${name}": ${why}`);
  };

  for (const state of states) {
    for (const [event, target] of arrows(state)) {
      if (!(target in table)) fail(`${state} --${event}--> ${target}: no such state`);
    }
    if (final.has(state) && arrows(state).length > 0) fail(`${state} is final but has a way out`);
  }
  for (const state of final) if (!(state in table)) fail(`final state ${state} is not in the table`);

  const reach = (from: S): Set<S> => {
    const seen = new Set<S>([from]);
    for (const state of seen) for (const [, target] of arrows(state)) seen.add(target);
    return seen;
  };
  const reachable = reach(initial);
  for (const state of states) {
    if (!reachable.has(state)) fail(`${state} cannot be reached from ${initial}`);
    if (final.size > 0 && ![...reach(state)].some((target) => final.has(target))) fail(`${state} is a dead end`);
  }

  return {
    name,
    initial,
    states,
    events,
    isFinal: (state) => final.has(state),
    can: (state, event) => table[state][event] !== undefined,
    next(state, event) {
      const target = table[state][event];
      if (target === undefined) {
        throw new Refusal('conflict', `${name}-illegal-transition`, `A ${name} that is ${state} cannot ${event}.`, {
          state,
          event,
        });
      }
      return target;
    },
  };
}
