export type Permission =
  | 'worklist.view'
  | 'report.write'
  | 'report.review'
  | 'upload.send'
  | 'exam.follow'
  | 'request.create'
  | 'recognition.view'
  | 'quality.view'
  | 'quality.decide'
  | 'figures.view';

export interface Named {
  id: string;
  name: string;
}

export interface Organisation {
  code: string;
  name: string;
}

export interface SessionUser {
  id: string;
  displayName: string;
  organisation: Organisation;
  permissions: string[];
}

export interface Session {
  user: SessionUser;
  csrfToken: string;
}

export type ReadState = 'open' | 'assigned' | 'claimed' | 'done' | 'returned' | 'cancelled';
export type Priority = 'routine' | 'urgent' | 'emergency';
export type Kind = 'imaging' | 'ecg';
export type Sex = 'M' | 'F' | 'O';

export interface Patient {
  number: string;
  name: string;
  sex: Sex | null;
  /** YYYY-MM-DD */
  birthDate: string | null;
  age: string | null;
  idCardMasked: string | null;
}

export interface Reading {
  state: 'drafting' | 'submitted' | 'reviewed';
  author: Named;
  reviewer: Named | null;
  sentBackReason: string | null;
}

export interface Returned {
  reason: string;
  note: string | null;
}

export type QualityGrade = 'A' | 'B' | 'C';

/** What was last said of the images. */
export interface Quality {
  grade: QualityGrade;
  reasons: ReturnReason[];
  note: string | null;
  by: Named;
  at: string;
}

/** The images stand in for ones that were returned: another examination's, or this one's own. */
export interface Retake {
  readId: string;
  reason: ReturnReason;
  note: string | null;
  returnedAt: string;
}

export type QualityFigureName = 'reads' | QualityGrade | 'ungraded' | 'returned' | 'retaken';

/** One member's month of one kind. */
export interface QualityFigures {
  organisation: Organisation;
  kind: Kind;
  reads: number;
  gradeA: number;
  gradeB: number;
  gradeC: number;
  ungraded: number;
  returned: number;
  retaken: number;
  medianRetakeMinutes: number | null;
  faults: Partial<Record<ReturnReason, number>>;
}

export interface QualityCase {
  readId: string;
  patient: { number: string; name: string } | null;
  item: string | null;
  openedAt: string;
  grade: QualityGrade | null;
  faults: ReturnReason[];
  returned: boolean;
  retakenBy: string | null;
}

/** One case of the worklist. Times are ISO 8601. */
export interface ReadRow {
  id: string;
  state: ReadState;
  kind: Kind;
  priority: Priority;
  item: { code: string; name: string } | null;
  modality: string | null;
  description: string | null;
  patient: Patient;
  organisation: Organisation;
  examId: string;
  studyInstanceUid: string;
  instances: number;
  expectedInstances: number | null;
  /** announced and not here */
  missing: number;
  /** settled although the sender broke off */
  interrupted: boolean;
  /** undecided instances of a served UID with other content */
  conflicts: number;
  /** headers that contradict the patient's file */
  identityDoubts: number;
  /** critical values that a rule proposes and nobody has decided on */
  criticalProposed: number;
  examState: 'arriving' | 'settled' | 'reopened';
  examinedAt: string | null;
  receivedAt: string;
  dueAt: string | null;
  clinicalInformation: string | null;
  assignee: Named | null;
  claimedBy: Named | null;
  reading: Reading | null;
  report: { id: string; status: string } | null;
  returned: Returned | null;
  quality: Quality | null;
  retake: Retake | null;
}

export interface KeyImage {
  sopInstanceUid: string;
  /** Counts from 1. */
  frame: number;
}

export interface TemplateUsed {
  id: string;
  version: number;
}

/** Something in a report that cannot be true as it is written. */
export interface Contradiction {
  code: 'side-in-report' | 'side-against-request' | 'side-against-images' | 'sex' | 'unit';
  field: 'findings' | 'impression';
  text: string;
  against: string;
  key: string;
}

export interface Draft {
  findings: string;
  impression: string;
  keyImages: KeyImage[];
  templates: TemplateUsed[];
  version: number;
  savedAt: string;
}

