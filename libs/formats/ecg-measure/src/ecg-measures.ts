import type { EcgBeat } from './find-beats.js';
import type { LeadQuality } from './lead-quality.js';

/** One computed value. `value` is null where it cannot be measured, and `why` says why; it is never a zero that stands for nothing. */
export interface Measured {
  readonly value: number | null;
  readonly unit: 'ms' | '/min' | 'deg';
  /** How it was computed, in words. */
  readonly method: string;
  readonly why?: string;
}

/** ST of one lead against the level just before QRS, in microvolts. */
export interface StLevel {
  readonly lead: string;
  readonly jMicrovolts: number;
  readonly j60Microvolts: number;
  readonly method: string;
}

/** Three seconds and more without a beat. */
export interface EcgPause {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** `open` when no beat ends it: the recording does. */
  readonly kind: 'rr' | 'open';
  /** Why this may be no pause of the heart. */
  readonly doubt?: string;
}

/** Three and more beats that follow each other by 0.4 s or less (150 a minute). */
export interface FastRun {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly beats: number;
  readonly ratePerMinute: number;
  /** Null for a run under three seconds, beyond the 20 longest, and where QRS does not stand out. */
  readonly qrsMilliseconds: number | null;
}

export interface EcgWarning {
  readonly code: 'lead-off' | 'arms-reversed' | 'right-arm-and-leg-reversed' | 'saturated' | 'noisy' | 'no-beats';
  readonly leads: readonly string[];
  readonly text: string;
  /** The rule's source. */
  readonly source: string;
}

/** All computed, for the doctor to confirm. Times are seconds from the start of the recording. */
export interface EcgMeasures {
  readonly beats: readonly EcgBeat[];
  readonly rr: {
    readonly count: number;
    /** Milliseconds, over all R-R but those within which every lead is off. */
    readonly mean: number | null;
    readonly median: number | null;
    readonly shortest: { readonly milliseconds: number; readonly atSeconds: number } | null;
    readonly longest: { readonly milliseconds: number; readonly atSeconds: number } | null;
    readonly standardDeviation: number | null;
    /** Root mean square of successive differences over the mean: a number of irregularity, no diagnosis. */
    readonly irregularity: number | null;
  };
  readonly rate: Measured;
  readonly p: Measured;
  readonly pr: Measured;
  readonly qrs: Measured;
  readonly qt: Measured;
  readonly qtcBazett: Measured;
  readonly qtcFridericia: Measured;
  readonly pAxis: Measured;
  readonly qrsAxis: Measured;
  readonly tAxis: Measured;
  readonly st: readonly StLevel[];
  /** Where the averaged beats lie; null when none could be averaged. */
  readonly averaged: { readonly fromSeconds: number; readonly toSeconds: number; readonly beats: number } | null;
  readonly pauses: readonly EcgPause[];
  readonly fastRuns: readonly FastRun[];
  readonly quality: readonly LeadQuality[];
  readonly warnings: readonly EcgWarning[];
}
