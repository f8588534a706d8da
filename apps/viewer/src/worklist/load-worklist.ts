import { api } from '../api/client.js';
import type { ReadRow, Worklist } from '../api/types.js';
import type { WorklistFilter } from './worklist-filter.js';
import { belongs, tabQuery } from './worklist-tabs.js';

/** A page of the list that a filter describes; with `cursor` what comes after that read, wherever it is now. */
export const loadWorklist = (
  { tab, kind, priority, search }: WorklistFilter,
  signal: AbortSignal,
  cursor?: string,
): Promise<Worklist> =>
  api.worklist(
    {
      ...tabQuery[tab],
      kind: kind || undefined,
      priority: priority || undefined,
      search: search.trim() || undefined,
      cursor,
    },
    signal,
  );

/** Of the rows that were fetched, those that the filter shows to `me`. */
export const shownRows = (rows: readonly ReadRow[], { tab, organisation }: WorklistFilter, me: string): ReadRow[] =>
  rows.filter((row) => belongs(row, tab, me) && (!organisation || row.organisation.code === organisation));
