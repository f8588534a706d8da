import { useEffect, useState } from 'react';
import { api } from '../../../api/client.js';
import { useLatest } from '../../../office/use-latest.js';
import type { EcgView } from '../ecg-view.js';
import { boundsOf, stretchAt, type Stretches, withStretch } from './stretches.js';

interface Shown {
  readonly view: EcgView;
  /** The page of it that is shown begins here. */
  readonly fromSeconds: number;
}

interface StretchState extends Shown {
  /** Another page was turned to, and its part of the recording is on its way. */
  readonly waiting: boolean;
  readonly failed: boolean;
  readonly retry: () => void;
}

/**
 * The part of the recording that holds the page from `wanted` seconds on. While it is being fetched the page before it stays, under its
 * own seconds. A short recording is all in `first`, and so is the first stretch of a long one.
 */
export function useStretch(readId: string, first: EcgView, wanted: number): StretchState {
  const ofSeconds = first.stretch?.ofSeconds ?? null;
  const [kept, keep] = useState<Stretches>(() => new Map());
  const [shown, show] = useState<Shown>({ view: first, fromSeconds: wanted });
  const [failedAt, fail] = useState('');
  const [attempt, again] = useState(0);
  const number = ofSeconds === null ? 0 : stretchAt(wanted);
  const asked = `${number} ${attempt}`;
  const there = useLatest(kept);

  useEffect(() => {
    if (ofSeconds === null) return undefined;
    const controller = new AbortController();
    const fetched = async (one: number): Promise<void> => {
      if (one === 0 || there.current.has(one)) return;
      const view = await api.read.ecg(readId, controller.signal, boundsOf(one));
      if (!controller.signal.aborted) keep((before) => withStretch(before, one, view));
    };
    const run = async (): Promise<void> => {
      await fetched(number);
      // What comes next is fetched ahead; it is asked for again if it does not come.
      if (boundsOf(number + 1).from < ofSeconds) await fetched(number + 1).catch(() => undefined);
    };
    run().catch(() => {
      if (!controller.signal.aborted) fail(asked);
    });
    return () => controller.abort();
  }, [ofSeconds, readId, number, asked, there]);

  const view = number === 0 ? first : kept.get(number);
  if (view && (shown.view !== view || shown.fromSeconds !== wanted)) show({ view, fromSeconds: wanted });
  const failed = !view && failedAt === asked;
  return {
    ...(view ? { view, fromSeconds: wanted } : shown),
    waiting: !view && !failed,
    failed,
    retry: () => again((count) => count + 1),
  };
}
