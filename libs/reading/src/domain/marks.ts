import { createHash } from 'node:crypto';
import type {
  DicomJson,
  DocumentedMark,
  ImageReference,
  Mark,
  MarkedImage,
  SelectedFrame,
  SelectionTitle,
} from '#libs/formats/dicom';
import type { DocumentState } from './document.states.js';
import { canonicalJson } from './reading.js';

/** A mark with who made or last changed it. */
export interface AuthoredMark extends Mark {
  readonly author: { readonly id: string; readonly name: string };
  /** ISO 8601 */
  readonly at: string;
}

/** The marks of one read as they stand. */
export interface ReadingMarks {
  readonly marks: readonly AuthoredMark[];
  /** 0: nothing was saved yet */
  readonly version: number;
  readonly savedAt: Date | null;
}

export type DocumentKind = 'SR' | 'KO';

interface DocumentContent {
  /** header of one of the study's images, as far as a document copies it */
  readonly image: DicomJson;
  readonly author: { readonly name: string; readonly organization: string };
  /** where the images do not say who the patient is, who the examination is filed under */
  readonly supplement: { readonly patientId: string; readonly patientName: string } | null;
}
export interface MeasurementsContent extends DocumentContent {
  readonly marks: readonly DocumentedMark[];
  readonly images: readonly MarkedImage[];
  readonly predecessor: { readonly sopInstanceUid: string; readonly seriesInstanceUid: string } | null;
}
export interface SelectionContent extends DocumentContent {
  readonly title: SelectionTitle;
  readonly images: readonly (ImageReference & { readonly frame: number })[];
}

interface DocumentFacts {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly readId: string;
  /** from 1, by kind */
  readonly revision: number;
  readonly contentSha256: string;
  readonly askedBy: string;
  readonly askedAt: Date;
}
/** A document to be made of a reading. */
export type ReadingDocument = DocumentFacts &
  (
    | { readonly kind: 'SR'; readonly content: MeasurementsContent }
    | { readonly kind: 'KO'; readonly content: SelectionContent }
  );

/** The document as a list shows it. */
export interface DocumentSummary {
  readonly kind: DocumentKind;
  readonly revision: number;
  readonly state: Exclude<DocumentState, 'asked'>;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly contentSha256: string;
  readonly askedAt: Date;
}

/** What is drawn, without who drew it. */
function drawing({ id, kind, sopInstanceUid, frame, points, text, values, calibration }: Mark): Mark {
  return { id, kind, sopInstanceUid, frame, points, ...(text && { text }), values, calibration };
}

/** The marks as they are now: one that did not change keeps its author and time. */
export function authored(
  before: readonly AuthoredMark[],
  now: readonly Mark[],
  author: AuthoredMark['author'],
  at: Date,
): AuthoredMark[] {
  const known = new Map(before.map((mark) => [canonicalJson(drawing(mark)), mark]));
  return now.map(
    (mark) => known.get(canonicalJson(drawing(mark))) ?? { ...drawing(mark), author, at: at.toISOString() },
  );
}

export function documented(mark: AuthoredMark): DocumentedMark {
  return { ...drawing(mark), observer: mark.author.name };
}

export function contentHash(content: readonly (DocumentedMark | SelectedFrame)[]): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** PS3.5 B.2: a UID made of the read, so that the same document has the same name however often it is made. */
export function documentUid(readId: string, ...role: (string | number)[]): string {
  const hex = createHash('sha256')
    .update(['reading', readId, ...role].join(' '))
    .digest('hex')
    .slice(0, 32);
  return `2.25.${BigInt(`0x${hex}`)}`;
}
