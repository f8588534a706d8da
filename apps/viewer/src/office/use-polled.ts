import { useCallback, useEffect, useRef, useState } from 'react';

export interface Polled<T> {
  value: T | null;
  /** When `value` was fetched (ms). */
  fetchedAt: number | null;
  error: unknown;
  refresh: () => void;
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

  useEffect(() => {
    let controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    seen.current = '';
    const round = async ({ signal }: AbortController): Promise<void> => {
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
      if (!signal.aborted) timer = setTimeout(() => void round(controller), document.hidden ? every * 5 : every);
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
  }, [load, every]);

  const refresh = useCallback(() => begin.current(), []);
  return { ...state, refresh };
}
