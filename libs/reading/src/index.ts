/**
 * Reading: the words of one read on their way to a report. Drafting (autosaved, versioned) → submitted (signed by its author) → reviewed
 * by another person, or sent back with a reason. What is marked on the images goes with the draft, and becomes DICOM documents (SR, KO)
 * when it is submitted.
 */
export { canonicalJson, instancesSha256, type Draft, type KeyImage, type Reading } from './domain/reading.js';
export { openBlanks } from './domain/blanks.js';
export { subjectOf, type ReportSubject } from './domain/report-subject.js';
export type { HangingCell, HangingCondition, HangingRule, HangingStep } from './domain/hanging-rule.js';
export { REPORT_TEXT_KINDS, type ReportText, type ReportTextKind, type TemplateUsed } from './domain/report-text.js';
export { READING_STATES, type ReadingState } from './domain/reading.states.js';
export { CONTRADICTION_CODES, contradictions, keyed, type Contradiction } from './domain/contradictions.js';
export { reportBackground } from './report-background.js';
export { DOCUMENT_STATES, type DocumentState } from './domain/document.states.js';
export type { AuthoredMark, DocumentSummary, ReadingMarks } from './domain/marks.js';
export { DOCUMENTS_ASKED, type DocumentsAsked } from './domain/marks.events.js';
export { HangingRulesRepository } from './hanging-rules.repository.js';
export { ListReadInstances } from './list-read-instances.js';
export { OnDocumentsAsked } from './on-documents-asked.js';
export { visibleRead } from './read-access.js';
export { ReadMarks, type ForeignMarks, type MarksOfRead } from './read-marks.js';
export { ReadingModule } from './reading.module.js';
export { ReadingRepository, type ReadingSummary } from './reading.repository.js';
export { ReportTextsRepository } from './report-texts.repository.js';
export { demandOtherThanAuthor, ReviewReading } from './review-reading.js';
export { SaveDraft } from './save-draft.js';
export { SaveHangingRule } from './save-hanging-rule.js';
export { SaveMarks } from './save-marks.js';
export { SaveReportText } from './save-report-text.js';
export { SubmitReading } from './submit-reading.js';
