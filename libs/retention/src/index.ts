/**
 * Retention: how long examinations are kept, what holds them, and their deletion with a reason.
 *
 * Outpatient and emergency records are kept no less than 15 years, inpatient records no less than 30 (《医疗机构管理条例实施细则》第五十三条),
 * counted from the patient's last visit or last discharge (《医疗机构病历管理规定（2013年版）》); classes and years are data. That a retention
 * has run out deletes nothing: it puts the examination on a list, and a person decides. Days are `YYYY-MM-DD` in Asia/Shanghai.
 */
export { CorrectRetention, type RetentionCorrection } from './correct-retention.js';
export { DeleteExam, type DeletionOrder } from './delete-exam.js';
export { DeletionsRepository, type Deletion, type DeletionSummary } from './deletions.repository.js';
export { DetermineRetention, type StandingRetention } from './determine-retention.js';
export { blockersOf, type Blocker, type DeletionFacts, type DeletionReason } from './domain/deletion.js';
export { HOLD_STATES, type HoldState } from './domain/hold.states.js';
export { keepUntil, type ClassSource, type Retention, type RetentionClass } from './domain/retention.js';
export { visibleExam } from './exam-access.js';
export { HoldExam } from './hold-exam.js';
export { HoldsRepository, type Hold } from './holds.repository.js';
export { OnExamSettled } from './on-exam-settled.js';
export { OnReadOpened } from './on-read-opened.js';
export { RetentionModule } from './retention.module.js';
export { RetentionRepository, type DueExam } from './retention.repository.js';
