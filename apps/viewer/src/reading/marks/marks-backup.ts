import type { Mark } from '../../api/types.js';

/** Marks that have not reached the server yet, with those they were made of. */
export interface MarksBackup {
  base: readonly Mark[];
  marks: readonly Mark[];
}

const key = (readId: string, userId: string): string => `qiao.marks.${userId}.${readId}`;

export function keepMarks(readId: string, userId: string, backup: MarksBackup): void {
  try {
    localStorage.setItem(key(readId, userId), JSON.stringify(backup));
  } catch {
    // Storage full or forbidden: saving to the server goes on all the same.
  }
}

export function dropMarks(readId: string, userId: string): void {
  try {
    localStorage.removeItem(key(readId, userId));
  } catch {
    // Nothing was kept.
  }
}

export function findMarks(readId: string, userId: string): MarksBackup | null {
  try {
    const stored = localStorage.getItem(key(readId, userId));
    return stored ? (JSON.parse(stored) as MarksBackup) : null;
  } catch {
    return null;
  }
}
