import { Injectable } from '@nestjs/common';
import { demand, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { ChangeRead, WorklistRepository } from '#libs/worklist';
import { contradictions, type Contradiction } from './domain/contradictions.js';
import type { Draft } from './domain/reading.js';
import type { TemplateUsed } from './domain/report-text.js';
import { visibleRead } from './read-access.js';
import { ReadingRepository } from './reading.repository.js';
import { reportBackground } from './report-background.js';
import { ReportTextsRepository } from './report-texts.repository.js';

/** Autosave: each save names the version it was made from; a stale one is refused and overwrites nothing. */
@Injectable()
export class SaveDraft {
  constructor(
    private readonly database: Database,
    private readonly worklist: WorklistRepository,
    private readonly changeRead: ChangeRead,
    private readonly readings: ReadingRepository,
    private readonly texts: ReportTextsRepository,
  ) {}

  /**
   * @throws Refusal `conflict`: not-claimed-by-you, draft-locked (submitted already), stale-draft (with the stored one in detail);
   * `invalid` / unknown-template: it names one that its writer cannot have used
   */
  run(
    caller: Caller,
    readId: string,
    draft: Draft,
    version: number | undefined,
  ): Promise<{ version: number; savedAt: Date; contradictions: Contradiction[] }> {
    demand(caller, 'report.write');
    return this.database.transaction(async () => {
      const read = await visibleRead(this.worklist, caller, readId);
      if (read.state !== 'claimed' || read.claimedBy !== caller.id) {
        throw new Refusal('conflict', 'not-claimed-by-you', 'Claim the read before writing.');
      }
      const reading = await this.readings.begin(readId, caller.id);
      if (reading.state !== 'drafting')
        throw new Refusal('conflict', 'draft-locked', 'The report is submitted; nothing was saved.');
      await this.demandTemplates(reading.draft, draft, caller.id);
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
      return { ...saved, contradictions: contradictions(draft, reportBackground(read)) };
    });
  }

  private async demandTemplates(before: Draft, { templates = [] }: Draft, writer: string): Promise<void> {
    const has = (all: readonly TemplateUsed[] = [], { id, version }: TemplateUsed) =>
      all.some((one) => one.id === id && one.version === version);
    const fresh = templates.filter((one) => !has(before.templates, one));
    if (fresh.length === 0) return;
    const known = await this.texts.known(fresh, writer);
    const unknown = fresh.filter((one) => !has(known, one));
    if (unknown.length > 0)
      throw new Refusal('invalid', 'unknown-template', 'The draft names a template that is none of yours.', {
        templates: unknown,
      });
  }
}
