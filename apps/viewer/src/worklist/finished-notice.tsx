import { useEffect } from 'react';
import { Link } from '../router.js';
import { useText } from '../text/index.js';
import { tellFinished, useFinished } from './round.js';

interface FinishedNoticeProps {
  /** The case on the screen; null on the list. */
  on: string | null;
  /** Goes by itself after this long; stays until it is closed where it is left out. */
  forMs?: number;
}

/** Which case was finished before this page opened by itself, and the way back to it. */
export function FinishedNotice({ on, forMs }: FinishedNoticeProps) {
  const t = useText();
  const finished = useFinished();
  const shown = finished?.next === on ? finished : null;
  useEffect(() => {
    if (on !== null && !shown) tellFinished(null);
  }, [on, shown]);
  useEffect(() => {
    if (!shown || forMs === undefined) return undefined;
    const timer = setTimeout(() => tellFinished(null), forMs);
    return () => clearTimeout(timer);
  }, [shown, forMs]);
  if (!shown) return null;
  return (
    <p
      className={on === null ? 'finished finished-list' : 'finished finished-case'}
      role="status"
      data-testid="finished"
    >
      <span>
        ✓ {t.round.finished(`${shown.patientName} ${shown.itemName}`, t.round.how[shown.how])}
        {shown.next === null && ` · ${t.round.noneLeft}`}
      </span>
      <Link to={`/reads/${encodeURIComponent(shown.readId)}`} data-testid="finished-back">
        {t.round.back}
      </Link>
      <button type="button" onClick={() => tellFinished(null)}>
        {t.common.close}
      </button>
    </p>
  );
}
