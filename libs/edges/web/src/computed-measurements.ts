import type { MeasureEcg } from '#libs/catalogue';
import type { EcgMeasurement, EcgRecording } from '#libs/formats/ecg';
import { measureEcg, type EcgMeasures, type Measured } from '#libs/formats/ecg-measure';

/** Longer ones would keep a request, and all behind it, waiting. */
const LONGEST_SECONDS = 120;

/** What the worker measured in an examination's recording; else, of a whole one that is given, what can be measured at once. */
export async function computedOf(
  kept: MeasureEcg,
  examId: string,
  recording: EcgRecording | null,
): Promise<EcgMeasurement[] | null> {
  const [measured] = await kept.find(examId);
  if (measured) return listed(measured.measures);
  return recording ? computedMeasurements(recording) : null;
}

/** For a recording that the worker has not come to yet; null for one of more than two minutes, which waits for it. */
function computedMeasurements(recording: EcgRecording): EcgMeasurement[] | null {
  const seconds = Math.max(...recording.leads.map(({ samples, sampleRateHz }) => samples.length / sampleRateHz));
  if (seconds > LONGEST_SECONDS) return null;
  return listed(measureEcg(recording));
}

/** What was measured here, beside the device's own and under the same codes. */
function listed(found: EcgMeasures): EcgMeasurement[] {
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
