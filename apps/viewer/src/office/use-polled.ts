import { useCallback, useEffect, useRef, useState } from 'react';
import { useLatest } from './use-latest.js';

export interface Polled<T> {
  value: T | null;
  /** When `value` was fetched (ms). */
  fetchedAt: number | null;
  error: unknown;
  /** Fetches now, whatever is under way. */
  refresh: () => void;
  /** Something has changed: fetches now, or once more when what is under way has come. Many of them make one or two fetches. */
  nudge: () => void;
}

/**
 * Fetches now and every `every` ms. The value keeps its identity while nothing has changed, and the last good one
 * stays when a later fetch fails: nothing flickers. `load` decides what is fetched; pass it through useCallback.
 */
export function usePolled<T>(load: (signal: AbortSignal) => Promise<T>, every: number): Polled<T> {
  const [state, setState] = useState<{ value: T | null; fetchedAt: number | null; error: unknown }>({
    value: null,
    fetchedAt: null,
    error: null,
  });
  const seen = useRef('');
  const begin = useRef<() => void>(() => undefined);
  const busy = useRef(false);
  const again = useRef(false);
  const waiting = useRef(0);
  const pause = useLatest(every);

  useEffect(() => {
    let controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    seen.current = '';
    const round = async ({ signal }: AbortController): Promise<void> => {
      busy.current = true;
      again.current = false;
      try {
        const value = await load(signal);
        if (signal.aborted) return;
        const text = JSON.stringify(value);
        if (text === seen.current) setState((old) => ({ ...old, fetchedAt: Date.now(), error: null }));
        else setState({ value, fetchedAt: Date.now(), error: null });
        seen.current = text;
      } catch (error) {
        if (!signal.aborted) setState((old) => ({ ...old, error }));
      }
      if (signal.aborted) return;
      busy.current = false;
      waiting.current = again.current ? 0 : pause.current * (document.hidden ? 5 : 1);
      timer = setTimeout(() => void round(controller), waiting.current);
    };
    begin.current = () => {
      controller.abort();
      clearTimeout(timer);
      controller = new AbortController();
      void round(controller);
    };
    void round(controller);
    return () => {
      // An answer that comes after the page has gone asks for a refresh too.
      begin.current = () => undefined;
      controller.abort();
      clearTimeout(timer);
    };
  }, [load, pause]);
  useEffect(() => {
    // Whoever is to ask more often now does not wait for the longer pause to pass.
    if (!busy.current && every < waiting.current) begin.current();
  }, [every]);

  const refresh = useCallback(() => begin.current(), []);
  const nudge = useCallback(() => {
    if (busy.current) again.current = true;
    else begin.current();
  }, []);
  return { ...state, refresh, nudge };
}
