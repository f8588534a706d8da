import { Injectable } from '@nestjs/common';
import type { Mark } from '#libs/formats/dicom';
import { demand, type Caller } from '#libs/identity';
import { Clock, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { ChangeRead, WorklistRepository, type WorklistRow } from '#libs/worklist';
import { authored, type DocumentSummary, type ReadingMarks } from './domain/marks.js';
import { MarksRepository } from './marks.repository.js';
import { PrepareDocuments } from './prepare-documents.js';
import { visibleRead } from './read-access.js';
import { ReadingRepository } from './reading.repository.js';

/** Marks are saved like the words of the draft: by who claimed the read, while it is drafted, each save from the version it was made of. */
@Injectable()
export class SaveMarks {
  constructor(
    private readonly database: Database,
    private readonly worklist: WorklistRepository,
    private readonly changeRead: ChangeRead,
    private readonly readings: ReadingRepository,
    private readonly marks: MarksRepository,
    private readonly prepare: PrepareDocuments,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws Refusal `conflict`: not-claimed-by-you, draft-locked, stale-marks (with the stored ones in detail); `invalid` /
   * unknown-image: a mark lies on an image or frame that this examination has not
   */
  run(
    caller: Caller,
    readId: string,
    marks: readonly Mark[],
    version: number,
  ): Promise<Pick<ReadingMarks, 'version' | 'savedAt'>> {
    return this.drafting(caller, readId, async (read) => {
      await this.demandImages(read.examId, marks);
      const before = await this.marks.find(readId);
      const now = authored(before.marks, marks, { id: caller.id, name: caller.name }, this.clock.now());
      const saved = await this.marks.save(readId, now, caller.id, version);
      if (!saved) {
        throw new Refusal(
          'conflict',
          'stale-marks',
          'The marks were saved from another place meanwhile; nothing was overwritten.',
          { ...before },
        );
      }
      await this.changeRead.renewLease(readId);
      return saved;
    });
  }

  /** Has the marks and key images as they stand made into documents now, before the report is submitted. */
  documents(caller: Caller, readId: string): Promise<DocumentSummary[]> {
    return this.drafting(caller, readId, async (read) => {
      await this.changeRead.renewLease(readId);
      await this.prepare.run(caller, read);
      return this.marks.documents(readId);
    });
  }

  private drafting<T>(caller: Caller, readId: string, work: (read: WorklistRow) => Promise<T>): Promise<T> {
    demand(caller, 'report.write');
    return this.database.transaction(async () => {
      const read = await visibleRead(this.worklist, caller, readId);
      if (read.state !== 'claimed' || read.claimedBy !== caller.id)
        throw new Refusal('conflict', 'not-claimed-by-you', 'Claim the read before marking.');
      const reading = await this.readings.begin(readId, caller.id);
      if (reading.state !== 'drafting')
        throw new Refusal('conflict', 'draft-locked', 'The report is submitted; nothing was saved.');
      return work(read);
    });
  }

  private async demandImages(examId: string, marks: readonly Mark[]): Promise<void> {
    const frames = await this.marks.framesOf(examId, [...new Set(marks.map((mark) => mark.sopInstanceUid))]);
    const astray = marks.filter((mark) => mark.frame > (frames.get(mark.sopInstanceUid) ?? 0));
    if (astray.length > 0) {
      throw new Refusal('invalid', 'unknown-image', 'A mark lies on an image or frame that this examination has not.', {
        marks: astray.map(({ id, sopInstanceUid, frame }) => ({ id, sopInstanceUid, frame })),
      });
    }
  }
}
