import { useCallback, useMemo, useState } from 'react';
import { api } from '../api/client.js';
import type { Kind, Priority, ReadRow, Worklist } from '../api/types.js';
import { usePolled } from '../office/use-polled.js';
import { tabQuery, type Tab } from './worklist-tabs.js';

const pollEvery = 3000;

export interface WorklistFilter {
  tab: Tab;
  kind: Kind | '';
  priority: Priority | '';
  organisation: string;
  search: string;
}

/** The rows of one tab, kept fresh; `pages` grows by `more`. */
export function useWorklist(filter: WorklistFilter, search: string) {
  const [pages, setPages] = useState(1);
  const { tab, kind, priority } = filter;
  const load = useCallback(
    async (signal: AbortSignal): Promise<Worklist> => {
      const query = {
        ...tabQuery[tab],
        kind: kind || undefined,
        priority: priority || undefined,
        search: search || undefined,
      };
      const first = await api.worklist(query, signal);
      const items: ReadRow[] = [...first.items];
      let next = first.next;
      for (let page = 1; page < pages && next; page += 1) {
        const following = await api.worklist({ ...query, cursor: next }, signal);
        items.push(...following.items);
        next = following.next;
      }
      return { items, next, counts: first.counts };
    },
    [tab, kind, priority, search, pages],
  );
  const polled = usePolled(load, pollEvery);
  const more = useCallback(() => setPages((n) => n + 1), []);
  return useMemo(() => ({ ...polled, more }), [polled, more]);
}
