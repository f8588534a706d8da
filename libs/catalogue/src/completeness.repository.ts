import type { Expectation, Sending } from './domain/completeness.js';

export abstract class CompletenessRepository {
  /** Until the transaction ends nobody else says a word about, or counts, this study. */
  abstract lockStudy(organisation: string, studyInstanceUid: string): Promise<void>;
  /** Writes the word down in place of the same source's and key's earlier one; a word that says nothing takes it back. */
  abstract expect(expectation: Expectation): Promise<void>;
  /** Counts the examination anew against what is expected of it; does nothing while there is none. The caller holds `lockStudy`. */
  abstract recount(organisation: string, studyInstanceUid: string): Promise<void>;
  abstract openSending(sending: Sending, leaseSeconds: number): Promise<void>;
  /** Released: forgotten, and with it what broke off of its studies before. Aborted: from now on broken off. */
  abstract endSending(organisation: string, sender: string, how: 'released' | 'aborted'): Promise<void>;
  /** Settles what `settling_rule` says, a hundred at a time. @returns the examinations settled now */
  abstract settleQuiet(seconds: number): Promise<string[]>;
}
