import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';

export interface Rounds {
  stop(): Promise<void>;
}

/** Runs `work` again and again, at once while it says there is more, else after the pause; a failed round is logged and tried again. `signal` tells long work to stop. */
export function startRounds(name: string, pauseMs: number, work: (signal: AbortSignal) => Promise<boolean>): Rounds {
  const log = new Logger(name);
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let more = false;
      try {
        more = await work(stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) log.warn((error as Error).message);
      }
      if (!more) await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
