import type { ReadRow, WorklistCounts } from '../api/types.js';

export type Tab = keyof WorklistCounts;
export const tabs: readonly Tab[] = ['waiting', 'mine', 'toReview', 'done'];

/** What each tab asks the server for. */
export const tabQuery: Record<Tab, { state: string; view?: 'mine' | 'review' }> = {
  waiting: { state: 'open,assigned' },
  mine: { state: 'assigned,claimed', view: 'mine' },
  toReview: { state: 'claimed', view: 'review' },
  done: { state: 'done' },
};

/** Whether a row belongs under a tab, for the person looking. */
export function belongs(row: ReadRow, tab: Tab, me: string): boolean {
  const submitted = row.reading?.state === 'submitted' || row.reading?.state === 'reviewed';
  if (tab === 'done') return row.state === 'done';
  if (tab === 'toReview') return row.state === 'claimed' && submitted;
  if (tab === 'waiting') return row.state === 'open' || row.state === 'assigned';
  return (row.state === 'claimed' && row.claimedBy?.id === me) || (row.state === 'assigned' && row.assignee?.id === me);
}
