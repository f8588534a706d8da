/**
 * Reading: the words of one read on their way to a report. Drafting (autosaved, versioned) → submitted (signed by its author) → reviewed
 * by another person, or sent back with a reason.
 */
export { canonicalJson, instancesSha256, type Draft, type KeyImage, type Reading } from './domain/reading.js';
export { READING_STATES, type ReadingState } from './domain/reading.states.js';
export { visibleRead } from './read-access.js';
export { ReadingModule } from './reading.module.js';
export { ReadingRepository, type ReadingSummary } from './reading.repository.js';
export { demandOtherThanAuthor, ReviewReading } from './review-reading.js';
export { SaveDraft } from './save-draft.js';
export { SubmitReading } from './submit-reading.js';
