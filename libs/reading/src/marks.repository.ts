import type { DicomJson, ImageReference } from '#libs/formats/dicom';
import type { AuthoredMark, DocumentKind, DocumentSummary, ReadingDocument, ReadingMarks } from './domain/marks.js';

/** An image of an examination: what it is, and its header. */
export interface ExamImage extends ImageReference {
  readonly header: DicomJson;
}

export abstract class MarksRepository {
  abstract find(readId: string): Promise<ReadingMarks>;
  /** The caller holds the reading's lock. @returns undefined when `version` is not the one stored */
  abstract save(
    readId: string,
    marks: readonly AuthoredMark[],
    savedBy: string,
    version: number,
  ): Promise<{ version: number; savedAt: Date } | undefined>;

  /** How many frames each of these images has; those that are no images of the examination are missing. */
  abstract framesOf(examId: string, sopInstanceUids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** These images of the examination. */
  abstract images(examId: string, sopInstanceUids: readonly string[]): Promise<ExamImage[]>;
  /** The first image of the examination, in order of series and number. */
  abstract firstImage(examId: string): Promise<ExamImage | undefined>;

  /** Oldest first. */
  abstract documents(readId: string): Promise<DocumentSummary[]>;
  abstract addDocument(document: ReadingDocument, state: 'waiting' | 'void'): Promise<void>;
  /** Locked until the transaction ends, oldest first. */
  abstract lockWaiting(readId: string): Promise<ReadingDocument[]>;
  abstract markStored(sopInstanceUid: string): Promise<void>;
}

export function latestOf(documents: readonly DocumentSummary[], kind: DocumentKind): DocumentSummary | undefined {
  return documents.findLast((document) => document.kind === kind);
}