/** Another examination of the same person, from any member; `id` is that of its read. */
export interface Prior {
  id: string;
  kind: Kind;
  item: { code: string; name: string } | null;
  modality: string | null;
  description: string | null;
  organisation: Organisation;
  patient: Pick<Patient, 'number' | 'name' | 'sex' | 'age'>;
  studyInstanceUid: string;
  instances: number;
  examinedAt: string | null;
  receivedAt: string;
  report: { id: string; status: string; signedAt: string } | null;
}

export interface PriorDetail extends Prior {
  words: { findings: string; impression: string; author: Named; reviewer: Named; signedAt: string } | null;
}

/** A template fills findings and impression; a phrase has its words in `findings`. */
export interface ReportText {
  id: string;
  kind: 'template' | 'phrase';
  /** null: for every examination */
  subject: { code: string; name: string } | null;
  own: boolean;
  version: number;
  /** under which it is looked for; null: none */
  group: string | null;
  groupSounds: string[];
  name: string;
  /** pinyin of the name, whole and in initials */
  sounds: string[];
  findings: string;
  impression: string;
}

export interface ReportTexts {
  items: ReportText[];
  /** what this examination is, as far as templates tell it apart */
  subject: { code: string; name: string } | null;
}

/** What an examination must be for a rule to hold; what is left out fits everything. */
export interface HangingCondition {
  modalities?: string[];
  /** one of them is found in the body part, the item or a description */
  words?: string[];
  laterality?: 'L' | 'R';
  /** an image of each is there */
  views?: string[];
  /** at least */
  series?: number;
  images?: number;
}

/** What hangs in a cell; without anything asked: the next that is left. */
export interface HangingCell {
  words?: string[];
  views?: string[];
  laterality?: 'L' | 'R';
  plane?: 'axial' | 'coronal' | 'sagittal';
  window?: 'lung' | 'mediastinum' | 'bone' | 'brain' | 'abdomen';
  /** said in the cell where nothing fits, which then stays empty */
  name?: string;
}

export interface HangingStep {
  rows: number;
  columns: number;
  cells?: HangingCell[];
  together?: boolean;
  lines?: boolean;
  /** breasts: chest walls towards each other, upright, at one scale */
  backToBack?: boolean;
}

export interface HangingRule {
  id: string;
  /** false: the network's */
  own: boolean;
  enabled: boolean;
  version: number;
  name: string;
  condition: HangingCondition;
  steps: HangingStep[];
}

export type MarkKind =
  | 'length'
  | 'bidirectional'
  | 'angle'
  | 'cobb'
  | 'rectangle'
  | 'ellipse'
  | 'freehand'
  | 'arrow'
  | 'probe'
  | 'cardiothoracic'
  | 'centre-line';
export type MarkQuantity =
  | 'length'
  | 'short-axis'
  | 'angle'
  | 'hip-knee-ankle'
  | 'axis-deviation'
  | 'area'
  | 'mean'
  | 'deviation'
  | 'maximum'
  | 'minimum'
  | 'ratio'
  | 'value';
export type MarkUnit = 'mm' | 'px' | 'deg' | 'mm2' | 'px2' | 'HU' | 'SUV' | 'Bq/ml' | '1' | 'grey';
export type MarkCalibration = 'patient' | 'detector' | 'region' | 'pixels' | 'unknown';
/** A column and a row; (0,0) is the top left corner of the top left pixel (PS3.3 C.18.6.1.1). */
export type MarkPoint = [column: number, row: number];

/** A measurement or annotation on one image. */
export interface Mark {
  /** A DICOM UID, the same over edits. */
  id: string;
  kind: MarkKind;
  sopInstanceUid: string;
  /** Counts from 1. */
  frame: number;
  points: MarkPoint[];
  text?: string;
  values: { quantity: MarkQuantity; value: number; unit: MarkUnit }[];
  calibration: MarkCalibration;
}

/** A document of the same study that was made elsewhere: to be looked at, not changed. */
export interface ForeignMarks {
  kind: 'SR' | 'KO';
  sopInstanceUid: string;
  manufacturer: string | null;
  institution: string | null;
  observer: string | null;
  marks: Mark[];
  keyImages: KeyImage[];
  /** groups and numbers that could not be told for sure, and were left out */
  notUnderstood: number;
}

