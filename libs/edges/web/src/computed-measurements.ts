import type { EcgMeasurement, EcgRecording } from '#libs/formats/ecg';
import { measureEcg, type EcgMeasures, type Measured } from '#libs/formats/ecg-measure';

/** Longer ones would keep a request, and all behind it, waiting. */
const LONGEST_SECONDS = 120;

/** For a recording that the worker has not come to yet; null for one of more than two minutes, which waits for it. */
export function computedMeasurements(recording: EcgRecording): EcgMeasurement[] | null {
  const seconds = Math.max(...recording.leads.map(({ samples, sampleRateHz }) => samples.length / sampleRateHz));
  if (seconds > LONGEST_SECONDS) return null;
  return listed(measureEcg(recording));
}

/** What was measured here, beside the device's own and under the same codes. */
export function listed(found: EcgMeasures): EcgMeasurement[] {
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
