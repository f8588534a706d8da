import type { ReadState } from './read.states.js';

export const PRIORITIES = ['routine', 'urgent', 'emergency'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** 门诊, 急诊, 住院 */
export const PATIENT_CLASSES = ['outpatient', 'emergency', 'inpatient'] as const;
export type PatientClass = (typeof PATIENT_CLASSES)[number];

/** Why an image or ECG goes back to the township (domain.md, quality control). */
export const RETURN_REASONS = [
  'position',
  'exposure',
  'motion',
  'wrong-patient',
  'missing-series',
  'lead-reversal',
  'noise',
  'lead-off',
  'other',
] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

export interface Read {
  id: string;
  examId: string;
  organisation: string;
  kind: 'imaging' | 'ecg';
  priority: Priority;
  item: string | null;
  requestId: string | null;
  clinicalInformation: string | null;
  state: ReadState;
  version: number;
  assigneeId: string | null;
  claimedBy: string | null;
  leaseUntil: Date | null;
  dueAt: Date | null;
  returnReason: ReturnReason | null;
  returnNote: string | null;
  createdAt: Date;
  /** the returned read whose examination was made again */
  retakeOf: string | null;
}

export interface ExamRequest {
  id: string;
  organisation: string;
  accessionNumber: string | null;
  patientNumber: string;
  patientName: string;
  sex: 'M' | 'F' | 'O' | null;
  birthDate: string | null;
  idCard: string | null;
  item: string;
  clinicalInformation: string;
  priority: Priority;
  /** what kind of visit it belongs to, where the orderer says */
  patientClass: PatientClass | null;
  requestedBy: string;
  requestedAt: Date;
  examId: string | null;
}

export interface ExamItem {
  code: string;
  name: string;
  kind: 'imaging' | 'ecg';
  modalities: string[];
  bodyPart: string | null;
  /** how many days a result of this item may stand for a new examination */
  recognitionDays: number;
}

/** Which item an examination is, when no request says so: by modality and the body part or words of its description; else one for any part. */
export function guessItem(
  items: readonly ExamItem[],
  exam: { kind: string; modality: string | null; bodyPart: string | null; description: string | null },
): ExamItem | undefined {
  const about = `${exam.bodyPart ?? ''} ${exam.description ?? ''}`.toUpperCase();
  const fitting = items.filter((item) => item.kind === exam.kind && item.modalities.includes(exam.modality ?? ''));
  return (
    fitting.find(
      ({ bodyPart, name }) => bodyPart !== null && (about.includes(bodyPart) || about.includes(name.slice(0, 2))),
    ) ?? fitting.find(({ bodyPart }) => bodyPart === null)
  );
}
