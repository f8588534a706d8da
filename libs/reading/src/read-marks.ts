import { Injectable } from '@nestjs/common';
import { ReadDocuments, type StoredDocument } from '#libs/catalogue';
import {
  KEY_OBJECT_SELECTION,
  readKeyObjectSelection,
  readMeasurementReport,
  text,
  type DocumentedMark,
  type SelectedFrame,
} from '#libs/formats/dicom';
import type { WorklistRow } from '#libs/worklist';
import type { DocumentSummary, ReadingMarks } from './domain/marks.js';
import type { KeyImage } from './domain/reading.js';
import { MarksRepository } from './marks.repository.js';
import { ReadingRepository } from './reading.repository.js';

/** What a document from elsewhere says; it can be looked at, and not changed. */
export interface ForeignMarks {
  readonly kind: 'SR' | 'KO';
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly manufacturer: string | null;
  readonly institution: string | null;
  readonly observer: string | null;
  /** ContentDate and ContentTime as the document has them (YYYYMMDDHHMMSS), in its own zone */
  readonly contentAt: string | null;
  readonly marks: readonly DocumentedMark[];
  readonly keyImages: readonly SelectedFrame[];
  readonly notUnderstood: number;
}

export interface MarksOfRead extends ReadingMarks {
  /** the draft's own list */
  readonly keyImages: readonly KeyImage[];
  readonly documents: readonly DocumentSummary[];
  readonly elsewhere: readonly ForeignMarks[];
}

/** The marks of a read as they stand, what became of them, and those that came from elsewhere in the same study. */
@Injectable()
export class ReadMarks {
  constructor(
    private readonly readings: ReadingRepository,
    private readonly marks: MarksRepository,
    private readonly readDocuments: ReadDocuments,
  ) {}

  /** `read` was seen to be within the caller's sight. */
  async run(read: WorklistRow): Promise<MarksOfRead> {
    const [stored, reading, documents] = await Promise.all([
      this.marks.find(read.id),
      this.readings.find(read.id),
      this.marks.documents(read.id),
    ]);
    const own = new Set(documents.map((document) => document.sopInstanceUid));
    const others = await this.readDocuments.ofExam(read.examId, own);
    return { ...stored, keyImages: reading?.draft.keyImages ?? [], documents, elsewhere: elsewhere(others) };
  }
}

/** A document that another one takes the place of is not shown any more. */
function elsewhere(documents: readonly StoredDocument[]): ForeignMarks[] {
  const replaced = new Set<string>();
  const found = documents.flatMap((document) => {
    const { foreign, predecessors } = foreignMarks(document);
    for (const uid of predecessors) replaced.add(uid);
    return foreign ? [foreign] : [];
  });
  return found.filter((one) => !replaced.has(one.sopInstanceUid));
}

function foreignMarks(document: StoredDocument): { foreign?: ForeignMarks; predecessors: readonly string[] } {
  const { sopInstanceUid, seriesInstanceUid, sopClassUid, content } = document;
  const kind = sopClassUid === KEY_OBJECT_SELECTION ? 'KO' : 'SR';
  const nothing = { kind, sopInstanceUid, seriesInstanceUid, marks: [], keyImages: [], notUnderstood: 0 } as const;
  if (!content) {
    const unknown = { manufacturer: null, institution: null, observer: null, contentAt: null, notUnderstood: 1 };
    return { foreign: { ...nothing, ...unknown }, predecessors: [] };
  }
  const date = text(content, '00080023');
  const source = {
    manufacturer: text(content, '00080070'),
    institution: text(content, '00080080'),
    observer: null,
    contentAt: date && `${date}${text(content, '00080033')?.slice(0, 6) ?? ''}`,
  };
  if (kind === 'KO') {
    const keyImages = readKeyObjectSelection(content)?.images ?? [];
    return { foreign: { ...nothing, ...source, keyImages }, predecessors: [] };
  }
  const report = readMeasurementReport(content, document.bulk);
  // Another kind of report is no measurements that were not understood.
  if (!report) return { predecessors: [] };
  const { marks, notUnderstood, observer, predecessors } = report;
  return { foreign: { ...nothing, ...source, observer, marks, notUnderstood }, predecessors };
}
