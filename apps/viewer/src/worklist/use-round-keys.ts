import { useEffect } from 'react';
import { useLatest } from '../office/use-latest.js';
import { dialogOpen } from '../office/dialog-open.js';
import { typing } from '../office/typing.js';

/** `]` opens the next case of the list and `[` the one before, on every reading page. */
export function useRoundKeys(step: (by: 1 | -1) => void): void {
  const latest = useLatest(step);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
      if ((event.key !== ']' && event.key !== '[') || dialogOpen()) return;
      event.preventDefault();
      latest.current(event.key === ']' ? 1 : -1);
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [latest]);
}
