import type { DeclineReason, Recognition } from './domain/recognition.js';
import type { RecognitionEvent } from './domain/recognition.states.js';

export type NewRecognition = Pick<
  Recognition,
  'id' | 'cardId' | 'organisation' | 'personId' | 'item' | 'reportId' | 'hook' | 'hookInstance' | 'shownTo'
>;

export abstract class RecognitionRepository {
  /** Writes the proposal; asked again by the same hook call for the same thing, answers with the one written before. */
  abstract propose(proposal: NewRecognition, actor: string): Promise<Recognition>;
  /** An organisation's own proposal, locked until the transaction ends. */
  abstract lock(organisation: string, cardId: string): Promise<Recognition | undefined>;
  /** Moves it by the table and writes the log; the caller holds the lock. */
  abstract move(
    recognition: Recognition,
    event: RecognitionEvent,
    actor: string,
    change: Pick<Recognition, 'decidedAt'> & Partial<Pick<Recognition, 'reasonCode' | 'reasonText'>>,
  ): Promise<void>;
  abstract reasons(): Promise<DeclineReason[]>;
  /** Was this report offered to the organisation? Then its people may look at it, whoever made it; each look is audited. */
  abstract wasOffered(organisation: string, reportId: string): Promise<boolean>;
  /** For the audit of a try beyond one's scope. */
  abstract organisationOf(cardId: string): Promise<string | undefined>;
}
