import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import {
  buildKeyObjectSelection,
  buildMeasurementReport,
  COMPREHENSIVE_SR,
  documentBytes,
  EXPLICIT_VR_LITTLE_ENDIAN,
  KEY_OBJECT_SELECTION,
  type DicomJson,
  type DocumentOrigin,
} from '#libs/formats/dicom';
import { callerOf, type Caller } from '#libs/identity';
import { ReceiveInstance } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { Reaction, type OutboxEvent } from '#libs/persistence';
import { WorklistRepository } from '#libs/worklist';
import type { ReadingDocument } from './domain/marks.js';
import { DOCUMENTS_ASKED } from './domain/marks.events.js';
import { MarksRepository } from './marks.repository.js';

/** Behind those of a study's own. */
const SERIES_NUMBERS = { SR: 9001, KO: 9002 } as const;
const SOP_CLASSES = { SR: COMPREHENSIVE_SR, KO: KEY_OBJECT_SELECTION } as const;

/**
 * Makes the documents that are asked for and brings them to the door, as what the examining organisation holds. Made again they are the
 * same bytes, and the door takes them for the duplicates that they are.
 */
@Injectable()
export class OnDocumentsAsked extends Reaction {
  readonly event = DOCUMENTS_ASKED;
  readonly name = 'reading.on-documents-asked';

  constructor(
    private readonly worklist: WorklistRepository,
    private readonly marks: MarksRepository,
    private readonly door: ReceiveInstance,
    private readonly audit: AuditTrail,
  ) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    for (const readId of new Set(events.map((event) => String(event.payload['readId'])))) await this.store(readId);
  }

  private async store(readId: string): Promise<void> {
    // The lock keeps the examination from being deleted meanwhile; one that is gone gets no documents.
    const read = await this.worklist.lock(readId);
    if (!read?.examId) return;
    const system = callerOf({
      kind: 'system',
      id: this.name,
      name: 'Qiao',
      organisation: read.organisation,
      duties: ['pacs'],
    });
    for (const document of await this.marks.lockWaiting(readId)) {
      await this.bring(system, document);
      await this.marks.markStored(document.sopInstanceUid);
      await this.audit.record({
        actor: system,
        action: 'store-document',
        subject: { kind: 'instance', id: document.sopInstanceUid },
        outcome: 'done',
        detail: { readId, kind: document.kind, revision: document.revision, askedBy: document.askedBy },
      });
    }
  }

  private async bring(system: Caller, document: ReadingDocument): Promise<void> {
    try {
      const { supplement } = document.content;
      const reception = await this.door.openDataset(
        system,
        {
          transport: 'reading',
          sender: document.askedBy,
          ...(supplement && { supplement }),
        },
        {
          sopClassUid: SOP_CLASSES[document.kind],
          sopInstanceUid: document.sopInstanceUid,
          transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
        },
      );
      await reception.write(documentBytes(written(document)));
      await reception.commit();
    } catch (error) {
      // No room today may be room tomorrow: it is tried again.
      if (error instanceof Refusal && error.kind === 'no-room')
        throw new Refusal('unavailable', error.code, error.message, error.detail);
      throw error;
    }
  }
}

function written(document: ReadingDocument): DicomJson {
  const { content } = document;
  const origin: DocumentOrigin = {
    image: content.image,
    sopInstanceUid: document.sopInstanceUid,
    seriesInstanceUid: document.seriesInstanceUid,
    seriesNumber: SERIES_NUMBERS[document.kind],
    instanceNumber: document.revision,
    madeAt: new Date(document.askedAt),
    author: content.author,
  };
  if (document.kind === 'KO') return buildKeyObjectSelection({ ...document.content, origin });
  const { marks, images, predecessor } = document.content;
  return buildMeasurementReport({ origin, marks, images, predecessor: predecessor ?? undefined });
}
