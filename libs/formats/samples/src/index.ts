/** Examinations of the project's own making, for the demo and the tests: phantoms, never people. Pure, no I/O. */
export {
  type DynamicalBeat,
  dynamicalEcg,
  type DynamicalEcg,
  type DynamicalEcgOptions,
  type WaveGains,
} from './dynamical-ecg.js';
export { sampleHolter, type SampleHolterOptions } from './sample-holter.js';
export { sampleAecg } from './sample-aecg.js';
export { sampleCt, type SampleCtOptions } from './sample-ct.js';
export { sampleDr } from './sample-dr.js';
export { sampleEcg } from './sample-ecg.js';
export { type SampleFile, type SampleOptions, sampleUid } from './sample-study.js';
