import type { EcgRecording } from '../ecg-recording.js';

/** A part of a recording, in seconds from where it begins. */
export interface EcgStretch {
  readonly fromSeconds: number;
  readonly seconds: number;
}

/** A file of which any stretch can be read without the rest, as the day of a Holter has to be. */
export interface EcgReel {
  /** All that its reader gives but the samples: each lead has none. */
  readonly recording: EcgRecording;
  readonly seconds: number;
  /** Where in the file the samples of a stretch lie. */
  bytesOf(stretch: EcgStretch): { readonly start: number; readonly length: number };
  /** The stretch out of just those bytes; each lead's `startSeconds` says where it begins. Notes may be those of the stretch alone. */
  cut(bytes: Uint8Array, stretch: EcgStretch): EcgRecording;
}

/** The first sample at `seconds` or after it; the guard keeps 1250.0000001 from becoming 1251. */
export function samplePlace(seconds: number, sampleRateHz: number, length: number): number {
  return Math.min(length, Math.max(0, Math.ceil(seconds * sampleRateHz - 1e-6)));
}
