import type { MeasureEcg, RecordingPart } from '#libs/catalogue';
import type { EcgMeasurement, EcgRecording } from '#libs/formats/ecg';
import {
  findBeats,
  measureEcg,
  spanOf,
  type EcgMeasures,
  type EcgWarning,
  type Measured,
  type StLevel,
} from '#libs/formats/ecg-measure';

/** Longer ones would keep a request, and all behind it, waiting. */
const LONGEST_SECONDS = 120;

export interface ComputedOfView {
  computed?: EcgMeasurement[];
  beats?: number[];
  st?: Omit<StLevel, 'method'>[];
  warnings?: Omit<EcgWarning, 'source'>[];
}

/** What the worker measured in an examination's recording; else, of a whole one that is given, what can be measured at once. */
export async function computedOf(
  kept: MeasureEcg,
  examId: string,
  recording: EcgRecording | null,
): Promise<EcgMeasurement[] | null> {
  const found = await measuresOf(kept, examId, recording);
  return found && listed(found);
}

/** The same for a viewer, with ST and warnings, and the beats that lie within the part that it is sent. */
export async function computedForView(
  kept: MeasureEcg,
  examId: string,
  { recording, stretch }: RecordingPart,
): Promise<ComputedOfView> {
  const found = await measuresOf(kept, examId, stretch ? null : recording);
  if (!found) return {};
  const spans = recording.leads.map(({ startSeconds, skewSeconds = 0, samples, sampleRateHz }) => {
    const from = startSeconds + skewSeconds;
    return [from, from + samples.length / sampleRateHz] as const;
  });
  const beats = found.beats
    .map(({ seconds }) => Math.round(seconds * 1000) / 1000)
    .filter((seconds) => spans.some(([from, to]) => seconds >= from && seconds <= to));
  return {
    computed: listed(found),
    beats,
    st: found.st.map(({ lead, jMicrovolts, j60Microvolts }) => ({ lead, jMicrovolts, j60Microvolts })),
    warnings: found.warnings.map(({ code, leads, text }) => ({ code, leads, text })),
  };
}

/** Where beats are found in a further stretch of a long recording: there, not in the measures of the whole, which are large. */
export function beatsOf(stretch: EcgRecording): number[] {
  return findBeats(spanOf(stretch)).beats.map(({ seconds }) => Math.round(seconds * 1000) / 1000);
}

async function measuresOf(
  kept: MeasureEcg,
  examId: string,
  recording: EcgRecording | null,
): Promise<EcgMeasures | null> {
  const [measured] = await kept.find(examId);
  return measured?.measures ?? (recording && measuredNow(recording));
}

/** For a recording that the worker has not come to yet; null for one of more than two minutes, which waits for it. */
function measuredNow(recording: EcgRecording): EcgMeasures | null {
  const seconds = Math.max(...recording.leads.map(({ samples, sampleRateHz }) => samples.length / sampleRateHz));
  return seconds > LONGEST_SECONDS ? null : measureEcg(recording);
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
