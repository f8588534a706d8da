import { useEffect, useState } from 'react';
import { api, ApiError } from '../../../api/client.js';
import type { EcgOverview } from './overview.js';

const AGAIN_MS = 3000;

export type OverviewState = EcgOverview | 'waiting' | 'failed' | null;

/** The overview of a long recording; `waiting` while the server still measures it, asked for again until it has; null for a short one. */
export function useOverview(readId: string, long: boolean): OverviewState {
  const [state, setState] = useState<OverviewState>(long ? 'waiting' : null);
  useEffect(() => {
    if (!long) return undefined;
    const controller = new AbortController();
    let timer = 0;
    const ask = (): void => {
      api.read.ecgOverview(readId, controller.signal).then(setState, (error: unknown) => {
        if (controller.signal.aborted) return;
        const pending = error instanceof ApiError && (error.code === 'ecg-not-prepared' || error.unreachable);
        if (!pending) return setState('failed');
        timer = window.setTimeout(ask, AGAIN_MS);
      });
    };
    ask();
    return () => {
      controller.abort();
      window.clearTimeout(timer);
    };
  }, [readId, long]);
  return state;
}
