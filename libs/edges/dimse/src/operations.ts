import { COMMAND_FIELD, DIMSE_STATUS } from './command-elements.js';
import type { DimseAnswer } from './command-set.js';
import { AssociationEnded } from './association-ended.js';

interface Running {
  readonly messageId: number;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** The requests of one association that are being performed. */
export class RunningOperations {
  private readonly running = new Set<Running>();
  private wake: (() => void) | null = null;

  /**
   * @param window how many at the same time
   * @param onSettled told when one has ended
   */
  constructor(
    private readonly window: number,
    private readonly onSettled: () => void,
  ) {}

  get busy(): boolean {
    return this.running.size > 0;
  }

  /** Waits while all places are taken. */
  async room(): Promise<void> {
    while (this.running.size >= this.window) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  has(messageId: number): boolean {
    return [...this.running].some((one) => one.messageId === messageId);
  }

  /** Begins `work`, which does not reject. Its signal is aborted by a cancel and by the end of the association. */
  start(messageId: number, work: (signal: AbortSignal) => Promise<void>): void {
    const stop = new AbortController();
    const running = { messageId, stop, done: work(stop.signal) };
    this.running.add(running);
    void running.done.then(() => {
      this.running.delete(running);
      this.wake?.();
      this.onSettled();
    });
  }

  /** C-CANCEL-RQ: one that is answered already, or never was, finds nothing (PS3.7 section 9.3.2.3). */
  cancel(messageId: number): void {
    for (const one of this.running) if (one.messageId === messageId) one.stop.abort('cancelled by the peer');
  }

  /** Tells all that the association ends, or is about to. */
  stop(reason: string): void {
    for (const { stop } of this.running) stop.abort(new AssociationEnded(reason));
  }

  /** Waits until all have ended. */
  async ended(): Promise<void> {
    await Promise.all(Array.from(this.running, ({ done }) => done));
  }
}

/** How an error of a service is told to the peer; its message stays here, it may name things the peer should not see. */
export function answerOfError(error: unknown, commandField: number): DimseAnswer {
  const { code, kind } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    kind?: unknown;
  };
  const unavailable = [code, kind].includes('unavailable') || code === 'out-of-resources';
  if (!unavailable) return { status: DIMSE_STATUS.processingFailure, comment: 'The request could not be performed' };
  const composite = commandField < COMMAND_FIELD.nEventReportRequest;
  return {
    status: composite ? DIMSE_STATUS.outOfResources : DIMSE_STATUS.resourceLimitation,
    comment: 'Not available at present',
  };
}
