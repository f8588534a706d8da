import { readDicomWaveform, readEcg } from '#libs/formats/ecg';
import { measureEcg, type EcgMeasures } from '#libs/formats/ecg-measure';

/** What was computed of a recording, beside what its device says of it; for a doctor to confirm. */
export interface MeasuredEcg {
  readonly measures: EcgMeasures;
  /** The device's own words. */
  readonly statements: readonly string[];
}

/** @throws EcgFormatError where the bytes are no recording */
export function measuredEcg(bytes: Uint8Array, format: string): MeasuredEcg {
  const recording = format === 'dicom' ? readDicomWaveform(bytes) : readEcg(bytes);
  return { measures: measureEcg(recording), statements: recording.statements };
}