export interface MarksOfRead {
  version: number;
  marks: Mark[];
  elsewhere: ForeignMarks[];
}

export type ReadAction =
  'claim' | 'release' | 'return' | 'draft' | 'submit' | 'send-back' | 'review' | 'sign' | 'grade';

export const dismissalReasons = ['artefact', 'measured-wrongly', 'known-before', 'other'] as const;
export type DismissalReason = (typeof dismissalReasons)[number];

/** A critical value (危急值) that a rule proposes, and what the doctor made of it. */
export interface CriticalProposal {
  id: string;
  rule: string;
  ruleSet: string;
  value: string;
  threshold: string;
  basis: 'measured' | 'device statement' | 'device statement and measured';
  evidence: { fromSeconds: number; toSeconds: number; text: string }[];
  state: 'proposed' | 'accepted' | 'dismissed';
  decidedBy: Named | null;
  decidedAt: string | null;
  reason: DismissalReason | null;
  note: string | null;
}

export interface ReadDetail extends ReadRow {
  criticalProposals: CriticalProposal[];
  draft: Draft | null;
  /** of the draft as it is stored */
  contradictions: Contradiction[];
  allowed: ReadAction[];
}

export interface WorklistCounts {
  waiting: number;
  mine: number;
  toReview: number;
  done: number;
}

export interface Worklist {
  items: ReadRow[];
  next: string | null;
  counts: WorklistCounts;
  /** Finished since midnight, and waiting although the target has passed. */
  today: { done: number; overdue: number };
}

export interface ExamRow {
  id: string;
  kind: Kind;
  patient: Patient;
  modality: string | null;
  description: string | null;
  state: 'arriving' | 'settled' | 'reopened';
  instances: number;
  expectedInstances: number | null;
  /** announced and not here */
  missing: number;
  /** settled although the sender broke off */
  interrupted: boolean;
  /** undecided instances of a served UID with other content */
  conflicts: number;
  /** headers that contradict the patient's file */
  identityDoubts: number;
  receivedAt: string;
  read: { id: string; state: ReadState; readingState: Reading['state'] | null } | null;
  report: { id: string; status: string; signedAt: string } | null;
  returned: Returned | null;
  quality: Quality | null;
  retake: Retake | null;
  /** another examination has taken its place */
  retaken: boolean;
}

export type UploadOutcome = 'stored' | 'duplicate' | 're-encoded' | 'conflict' | 'quarantined' | 'refused' | 'unpacked';

export interface BatchItem {
  filename: string;
  size: number | null;
  outcome: UploadOutcome;
  code: string | null;
  reason: string | null;
  sopInstanceUid: string | null;
  studyInstanceUid: string | null;
}

export interface UnfinishedUpload {
  id: string;
  filename: string;
  size: number;
  offset: number;
}

export interface BatchAnnouncement {
  batch: string;
  title: string;
  files: number;
  bytes: number;
  studies: { studyInstanceUid: string; sopInstanceUids?: string[]; instances?: number }[];
}

/** A batch that was begun and is not finished. */
export interface OpenBatch {
  batch: string;
  title: string;
  files: number;
  bytes: number;
  filesEnded: number;
  bytesEnded: number;
  startedAt: string;
  uploads: UnfinishedUpload[];
}

export interface Batch {
  uploads: UnfinishedUpload[];
  missing: string[];
  items: BatchItem[];
  next: string | null;
}

/** A report as a reader of results sees it; whatever the server leaves out is not shown. */
export interface Report {
  id: string;
  status: string;
  version: number;
  findings: string;
  impression: string;
  signedAt: string | null;
  author?: Named | string | null;
  reviewer?: Named | string | null;
  patient?: Partial<Patient> | null;
  examiningInstitution?: Organisation | null;
  readingInstitution?: Organisation | null;
  clinicalInformation?: string | null;
  item?: { code: string; name: string } | null;
  examinedAt?: string | null;
}

export const returnReasons = [
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
export type ReturnReason = (typeof returnReasons)[number];
