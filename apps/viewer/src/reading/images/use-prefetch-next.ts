import { eventTarget } from '@cornerstonejs/core';
import { useEffect } from 'react';
import type { ReadRow } from '../../api/types.js';
import type { FirstPicture } from '../../first-picture/first-picture.js';
import { prefetchFirstPicture } from '../../first-picture/prefetch-first-picture.js';

const QUIET_MS = 2500;
/** What the loader says of every piece of an image that has come. */
const PROGRESS = 'cornerstoneimageloadprogress';

/** Resolves when no image and no script has come over the line for a while; the page's own small questions do not count. */
function lineIdle(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const busy = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => end(resolve), QUIET_MS);
    };
    const watch = new PerformanceObserver((list) => {
      if (list.getEntries().some(({ name }) => !name.includes('/api/'))) busy();
    });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      watch.disconnect();
      eventTarget.removeEventListener(PROGRESS, busy);
      settle();
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    watch.observe({ type: 'resource' });
    eventTarget.addEventListener(PROGRESS, busy);
    signal.addEventListener('abort', () => end(() => reject(signal.reason as Error)));
    busy();
  });
}

/** Resolves when the viewer has drawn the image itself, or there is none to draw. */
function pictureDrawn(first: FirstPicture): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!first.closed) return;
      end();
      resolve();
    };
    const end = first.subscribe(look);
    look();
  });
}

/**
 * While a case is being read and the line has nothing to do, the first picture of the next one is fetched ahead; leaving the case ends it.
 *
 * @param upcoming what would open if this case were finished now
 */
export function usePrefetchNext(
  first: FirstPicture,
  upcoming: (signal: AbortSignal) => Promise<Pick<ReadRow, 'id' | 'kind'> | null>,
): void {
  useEffect(() => {
    const leave = new AbortController();
    const { signal } = leave;
    const run = async (): Promise<void> => {
      await pictureDrawn(first);
      await lineIdle(signal);
      const next = await upcoming(signal);
      if (next?.kind === 'imaging') await prefetchFirstPicture(next.id, signal);
    };
    // It is a saving: what fails here is asked for again, and told, when the case is opened.
    run().catch(() => undefined);
    return () => leave.abort();
  }, [first, upcoming]);
}
