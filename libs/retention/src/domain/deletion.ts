/** A coded reason of `deletion_reason`. */
export interface DeletionReason {
  code: string;
  textZh: string;
  textEn: string;
  /** whether it is a reason while the retention still runs */
  withinRetention: boolean;
}

/** What an examination's deletion depends on. */
export interface DeletionFacts {
  arriving: boolean;
  standingHolds: number;
  readState: string | null;
  /** reports that were signed over its images and not withdrawn */
  signedReports: number;
  expired: boolean;
}

export const BLOCKERS = {
  'hold-stands': 'The examination is held; nothing of it is deleted while a hold stands.',
  'exam-arriving': 'Images of this examination are still arriving or being filed.',
  'read-claimed': 'Somebody is reading this examination; it is to be released or returned first.',
  'report-signed': 'A signed report keeps its images until their retention has run out.',
  'retention-running': 'The retention still runs, and this is no reason to delete before its end.',
} as const;
export type Blocker = keyof typeof BLOCKERS;

/** What stands in the way of a deletion for this reason, the weightiest first; empty: nothing. */
export function blockersOf(facts: DeletionFacts, reason: Pick<DeletionReason, 'withinRetention'>): Blocker[] {
  const standing: Record<Blocker, boolean> = {
    'hold-stands': facts.standingHolds > 0,
    'exam-arriving': facts.arriving,
    'read-claimed': facts.readState === 'claimed',
    'report-signed': facts.signedReports > 0 && !facts.expired,
    'retention-running': !facts.expired && !reason.withinRetention,
  };
  return (Object.keys(standing) as Blocker[]).filter((blocker) => standing[blocker]);
}
