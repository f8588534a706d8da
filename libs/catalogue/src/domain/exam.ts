import type { Completeness } from './completeness.js';
import type { DicomJson } from '#libs/formats/dicom';
import type { ExamState } from './exam.states.js';

export type ExamKind = 'imaging' | 'ecg';

export interface Exam extends Completeness {
  id: string;
  organisation: string;
  kind: ExamKind;
  patientId: string;
  studyInstanceUid: string;
  accessionNumber: string | null;
  modality: string | null;
  bodyPart: string | null;
  description: string | null;
  examinedAt: Date | null;
  state: ExamState;
  firstReceivedAt: Date;
  lastReceivedAt: Date;
}

/** What of an instance belongs into the catalogue's columns. */
export interface IndexedFacts {
  modality: string | null;
  bodyPart: string | null;
  studyDescription: string | null;
  seriesDescription: string | null;
  seriesNumber: number | null;
  instanceNumber: number | null;
  frames: number | null;
  rows: number | null;
  columns: number | null;
  accessionNumber: string | null;
  examinedAt: Date | null;
  counts: boolean;
  /** StudyDate and StudyTime as one comparable text, see `dateTimeText` */
  studyDateTime: string;
  studyId: string | null;
  /** spellings of ReferringPhysicianName, see patients' `nameSpellings` */
  referringNames: string[];
  /** BodyPartExamined as written */
  bodyPartExamined: string | null;
  /** PerformedProcedureStepStartDate and …Time */
  performedDateTime: string;
  scheduledStepIds: string[];
  requestedProcedureIds: string[];
  bitsAllocated: number | null;
  /** attributes of study and series level that have a value */
  studyAttributes: DicomJson;
  seriesAttributes: DicomJson;
}
