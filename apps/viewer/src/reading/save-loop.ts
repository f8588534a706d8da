import { useLayoutEffect, useState } from 'react';

const RETRY_MS = 3000;

/** What became of one save: more was changed meanwhile; the line or the server was not there; a person has to decide. */
export type SaveOutcome = 'saved' | 'again' | 'later' | 'stopped';

/** One save at a time: again at once while there is more, and later when nobody answered. */
export class SaveLoop {
  private running: Promise<boolean> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  private put: () => Promise<SaveOutcome> = () => Promise.resolve('stopped');
  private wanted = (): boolean => false;

  /** @param wanted there is something to save, and nothing that forbids it */
  saveBy(put: () => Promise<SaveOutcome>, wanted: () => boolean): void {
    this.put = put;
    this.wanted = wanted;
  }

  get busy(): boolean {
    return this.running !== null;
  }

  soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.start(), ms);
  }

  /** @returns whether it was saved; false also where nothing was to be done */
  start(): Promise<boolean> {
    if (this.running) return this.running;
    if (!this.wanted()) return Promise.resolve(false);
    this.running = this.rounds();
    return this.running;
  }

  /** Saves without waiting for the pause after a change. */
  async now(): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    return this.start();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async rounds(): Promise<boolean> {
    let outcome = await this.put();
    while (outcome === 'again') outcome = await this.put();
    this.running = null;
    if (outcome === 'later') this.soon(RETRY_MS);
    return outcome === 'saved';
  }
}

export function useSaveLoop(put: () => Promise<SaveOutcome>, wanted: () => boolean): SaveLoop {
  const [loop] = useState(() => new SaveLoop());
  useLayoutEffect(() => loop.saveBy(put, wanted), [loop, put, wanted]);
  return loop;
}
