/** Measuring an ECG: pure. What is computed here is proposed for a doctor to confirm; docs/ecg-measuring.md names the methods and limits. */
export { findBeats, type EcgBeat } from './find-beats.js';
export { spanOf } from './lead-grid.js';
