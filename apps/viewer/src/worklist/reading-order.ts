import type { Priority, Reading } from '../api/types.js';
import type { Tab } from './worklist-tabs.js';

/** Of a row what its place in the day depends on. */
export interface Waiting {
  readonly id: string;
  readonly priority: Priority;
  readonly reading: Pick<Reading, 'state'> | null;
}

/**
 * The list as it is now, with the cases that were opened from it and have left it since at the place where they stood: so that going back
 * leads to what was just read.
 *
 * @param order ids as the list was shown last
 * @param fresh ids of the list now
 * @param opened ids that stay
 */
export function mergeOrder(
  order: readonly string[],
  fresh: readonly string[],
  opened: ReadonlySet<string>,
): readonly string[] {
  const merged = [...fresh];
  let last = -1;
  for (const id of order) {
    const at = merged.indexOf(id);
    if (at >= 0) last = at;
    else if (opened.has(id)) {
      last += 1;
      merged.splice(last, 0, id);
    }
  }
  return merged;
}

/** Under "mine" a submitted case stays in the list, and is no work any more. */
const isWork = (row: Waiting, tab: Tab): boolean => tab !== 'mine' || !row.reading || row.reading.state === 'drafting';

/**
 * What is read after `current` is finished: an emergency that waits, wherever it stands; else the one that follows; else the first that
 * was passed over.
 *
 * @param rows the list from its top
 * @param following what stands after `current`
 */
export function nextToRead<Row extends Waiting>(
  rows: readonly Row[],
  following: readonly Row[],
  current: string,
  tab: Tab,
): Row | null {
  const left = (row: Row): boolean => row.id !== current && isWork(row, tab);
  return (
    rows.find((row) => row.priority === 'emergency' && left(row)) ?? following.find(left) ?? rows.find(left) ?? null
  );
}
