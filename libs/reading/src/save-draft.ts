import { Injectable } from '@nestjs/common';
import { demand, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { ChangeRead, WorklistRepository } from '#libs/worklist';
import type { Draft } from './domain/reading.js';
import { visibleRead } from './read-access.js';
import { ReadingRepository } from './reading.repository.js';

/** Autosave: each save names the version it was made from; a stale one is refused and overwrites nothing. */
@Injectable()
export class SaveDraft {
  constructor(
    private readonly database: Database,
    private readonly worklist: WorklistRepository,
    private readonly changeRead: ChangeRead,
    private readonly readings: ReadingRepository,
  ) {}

  /** @throws Refusal `conflict`: not-claimed-by-you, draft-locked (submitted already), stale-draft (with the stored one in detail) */
  run(
    caller: Caller,
    readId: string,
    draft: Draft,
    version: number | undefined,
  ): Promise<{ version: number; savedAt: Date }> {
    demand(caller, 'report.write');
    return this.database.transaction(async () => {
      const read = await visibleRead(this.worklist, caller, readId);
      if (read.state !== 'claimed' || read.claimedBy !== caller.id) {
        throw new Refusal('conflict', 'not-claimed-by-you', 'Claim the read before writing.');
      }
      const reading = await this.readings.begin(readId, caller.id);
      if (reading.state !== 'drafting')
        throw new Refusal('conflict', 'draft-locked', 'The report is submitted; nothing was saved.');
      const saved = await this.readings.saveDraft(readId, caller.id, draft, version ?? reading.draftVersion);
      if (!saved) {
        throw new Refusal(
          'conflict',
          'stale-draft',
          'The draft was saved from another place meanwhile; nothing was overwritten.',
          {
            version: reading.draftVersion,
            draft: reading.draft,
          },
        );
      }
      await this.changeRead.renewLease(readId);
      return saved;
    });
  }
}
