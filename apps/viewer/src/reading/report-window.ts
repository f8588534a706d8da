import { useEffect, useSyncExternalStore } from 'react';

/** How long the window waits for the next case before it goes with the page. */
const LINGER_MS = 1500;
const LOOK_MS = 500;

let opened: Window | null = null;
const listeners = new Set<() => void>();
const tell = (next: Window | null): void => {
  if (next === opened) return;
  opened = next;
  for (const listener of listeners) listener();
};

/** The styles of this page, and those that come while the window is open. @returns ends it */
function shareStyles(to: Document): () => void {
  const copy = (): void => {
    const styles = [...document.head.querySelectorAll('style, link[rel=stylesheet]')];
    to.head.replaceChildren(to.querySelector('title') ?? '', ...styles.map((one) => to.importNode(one, true)));
  };
  copy();
  const watching = new MutationObserver(copy);
  watching.observe(document.head, { childList: true, subtree: true, characterData: true });
  return () => watching.disconnect();
}

/** Opens the window of the report. It is empty: the page draws into it. @returns false where the browser does not allow one */
export function openReportWindow(): boolean {
  if (opened && !opened.closed) {
    opened.focus();
    return true;
  }
  const made = window.open('', 'qiao-report', 'popup,width=520,height=960');
  if (!made) return false;
  made.document.documentElement.lang = document.documentElement.lang;
  made.document.body.replaceChildren();
  made.document.body.className = 'report-window';
  const unshare = shareStyles(made.document);
  const gone = (): void => {
    unshare();
    clearInterval(looking);
    if (opened === made) tell(null);
  };
  made.addEventListener('pagehide', gone);
  // Some browsers say nothing when the window is closed from outside.
  const looking = setInterval(() => made.closed && gone(), LOOK_MS);
  tell(made);
  return true;
}

export const closeReportWindow = (): void => opened?.close();

function entitle(shown: Window, title: string): void {
  shown.document.title = title;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let leaving: ReturnType<typeof setTimeout> | undefined;

/** The window that the report is in; null while it is in the page. */
export function useReportWindow(title: string): Window | null {
  const shown = useSyncExternalStore(subscribe, () => opened);
  useEffect(() => {
    if (shown) entitle(shown, title);
  }, [shown, title]);
  return shown;
}

/** It stays from case to case, and goes with the reading page. */
export function useReportWindowStays(): void {
  useEffect(() => {
    clearTimeout(leaving);
    window.addEventListener('pagehide', closeReportWindow);
    return () => {
      window.removeEventListener('pagehide', closeReportWindow);
      leaving = setTimeout(closeReportWindow, LINGER_MS);
    };
  }, []);
}
