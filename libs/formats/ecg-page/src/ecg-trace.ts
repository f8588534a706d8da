import { type PageLead, startOf, tidy } from './page-lead.js';

/**
 * A run of samples on the page: sample i (startSample ≤ i < endSample) of lead `lead` lies at
 * x = originXMm + (i - startSample) * mmPerSample, y = baselineYMm - (sample * mmPerUnit + offsetMm).
 */
export interface EcgTrace {
  readonly lead: string;
  readonly derived: boolean;
  readonly startSample: number;
  readonly endSample: number;
  readonly originXMm: number;
  readonly baselineYMm: number;
  readonly mmPerSample: number;
  readonly mmPerUnit: number;
  readonly offsetMm: number;
}

/** A place on the page and the stretch of the recording's clock that it shows. */
export interface Window {
  readonly xMm: number;
  readonly baselineYMm: number;
  readonly fromSeconds: number;
  readonly seconds: number;
  /** Turned over: -aVR. */
  readonly inverted?: boolean;
}

interface Scale {
  readonly speedMmPerS: number;
  readonly gainMmPerMv: number;
}

/** A lead that stands this far from zero for the whole window would leave its row; the constant is taken away and said. */
const LARGEST_OFFSET_UV = 2000;

/** The lead in one column; where it was recorded at another time (3 or 4 leads after each other) its own first seconds, said in `notes`. */
export function columnTrace(lead: PageLead, window: Window, scale: Scale, notes: string[]): EcgTrace {
  const trace = traceOf(lead, window, scale, notes);
  if (trace.endSample > trace.startSample) return trace;
  const end = startOf(lead) + lead.samples.length / lead.sampleRateHz;
  const lasting = end - startOf(lead) >= window.seconds * 2;
  if (lasting || lead.samples.length === 0) return trace;
  notes.push(
    `Lead ${lead.name} was recorded at another time than its column shows; it is not simultaneous with the others.`,
  );
  return traceOf(lead, { ...window, fromSeconds: startOf(lead) }, scale, notes);
}

/** The lead along the whole page. */
export function stripTrace(lead: PageLead, window: Window, scale: Scale, notes: string[]): EcgTrace {
  return traceOf(lead, window, scale, notes);
}

function traceOf(lead: PageLead, window: Window, scale: Scale, notes: string[]): EcgTrace {
  // A sample that falls on the edge belongs to the window it begins; the guard keeps 1250.0000001 from becoming 1251.
  const index = (seconds: number): number => {
    const at = Math.ceil((seconds - startOf(lead)) * lead.sampleRateHz - 1e-6);
    return Math.min(lead.samples.length, Math.max(0, at));
  };
  const startSample = index(window.fromSeconds);
  const endSample = Math.max(startSample, index(window.fromSeconds + window.seconds));
  const late = startOf(lead) + startSample / lead.sampleRateHz - window.fromSeconds;
  const sign = window.inverted ? -1 : 1;
  const offset = displayOffset(lead, startSample, endSample);
  if (offset !== 0)
    notes.push(`Lead ${lead.name}: a constant of ${(-offset / 1000).toFixed(1)} mV is taken away for display.`);
  return {
    lead: lead.name,
    derived: lead.derived,
    startSample,
    endSample,
    originXMm: tidy(window.xMm + (endSample > startSample ? late * scale.speedMmPerS : 0)),
    baselineYMm: window.baselineYMm,
    mmPerSample: tidy(scale.speedMmPerS / lead.sampleRateHz),
    mmPerUnit: tidy((sign * lead.microvoltsPerUnit * scale.gainMmPerMv) / 1000),
    offsetMm: tidy((sign * (lead.baselineMicrovolts + offset) * scale.gainMmPerMv) / 1000),
  };
}

/** Microvolts to add so that the trace stays in its row: 0, or minus the median of the window. */
function displayOffset(lead: PageLead, startSample: number, endSample: number): number {
  const microvoltsOf = (sample: number): number => sample * lead.microvoltsPerUnit + lead.baselineMicrovolts;
  // Half of the samples must be that far for their median to be; only then are they put in order.
  let [far, known] = [0, 0];
  for (let i = startSample; i < endSample; i++) {
    const sample = lead.samples[i]!;
    if (sample === lead.missingValue) continue;
    known++;
    if (Math.abs(microvoltsOf(sample)) > LARGEST_OFFSET_UV) far++;
  }
  if (far < known >> 1) return 0;
  const values: number[] = [];
  for (let i = startSample; i < endSample; i++)
    if (lead.samples[i] !== lead.missingValue) values.push(lead.samples[i]!);
  const median = Float64Array.from(values).sort()[values.length >> 1];
  const microvolts = median === undefined ? 0 : microvoltsOf(median);
  return Math.abs(microvolts) > LARGEST_OFFSET_UV ? -tidy(microvolts) : 0;
}
