import type { EcgMeasurement, EcgRecording } from '#libs/formats/ecg';
import { measureEcg, type Measured } from '#libs/formats/ecg-measure';

/** Longer ones would keep a request, and all behind it, waiting. */
const LONGEST_SECONDS = 120;

/** What is measured here, beside the device's own and under the same codes; null for a recording of more than two minutes. */
export function computedMeasurements(recording: EcgRecording): EcgMeasurement[] | null {
  const seconds = Math.max(...recording.leads.map(({ samples, sampleRateHz }) => samples.length / sampleRateHz));
  if (seconds > LONGEST_SECONDS) return null;
  const found = measureEcg(recording);
  const values: readonly (readonly [string, Measured])[] = [
    ['HR', found.rate],
    ['P', found.p],
    ['PR', found.pr],
    ['QRS', found.qrs],
    ['QT', found.qt],
    ['QTcB', found.qtcBazett],
    ['QTcF', found.qtcFridericia],
    ['P-axis', found.pAxis],
    ['QRS-axis', found.qrsAxis],
    ['T-axis', found.tAxis],
  ];
  return values.flatMap(([code, { value, unit }]) =>
    value === null ? [] : [{ code, value: Math.round(value), unit: unit === '/min' ? 'bpm' : unit }],
  );
}
