import { Injectable } from '@nestjs/common';
import { documentFacts, text, type ImageReference } from '#libs/formats/dicom';
import { Directory, type Caller } from '#libs/identity';
import { Clock } from '#libs/kernel';
import { Outbox } from '#libs/persistence';
import type { WorklistRow } from '#libs/worklist';
import {
  contentHash,
  documented,
  documentUid,
  type DocumentKind,
  type DocumentSummary,
  type ReadingDocument,
} from './domain/marks.js';
import { DOCUMENTS_ASKED } from './domain/marks.events.js';
import { latestOf, MarksRepository, type ExamImage } from './marks.repository.js';
import { ReadingRepository } from './reading.repository.js';

/**
 * Writes down which documents the marks and the draft's key images have to become, and asks for them. What has not changed since the last
 * document makes none. Runs in the transaction of who asks, which is to hold the locks of reading and read.
 */
@Injectable()
export class PrepareDocuments {
  constructor(
    private readonly readings: ReadingRepository,
    private readonly marks: MarksRepository,
    private readonly directory: Directory,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  async run(caller: Caller, read: WorklistRow): Promise<void> {
    const first = await this.marks.firstImage(read.examId);
    // An examination without an image (an ECG) has nothing that a mark could lie on.
    if (!first) return;
    const organization = (await this.directory.organisation(caller.organisation))?.name ?? '';
    const known = {
      image: documentFacts(first.header),
      author: { name: caller.name, organization },
      supplement: text(first.header, '00100020')
        ? null
        : { patientId: read.patient.number, patientName: read.patient.name },
    };
    const earlier = await this.marks.documents(read.id);
    const asked = [
      await this.measurements(caller, read, known, latestOf(earlier, 'SR')),
      await this.selection(caller, read, known, latestOf(earlier, 'KO')),
    ];
    if (asked.includes(true)) await this.outbox.publish(DOCUMENTS_ASKED, read.id, { readId: read.id });
  }

  private async measurements(
    caller: Caller,
    read: WorklistRow,
    known: Omit<ReadingDocument['content'], 'images'>,
    before: DocumentSummary | undefined,
  ): Promise<boolean> {
    const { marks: all } = await this.marks.find(read.id);
    const found = await this.marks.images(read.examId, [...new Set(all.map((mark) => mark.sopInstanceUid))]);
    const marks = all.map(documented).filter((mark) => found.some((one) => one.sopInstanceUid === mark.sopInstanceUid));
    const contentSha256 = contentHash(marks);
    if (before ? before.contentSha256 === contentSha256 : marks.length === 0) return false;
    const predecessor = before
      ? { sopInstanceUid: before.sopInstanceUid, seriesInstanceUid: before.seriesInstanceUid }
      : null;
    const images = found.map((image) => ({ ...image, header: documentFacts(image.header) }));
    const facts = this.facts(caller, read, 'SR', before, contentSha256);
    await this.marks.addDocument(
      { ...facts, kind: 'SR', content: { ...known, marks, images, predecessor } },
      'waiting',
    );
    return true;
  }

  private async selection(
    caller: Caller,
    read: WorklistRow,
    known: Omit<ReadingDocument['content'], 'images'>,
    before: DocumentSummary | undefined,
  ): Promise<boolean> {
    const chosen = (await this.readings.find(read.id))?.draft.keyImages ?? [];
    const found = await this.marks.images(read.examId, [...new Set(chosen.map((one) => one.sopInstanceUid))]);
    const images = [...new Map(chosen.map((one) => [`${one.sopInstanceUid} ${one.frame}`, one])).values()].flatMap(
      (one) => {
        const image = found.find((candidate) => candidate.sopInstanceUid === one.sopInstanceUid);
        return image ? [{ ...referenceTo(image), frame: one.frame }] : [];
      },
    );
    const contentSha256 = contentHash(images.map(({ sopInstanceUid, frame }) => ({ sopInstanceUid, frame })));
    if (before ? before.contentSha256 === contentSha256 : images.length === 0) return false;
    const facts = this.facts(caller, read, 'KO', before, contentSha256);
    // A selection holds an image at least (PS3.16 TID 2010): one that is empty cannot be written.
    const state = images.length === 0 ? 'void' : 'waiting';
    await this.marks.addDocument({ ...facts, kind: 'KO', content: { ...known, title: 'of-interest', images } }, state);
    return state === 'waiting';
  }

  private facts(
    caller: Caller,
    read: WorklistRow,
    kind: DocumentKind,
    before: DocumentSummary | undefined,
    contentSha256: string,
  ): Omit<ReadingDocument, 'kind' | 'content'> {
    const revision = (before?.revision ?? 0) + 1;
    return {
      sopInstanceUid: documentUid(read.id, kind, revision),
      seriesInstanceUid: documentUid(read.id, kind, 'series'),
      readId: read.id,
      revision,
      contentSha256,
      askedBy: caller.id,
      askedAt: this.clock.now(),
    };
  }
}

function referenceTo({ sopClassUid, sopInstanceUid, seriesInstanceUid, multiFrame }: ExamImage): ImageReference {
  return { sopClassUid, sopInstanceUid, seriesInstanceUid, multiFrame };
}
