import type { AuthorSignature, Draft, Reading } from './domain/reading.js';
import type { ReadingEvent } from './domain/reading.states.js';

export interface ReadingSummary {
  id: string;
  state: Reading['state'];
  author: { id: string; name: string };
  reviewer: { id: string; name: string } | null;
  sentBackReason: string | null;
}

export abstract class ReadingRepository {
  abstract find(readId: string): Promise<Reading | undefined>;
  abstract lock(readId: string): Promise<Reading | undefined>;
  abstract begin(readId: string, authorId: string): Promise<Reading>;
  /** @returns undefined when `version` is not the one stored */
  abstract saveDraft(
    readId: string,
    authorId: string,
    draft: Draft,
    version: number,
  ): Promise<{ version: number; savedAt: Date } | undefined>;
  /** Moves by the table and writes the log; the caller holds the lock. */
  abstract move(
    reading: Reading,
    event: ReadingEvent,
    actor: string,
    change: { reviewerId?: string | null; sentBackReason?: string | null; authorSignature?: AuthorSignature | null },
  ): Promise<void>;
  abstract summaries(readIds: readonly string[]): Promise<ReadingSummary[]>;
  /** Reads whose reading waits for another doctor (`submitted`, `reviewed`) and was not written by this one. */
  abstract waitingForReview(exceptAuthor: string): Promise<string[]>;
}
