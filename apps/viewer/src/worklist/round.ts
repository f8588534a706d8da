import { useSyncExternalStore } from 'react';
import type { ReadAction } from '../api/types.js';
import { noFilter, filterKey, type WorklistFilter } from './worklist-filter.js';

/** The list that a reader works through, as it was shown last, and the cases opened from it. One for each tab of the browser. */
export interface Round {
  filter: WorklistFilter;
  order: readonly string[];
  opened: readonly string[];
}

/** A case that has just been finished, for the page that came after it. */
export interface Finished {
  readId: string;
  how: Extract<ReadAction, 'submit' | 'sign' | 'return' | 'send-back'>;
  patientName: string;
  itemName: string;
  /** the case that opened by itself; null where the list has none left */
  next: string | null;
}

const key = (userId: string): string => `qiao.round.${userId}`;
const parsed = <T>(storage: Storage, name: string): Partial<T> => {
  try {
    return JSON.parse(storage.getItem(name) ?? '{}') as Partial<T>;
  } catch {
    return {};
  }
};

/** Of a case that was opened by its address alone: the list as the person left it last. */
export function currentRound(userId: string): Round {
  const { filter, order = [], opened = [] } = parsed<Round>(sessionStorage, key(userId));
  return {
    filter: filter ?? { ...noFilter, ...parsed<WorklistFilter>(localStorage, filterKey(userId)) },
    order,
    opened,
  };
}

export function keepRound(userId: string, round: Round): void {
  try {
    sessionStorage.setItem(key(userId), JSON.stringify(round));
  } catch {
    // Without storage the next case is still found in the list itself.
  }
}

let finished: Finished | null = null;
const listeners = new Set<() => void>();
export function tellFinished(what: Finished | null): void {
  finished = what;
  for (const listener of listeners) listener();
}
export const useFinished = (): Finished | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => finished,
  );
