import { EcgLevelsWriter, readDicomWaveform, readEcg, secondsOf, type EcgRecording } from '#libs/formats/ecg';
import { measureEcg, rateTrend, type EcgMeasures, type RateMinute } from '#libs/formats/ecg-measure';

/** A longer one is shown by stretches, and has levels and an overview. */
export const LONG_SECONDS = 600;

/** What was computed of a recording, beside what its device says of it; for a doctor to confirm. */
export interface MeasuredEcg {
  readonly measures: EcgMeasures;
  /** The device's own words. */
  readonly statements: readonly string[];
}

/** What a long recording is found one's way in by; computed. */
export interface EcgOverview {
  readonly trend: readonly RateMinute[];
  readonly pauses: EcgMeasures['pauses'];
  readonly fastRuns: EcgMeasures['fastRuns'];
}

/** The measures, and the levels with the overview in them where the recording is long. */
export interface MadeOfEcg {
  readonly measured: MeasuredEcg;
  readonly levels: Uint8Array | null;
}

export function measuredEcg(recording: EcgRecording): MeasuredEcg {
  return { measures: measureEcg(recording), statements: recording.statements };
}

export function overviewOf({ measures }: MeasuredEcg, seconds: number): EcgOverview {
  return { trend: rateTrend(measures, seconds), pauses: measures.pauses, fastRuns: measures.fastRuns };
}

/** @throws EcgFormatError where the bytes are no recording */
export function madeOfEcg(bytes: Uint8Array, format: string): MadeOfEcg {
  const recording = format === 'dicom' ? readDicomWaveform(bytes) : readEcg(bytes);
  const measured = measuredEcg(recording);
  const seconds = secondsOf(recording);
  if (seconds <= LONG_SECONDS) return { measured, levels: null };
  const { leads } = recording;
  const begin = Math.min(...leads.map(({ startSeconds, skewSeconds = 0 }) => startSeconds + skewSeconds));
  const names = leads.map(({ name }) => name);
  const levels = new EcgLevelsWriter(names, seconds, begin);
  levels.push(recording);
  return { measured, levels: levels.end(overviewOf(measured, seconds)) };
}
