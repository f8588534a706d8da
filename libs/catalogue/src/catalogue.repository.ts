import type { OrganisationScope } from '#libs/identity';
import type { DicomJson, PixelDataLocation } from '#libs/formats/dicom';
import type { StoredFormat, StoredInstance } from '#libs/ingest';
import type { Exam, ExamKind, IndexedFacts } from './domain/exam.js';

/** An instance as retrieval needs it. */
export interface InstanceLocation {
  id: string;
  organisation: string;
  patientId: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
  transferSyntaxUid: string;
  format: StoredFormat;
  digest: string;
  objectKey: string;
  sizeBytes: number;
  datasetOffset: number;
  pixelData: PixelDataLocation | null;
  attributes: DicomJson;
}

export interface SeriesSummary {
  seriesInstanceUid: string;
  modality: string | null;
  number: number | null;
  description: string | null;
  instances: number;
}

export interface StudyFilter {
  studyInstanceUids?: readonly string[];
  examIds?: readonly string[];
  patientId?: string;
  patientOrganisation?: string;
  idCard?: string;
  /** continues behind this examination, in order of arrival, newest first */
  after?: string;
  patientNumber?: string;
  accessionNumber?: string;
  modality?: string;
  examinedFrom?: Date;
  examinedTo?: Date;
  limit: number;
  offset: number;
}

export interface StudySummary extends Exam {
  patient: { number: string; name: string; sex: string | null; birthDate: string | null };
  series: number;
  modalities: string[];
}

export abstract class CatalogueRepository {
  /** Finds or makes the examination and locks it until the transaction ends. */
  abstract lockExam(facts: {
    organisation: string;
    studyInstanceUid: string;
    kind: ExamKind;
    patientId: string;
  }): Promise<Exam>;
  /** Files them under their series. @returns the ids of those that are new */
  abstract addInstances(
    examId: string,
    instances: readonly { stored: StoredInstance; facts: IndexedFacts }[],
  ): Promise<ReadonlySet<string>>;
  /** Fills what was unknown, and moves the state; every move is logged. */
  abstract refreshExam(exam: Exam, facts: readonly IndexedFacts[], reopen: boolean): Promise<void>;

  abstract exam(id: string): Promise<Exam | undefined>;
  abstract studies(scope: OrganisationScope, filter: StudyFilter): Promise<StudySummary[]>;
  abstract seriesOf(scope: OrganisationScope, studyInstanceUid: string): Promise<SeriesSummary[]>;
  /** Served instances in order of series and instance number. */
  abstract instances(
    scope: OrganisationScope,
    where: { studyInstanceUid: string; seriesInstanceUid?: string; sopInstanceUid?: string },
  ): Promise<InstanceLocation[]>;
  abstract instancesOfExam(examId: string): Promise<InstanceLocation[]>;
  /** SR and key object documents of an examination, the latest received first. */
  abstract documentsOfExam(examId: string, limit: number): Promise<InstanceLocation[]>;
  /** Does any organisation hold this study? For the audit of a try beyond one's scope; never for an answer. */
  abstract organisationsHolding(studyInstanceUid: string): Promise<string[]>;
}
