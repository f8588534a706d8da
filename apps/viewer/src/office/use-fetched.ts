import { useCallback, useEffect, useRef, useState } from 'react';

export interface Fetched<T> {
  value: T | null;
  error: unknown;
  retry: () => void;
}

/** Fetches once, and again on `retry`; pass `load` through useCallback. */
export function useFetched<T>(load: (signal: AbortSignal) => Promise<T>): Fetched<T> {
  const [state, setState] = useState<{ value: T | null; error: unknown }>({ value: null, error: null });
  const running = useRef<AbortController | null>(null);

  const run = useCallback(() => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    load(controller.signal).then(
      (value) => {
        if (!controller.signal.aborted) setState({ value, error: null });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setState((old) => ({ ...old, error }));
      },
    );
    return () => controller.abort();
  }, [load]);

  useEffect(() => run(), [run]);
  const retry = useCallback(() => {
    setState((old) => ({ ...old, error: null }));
    run();
  }, [run]);
  return { ...state, retry };
}
