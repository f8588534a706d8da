import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { scopeOf, inScope, type Caller } from '#libs/identity';
import { positionFrom, transactionOf, type Position, type WorklistEvent } from './domain/worklist-event.js';
import { WorklistEventsRepository } from './worklist-events.repository.js';

const LOOK_MS = 400;
/** Whoever has missed more than this reads the list anew. */
const MOST_MISSED = 500;

/** What a follower is given: a change, that it is up to date and goes on from here, that it must read the list anew, or that all is well. */
export type Told =
  | { what: 'change'; event: WorklistEvent }
  | { what: 'ready'; position: Position }
  | { what: 'reset'; position: Position }
  | { what: 'beat' };

export interface Follower {
  /** the last position this follower was given, as it says; undefined for one that comes for the first time */
  after: string | undefined;
  /** Asked before each answer; null when the session has ended or may not see the list any more. */
  caller: () => Promise<Caller | null>;
  /** The follower has gone. */
  signal: AbortSignal;
  beatMs: number;
}

/** Tells the changes of the reads that a person may see, in order, from where they left off. */
@Injectable()
export class FollowWorklist implements OnModuleDestroy {
  private readonly log = new Logger('worklist-events');
  private readonly stopping = new AbortController();
  private readonly waiting = new Set<() => void>();
  private seen: Position | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private looking = false;

  constructor(private readonly events: WorklistEventsRepository) {}

  /** Ends with the follower, their session, or this server; a database out of reach throws. */
  async *run({ after, caller, signal: gone, beatMs }: Follower): AsyncGenerator<Told> {
    const signal = AbortSignal.any([gone, this.stopping.signal]);
    const end = await this.events.end();
    let position = after === undefined ? end : await this.known(after, end);
    if (position === undefined) yield { what: 'reset', position: (position = end) };
    else yield { what: 'ready', position };
    while (!signal.aborted) {
      // A change between the question and the wait wakes nobody, so who waits is on the list before.
      const news = this.next(signal, beatMs);
      const reader = await caller();
      if (!reader) return;
      const events = await this.events.after(position, MOST_MISSED);
      if (events.length === MOST_MISSED) {
        yield { what: 'reset', position: (position = await this.events.end()) };
        continue;
      }
      for (const event of events) {
        position = event.position;
        if (inScope(scopeOf(reader), event.organisation) && reader.specialities.includes(event.kind))
          yield { what: 'change', event };
      }
      if (!(await news)) yield { what: 'beat' };
    }
  }

  onModuleDestroy(): void {
    this.stopping.abort();
    clearTimeout(this.timer);
  }

  /** @returns where to go on, or undefined where something after it may have been taken away already */
  private async known(after: string, end: Position): Promise<Position | undefined> {
    const position = positionFrom(after);
    const oldest = await this.events.oldest();
    // Of another database, or of this one before it was put back to an older state.
    if (!position || transactionOf(position) > transactionOf(end)) return undefined;
    return position === end || (oldest && transactionOf(position) >= transactionOf(oldest)) ? position : undefined;
  }

  /** One look at the table serves everybody who waits here. @returns whether there is news; false after `ms` */
  private next(signal: AbortSignal, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (news: boolean): void => {
        this.waiting.delete(wake);
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve(news);
      };
      const wake = (): void => settle(true);
      const timer = setTimeout(() => settle(false), ms);
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
      else void this.look();
    });
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    while (this.waiting.size > 0 && !this.stopping.signal.aborted) {
      try {
        const newest = await this.events.newest();
        if (newest !== undefined && newest !== this.seen) {
          this.seen = newest;
          for (const wake of this.waiting) wake();
        }
      } catch (error) {
        this.log.warn((error as Error).message);
      }
      await new Promise((resolve) => {
        this.timer = setTimeout(resolve, LOOK_MS);
      });
    }
    this.looking = false;
  }
}
