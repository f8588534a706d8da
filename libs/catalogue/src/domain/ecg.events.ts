/** `ecg-measured`: keyed by the examination; all its recordings have been measured, or could not be. */
export const ECG_MEASURED = 'ecg-measured';
export interface EcgMeasured {
  examId: string;
}
