import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { CompletenessRepository } from './completeness.repository.js';
import type { Expectation, Sending } from './domain/completeness.js';

/** A sender that has not been heard of for this long has broken off; whoever receives from it renews well within. */
const LEASE_SECONDS = 90;

/**
 * What is still to come of a study, as its sources tell it; an examination is complete when all of it is here. Everything here may be
 * said twice, in any order, before the first image or after the last.
 *
 * Expected is the larger of the largest count and the number of different instances named by any source; missing is the larger of the
 * named that are absent and the count's remainder.
 */
@Injectable()
export class ExpectInstances {
  constructor(
    private readonly database: Database,
    private readonly completeness: CompletenessRepository,
  ) {}

  /**
   * A source's word (PS3.4 F.7: the referenced SOP instances of an MPPS N-SET to COMPLETED; an upload's manifest). Neither `count` nor
   * `sopInstanceUids`: the word is taken back (DISCONTINUED).
   * @throws Refusal `invalid` / bad-expectation
   */
  async expect(expectation: Expectation): Promise<void> {
    const { organisation, studyInstanceUid, count } = expectation;
    if (count !== undefined && (!Number.isInteger(count) || count < 0 || count > 1_000_000)) {
      throw new Refusal('invalid', 'bad-expectation', 'The number of instances is not a whole number up to 1,000,000.');
    }
    await this.database.transaction(async () => {
      await this.completeness.lockStudy(organisation, studyInstanceUid);
      await this.completeness.expect(expectation);
      await this.completeness.recount(organisation, studyInstanceUid);
    });
  }

  /**
   * This sender is sending this study: the study does not settle. Say it at the first instance, and again at least every 30 s while the
   * sender lives, also when one large instance takes long; the lease ends by itself after 90 s if the receiving process dies.
   */
  sending(sending: Sending): Promise<void> {
    return this.completeness.openSending(sending, LEASE_SECONDS);
  }

  /**
   * The sender has finished (A-RELEASE, the batch is whole) or broken off (A-ABORT, connection lost). A study that broke off is waited
   * for longer, until it is complete, somebody finishes sending it, or the patience is over.
   */
  sendingEnded(organisation: string, sender: string, how: 'released' | 'aborted'): Promise<void> {
    return this.database.transaction(() => this.completeness.endSending(organisation, sender, how));
  }
}
