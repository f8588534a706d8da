/** Examinations of the project's own making, for the demo and the tests: phantoms, never people. Pure, no I/O. */
export { sampleAecg } from './sample-aecg.js';
export { sampleCt, type SampleCtOptions } from './sample-ct.js';
export { sampleDr } from './sample-dr.js';
export { sampleEcg } from './sample-ecg.js';
export { type SampleFile, type SampleOptions, sampleUid } from './sample-study.js';
