import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { ReadDetail, ReadRow } from '../api/types.js';
import { personName } from '../format.js';
import { navigate } from '../router.js';
import { useText } from '../text/index.js';
import { itemName } from './item-name.js';
import { loadWorklist, shownRows } from './load-worklist.js';
import { mergeOrder, nextToRead } from './reading-order.js';
import { currentRound, keepRound, tellFinished, type Finished } from './round.js';

/** A finished reader does not wait longer for the list than this. */
const LONGEST_MS = 5000;

const pathOf = (id: string): string => `/reads/${encodeURIComponent(id)}`;

/** Whoever signs out and in again at the same case is still in the same round. */
async function listNow(userId: string, current: string, signal: AbortSignal) {
  const round = currentRound(userId);
  const [top, after] = await Promise.all([
    loadWorklist(round.filter, signal),
    loadWorklist(round.filter, signal, current),
  ]);
  const rows = shownRows(top.items, round.filter, userId);
  const following = shownRows(after.items, round.filter, userId);
  const known = new Set(rows.map(({ id }) => id));
  const fresh = [...rows, ...following.filter(({ id }) => !known.has(id))].map(({ id }) => id);
  const order = mergeOrder(round.order, fresh, new Set(round.opened));
  keepRound(userId, { ...round, order });
  return { order, next: nextToRead(rows, following, current, round.filter.tab) };
}

/** The way from a case to its neighbours in the list that the reader came from. */
export function useRound(read: ReadDetail, userId: string) {
  const t = useText();
  const leave = useRef(new AbortController());
  const { id } = read;
  useEffect(() => {
    leave.current = new AbortController();
    const round = currentRound(userId);
    const order = round.order.includes(id) ? round.order : [id, ...round.order];
    keepRound(userId, { ...round, order, opened: [...round.opened.filter((one) => one !== id), id] });
    return () => leave.current.abort();
  }, [id, userId]);

  /** What would open if this case were finished now. */
  const upcoming = useCallback(
    async (signal: AbortSignal): Promise<ReadRow | null> => (await listNow(userId, id, signal)).next,
    [id, userId],
  );

  /** @returns whether there is a case in that direction */
  const step = useCallback(
    async (by: 1 | -1): Promise<boolean> => {
      const { signal } = leave.current;
      // Where the list cannot be had, the order in which it was shown last does.
      const order = await listNow(userId, id, signal).then(
        (list) => list.order,
        () => currentRound(userId).order,
      );
      if (signal.aborted) return true;
      const to = order[order.indexOf(id) + by];
      if (to) navigate(pathOf(to));
      return Boolean(to);
    },
    [id, userId],
  );

  const name = personName(read.patient.name, t);
  const item = itemName(read, t);
  /** This case is done: opens the next one, or the list where none is left. */
  const finish = useCallback(
    async (how: Finished['how']): Promise<void> => {
      const { signal } = leave.current;
      const next = await upcoming(AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)])).then(
        (row) => row?.id ?? null,
        () => {
          const { order } = currentRound(userId);
          return order[order.indexOf(id) + 1] ?? null;
        },
      );
      if (signal.aborted) return;
      tellFinished({ readId: id, how, patientName: name, itemName: item, next });
      navigate(next ? pathOf(next) : '/');
    },
    [id, userId, upcoming, name, item],
  );
  return useMemo(() => ({ upcoming, step, finish }), [upcoming, step, finish]);
}
