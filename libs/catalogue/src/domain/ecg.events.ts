/** `ecg-measured`: keyed by the examination; one of its recordings has been measured. */
export const ECG_MEASURED = 'ecg-measured';
export interface EcgMeasured {
  examId: string;
}
