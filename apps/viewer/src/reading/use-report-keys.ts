import { useEffect } from 'react';
import { dialogOpen } from '../office/dialog-open.js';
import { useLatest } from '../office/use-latest.js';

/** By its name: `F2`, `Ctrl+Enter`, `Alt+T`; absent ones are not for now. What returns false leaves the key to the browser. */
export type ReportKeys = Readonly<Record<string, (() => unknown) | undefined>>;

function nameOf(event: KeyboardEvent): string {
  const { ctrlKey, metaKey, altKey, shiftKey, code, key } = event;
  if (shiftKey) return '';
  // On a Mac Alt makes another letter of it.
  if (altKey) return ctrlKey || metaKey ? '' : `Alt+${code.replace(/^Key/, '')}`;
  return ctrlKey || metaKey ? `Ctrl+${key.length === 1 ? key.toUpperCase() : key}` : key;
}

/** The keys of the report, wherever the focus is, but not while a dialog is open. */
export function useReportKeys(keys: ReportKeys, page: Document = document): void {
  const latest = useLatest(keys);
  useEffect(() => {
    const pages = new Set([document, page]);
    const listener = (event: KeyboardEvent): void => {
      if (event.isComposing || event.repeat || [...pages].some(dialogOpen)) return;
      const act = latest.current[nameOf(event)];
      if (act && act() !== false) event.preventDefault();
    };
    for (const one of pages) one.addEventListener('keydown', listener);
    return () => {
      for (const one of pages) one.removeEventListener('keydown', listener);
    };
  }, [latest, page]);
}
