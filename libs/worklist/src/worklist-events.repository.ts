import type { Position, WorklistEvent } from './domain/worklist-event.js';

/** The changes of reads, as the database keeps them for a day. Reads them only: the rows are written by the changes themselves. */
export abstract class WorklistEventsRepository {
  /** Behind every change that can be told now. */
  abstract end(): Promise<Position>;
  /** The oldest that is kept; undefined where none is. */
  abstract oldest(): Promise<Position | undefined>;
  /** The newest that can be told now; undefined where none is kept. */
  abstract newest(): Promise<Position | undefined>;
  /** In order; none is skipped that can still come before one of these. */
  abstract after(position: Position, most: number): Promise<WorklistEvent[]>;
  /** Takes away what is older than the list needs for catching up. */
  abstract clear(hours: number): Promise<void>;
}
