import type { Kind, Priority } from '../api/types.js';
import type { Tab } from './worklist-tabs.js';

export interface WorklistFilter {
  tab: Tab;
  kind: Kind | '';
  priority: Priority | '';
  organisation: string;
  search: string;
}

export const noFilter: WorklistFilter = { tab: 'waiting', kind: '', priority: '', organisation: '', search: '' };

/** Where this browser remembers a person's filter. */
export const filterKey = (userId: string): string => `qiao.worklist.${userId}`;
