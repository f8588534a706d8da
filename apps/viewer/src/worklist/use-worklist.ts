import { useCallback, useMemo, useState } from 'react';
import type { ReadRow, Worklist } from '../api/types.js';
import { usePolled } from '../office/use-polled.js';
import { loadWorklist } from './load-worklist.js';
import type { WorklistFilter } from './worklist-filter.js';

/** The rows of one tab, kept fresh every `pollEvery` ms; `pages` grows by `more`. */
export function useWorklist(filter: WorklistFilter, search: string, pollEvery: number) {
  const [pages, setPages] = useState(1);
  const { tab, kind, priority } = filter;
  const load = useCallback(
    async (signal: AbortSignal): Promise<Worklist> => {
      const asked = { tab, kind, priority, search, organisation: '' };
      const first = await loadWorklist(asked, signal);
      const items: ReadRow[] = [...first.items];
      let next = first.next;
      for (let page = 1; page < pages && next; page += 1) {
        const following = await loadWorklist(asked, signal, next);
        items.push(...following.items);
        next = following.next;
      }
      return { ...first, items, next };
    },
    [tab, kind, priority, search, pages],
  );
  const polled = usePolled(load, pollEvery);
  const more = useCallback(() => setPages((n) => n + 1), []);
  return useMemo(() => ({ ...polled, more }), [polled, more]);
}
