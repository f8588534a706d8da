import { useEffect, useState } from 'react';
import { useLatest } from '../office/use-latest.js';

/** The server says something at least every ten seconds. */
const SILENT_MS = 25_000;
const RETRY_MS = 10_000;
/** Changes come in bursts: one fetch serves those that came together. */
const GATHER_MS = 250;

/**
 * Tells of changes to the worklist as the server sends them; after a break it goes on behind the last one that came. A page that nobody
 * sees gives its connection back, for a browser has six to a server in all.
 *
 * @returns whether changes are told at the moment; where they are not, the page has to ask
 */
export function useWorklistEvents(changed: () => void): boolean {
  const [live, setLive] = useState(false);
  const latest = useLatest(changed);
  useEffect(() => {
    let source: EventSource | null = null;
    let lastId = '';
    let gathering: ReturnType<typeof setTimeout> | undefined;
    let watch: ReturnType<typeof setTimeout> | undefined;

    const gather = (): void => {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        latest.current();
      }, GATHER_MS);
    };
    const close = (): void => {
      source?.close();
      source = null;
      clearTimeout(watch);
      setLive(false);
    };
    const connectIn = (ms: number): void => {
      clearTimeout(watch);
      watch = setTimeout(() => {
        close();
        connect();
      }, ms);
    };
    const connect = (): void => {
      if (document.hidden) return;
      const opened = new EventSource(`/api/worklist/events?after=${encodeURIComponent(lastId)}`);
      source = opened;
      const heard = (event: MessageEvent): void => {
        if (event.lastEventId) lastId = event.lastEventId;
        setLive(true);
        connectIn(SILENT_MS);
        if (event.type !== 'beat') gather();
      };
      for (const type of ['ready', 'reset', 'change', 'beat']) opened.addEventListener(type, heard);
      opened.addEventListener('error', () => {
        setLive(false);
        // A refusal is final to the browser; a line that broke it takes up again by itself.
        connectIn(opened.readyState === EventSource.CLOSED ? RETRY_MS : SILENT_MS);
      });
      connectIn(SILENT_MS);
    };
    const again = (): void => {
      close();
      connect();
    };
    connect();
    document.addEventListener('visibilitychange', again);
    window.addEventListener('online', again);
    window.addEventListener('offline', close);
    return () => {
      document.removeEventListener('visibilitychange', again);
      window.removeEventListener('online', again);
      window.removeEventListener('offline', close);
      clearTimeout(gathering);
      close();
    };
  }, [latest]);
  return live;
}
