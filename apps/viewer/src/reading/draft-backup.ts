import type { DraftToSave } from '../api/client.js';

/** Words that have not reached the server yet, kept in this browser until they have. */
export interface DraftBackup extends DraftToSave {
  at: string;
}

const key = (readId: string, userId: string): string => `qiao.draft.${userId}.${readId}`;

export function keepBackup(readId: string, userId: string, draft: DraftToSave): void {
  try {
    localStorage.setItem(key(readId, userId), JSON.stringify({ ...draft, at: new Date().toISOString() }));
  } catch {
    // Storage full or forbidden: saving to the server goes on all the same.
  }
}

export function dropBackup(readId: string, userId: string): void {
  try {
    localStorage.removeItem(key(readId, userId));
  } catch {
    // Nothing was kept.
  }
}

export function findBackup(readId: string, userId: string): DraftBackup | null {
  try {
    const stored = localStorage.getItem(key(readId, userId));
    return stored ? (JSON.parse(stored) as DraftBackup) : null;
  } catch {
    return null;
  }
}
