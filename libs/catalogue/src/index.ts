/**
 * The catalogue: what was received, filed as examinations (an imaging study or an ECG recording) of patients, with their series and
 * instances. An examination settles when nothing has come for a while; a late image reopens it.
 */
export {
  CatalogueRepository,
  type InstanceLocation,
  type SeriesSummary,
  type StudyFilter,
  type StudySummary,
} from './catalogue.repository.js';
export { CompletenessRepository } from './completeness.repository.js';
export { ReconciliationRepository, type OpenReconciliation } from './reconciliation.repository.js';
export { ChooseInstance } from './choose-instance.js';
export { CompressFrames } from './compress-frames.js';
export { DecideIdentity } from './decide-identity.js';
export { CATALOGUE_OBJECTS } from './catalogue-objects.js';
export { CatalogueModule } from './catalogue.module.js';
export { ECG_MEASURED, type EcgMeasured } from './domain/ecg.events.js';
export type { EcgOverview, MeasuredEcg } from './domain/measured-ecg.js';
export { EXAM_SETTLED, type ExamSettled } from './domain/exam.events.js';
export { EXAM_STATES, type ExamState } from './domain/exam.states.js';
export type { Completeness, Expectation, Sending } from './domain/completeness.js';
export { BESIDE_STATES, type BesideState } from './domain/beside.states.js';
export { DOUBT_STATES, type DoubtState } from './domain/doubt.states.js';
export type { BesideInstance, ClaimedIdentity, IdentityDoubt, TwinFacts } from './domain/reconciliation.js';
export type { Exam, ExamKind } from './domain/exam.js';
export { moment } from './domain/indexed-facts.js';
export { ExpectInstances } from './expect-instances.js';
export { QUERY_LEVELS, type QueryLevel } from './domain/attribute-levels.js';
export { FindAttributes, type AttributeAnswer, type AttributeQuery } from './find-attributes.js';
export { ForgetExam, type ExamInHand } from './forget-exam.js';
export { OnInstanceStored } from './on-instance-stored.js';
export { ReadDocuments, type StoredDocument } from './read-documents.js';
export { type LeadLevels, ReadEcgLevels } from './read-ecg-levels.js';
export { ReadEcgRecording, type RecordingPart } from './read-ecg-recording.js';
export { ReadFrames, type FrameSource } from './read-frames.js';
export type { FrameBytes } from './frame-bytes.js';
export { TranscodeInstance, type ConvertedDataSet, type TranscodableInstance } from './transcode-instance.js';
export { framePixels, type FramePixels } from './domain/pixel-description.js';
export { LocateInstances } from './locate-instances.js';
export { MeasureEcg } from './measure-ecg.js';
export { OnExamSettled } from './on-exam-settled.js';
export { ReadBulkData, type BulkValue } from './read-bulk-data.js';
export { ReadVideo, type VideoStream } from './read-video.js';
export { ReadFirstPicture, type PreviewPicture } from './read-first-picture.js';
export type { StudyManifest } from './domain/study-manifest.js';
export { ReadMetadata, type MetadataAnswer } from './read-metadata.js';
export type { InstancePlace, RetrieveAddress } from './retrieval.repository.js';
export { AnnotationFont, RenderInstance, type RenderWish, type ViewportRegion } from './render-instance.js';
