/** Measuring an ECG: pure. What is computed here is proposed for a doctor to confirm; docs/ecg-measuring.md names the methods and limits. */
export { measureEcg, MEASURES_VERSION } from './measure-ecg.js';
export type { EcgMeasures, EcgPause, EcgWarning, FastRun, Measured, StLevel } from './ecg-measures.js';
export type { LeadQuality, Stretch } from './lead-quality.js';
export { findBeats, type EcgBeat } from './find-beats.js';
export { type RateMinute, rateTrend } from './rate-trend.js';
export { spanOf } from './lead-grid.js';
export {
  CRITICAL_ECG_RULE_SETS,
  type CriticalRule,
  type CriticalRuleSet,
  type CriticalTest,
} from './critical-ecg-rules.js';
export { type CriticalProposal, type CriticalProposals, proposeCriticalValues } from './propose-critical-values.js';
