import { ANNOTATION_LABEL, type EdfAnnotations, readEdfAnnotations } from './edf-annotations.js';
import { edfDevice, edfPatient, edfStart } from './edf-identification.js';
import { type EdfHeader, type EdfSignal, readEdfHeader } from './edf-header.js';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { distinctNames, leadNameByLabel } from '../lead-names.js';
import { microvoltsIn, tidy } from '../microvolts.js';

/** Gaps of an EDF+D are filled with missing samples; beyond this many times of what is stored the file is refused. */
const MOST_FILL = 4;
const LEAD = /^(I|II|III|aVR|aVL|aVF|V[1-9]|V[2-9]R|ML(I|II|III)|MV[1-6]|CM[1-6]|CC5)$/i;

/**
 * An ECG from an EDF or EDF+ file. Its ECG signals are those in volts whose label or transducer says ECG or EKG, or whose label is a lead;
 * other signals are named in the notes. A discontinuous EDF+D is placed in time, gaps become missing samples.
 *
 * @throws EcgFormatError not-ecg (no EDF, or one without an ECG signal), truncated, no-waveform, unsupported (fields out of range).
 */
export function readEdf(bytes: Uint8Array): EcgRecording {
  const header = readEdfHeader(bytes);
  const { chosen, notes } = ecgSignals(header);
  const { recordStarts, texts } = readEdfAnnotations(bytes, header);
  const first = header.plus === '' ? 0 : (recordStarts[0] ?? 0);
  const starts = header.plus === 'D' ? discontinuous(recordStarts, first, header) : undefined;
  if (starts) notes.push('The recording is discontinuous; its gaps are missing samples.');
  notes.push(...annotationNotes(texts, first));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const leads = chosen.map((signal) => leadOf(view, header, signal, starts));
  return { ...edfFacts(header, first), leads: distinctNames(leads), notes };
}

/** The signals that are an ECG, and notes on those that are none. @throws EcgFormatError not-ecg, unsupported */
export function ecgSignals(header: EdfHeader): { chosen: EdfSignal[]; notes: string[] } {
  const data = header.signals.filter(({ label }) => label !== ANNOTATION_LABEL);
  const chosen = data.filter((signal) => isEcg(signal) && signal.samplesPerRecord > 0);
  if (chosen.length === 0) {
    const labels = data.slice(0, 20).map(({ label, dimension }) => `${label} [${dimension}]`);
    const what = data.length === 0 ? 'annotations only' : labels.join(', ');
    throw new EcgFormatError('not-ecg', `The EDF file has no ECG signal in volts: ${what}.`);
  }
  if (header.recordSeconds === 0) throw new EcgFormatError('unsupported', 'The EDF records have a duration of 0 s.');
  const others = data.filter((signal) => !chosen.includes(signal));
  const notes = [...header.notes, ...others.map(({ label }) => `Signal '${label}' is not shown: no ECG in volts.`)];
  return { chosen, notes };
}

export function annotationNotes(texts: EdfAnnotations['texts'], first: number): string[] {
  return texts.map(({ seconds, text }) => `At ${tidy(seconds - first)} s: ${text}`);
}

/** Whose, when and with what; `first` is where the first record begins, in seconds from the header's start time. */
export function edfFacts(header: EdfHeader, first: number): Omit<EcgRecording, 'leads' | 'notes'> {
  const device = header.plus === '' ? undefined : edfDevice(header.recording);
  const startTime = edfStart(header, first);
  return {
    patient: edfPatient(header),
    ...(device && { device }),
    ...(startTime !== undefined && { startTime }),
    measurements: [],
    statements: [],
    source: 'edf',
  };
}

function isEcg({ label, transducer, dimension }: EdfSignal): boolean {
  if (microvoltsIn(dimension) === undefined) return false;
  return /(^|[^a-z])(ECG|EKG)/i.test(label) || /\b(ECG|EKG|electrocardio)/i.test(transducer) || LEAD.test(label);
}

function leadOf(view: DataView, header: EdfHeader, signal: EdfSignal, starts: readonly number[] | undefined): EcgLead {
  const lead = leadFacts(header, signal);
  const { samplesPerRecord } = signal;
  const places = starts?.map((seconds) => Math.round(seconds * lead.sampleRateHz));
  const length = places ? (places.at(-1) ?? 0) + samplesPerRecord : header.records * samplesPerRecord;
  const held = header.records * samplesPerRecord;
  if (!(length <= held * MOST_FILL))
    throw new EcgFormatError(
      'unsupported',
      'The discontinuous EDF+ recording is mostly gaps; its parts cannot be shown as one.',
    );
  const missingValue = Math.min(-32_769, signal.digitalMinimum - 1);
  const samples = new Int32Array(length);
  if (places) samples.fill(missingValue);
  for (let record = 0; record < header.records; record += 1) {
    const to = places ? (places[record] ?? 0) : record * samplesPerRecord;
    copyRecord(view, header.headerBytes + record * header.recordBytes, signal, samples, to);
  }
  return { ...lead, samples, ...(places && { missingValue }) };
}

/** All of a lead but its samples. @throws EcgFormatError unsupported (no scale) */
export function leadFacts(header: EdfHeader, signal: EdfSignal): EcgLead {
  const { label, physicalMinimum, physicalMaximum, digitalMinimum, digitalMaximum, samplesPerRecord } = signal;
  if (digitalMaximum <= digitalMinimum || physicalMaximum === physicalMinimum)
    throw new EcgFormatError('unsupported', `The EDF signal '${label}' has no scale.`);
  const unit = microvoltsIn(signal.dimension) ?? Number.NaN;
  const scale = (physicalMaximum - physicalMinimum) / (digitalMaximum - digitalMinimum);
  const offset = physicalMinimum - digitalMinimum * scale;
  return {
    name: leadNameByLabel(label),
    samples: new Int32Array(0),
    sampleRateHz: tidy(samplesPerRecord / header.recordSeconds),
    microvoltsPerUnit: tidy(scale * unit),
    baselineMicrovolts: Math.abs(offset) < Math.abs(scale) * 1e-9 ? 0 : tidy(offset * unit),
    derived: false,
    startSeconds: 0,
    ...filterOf(signal.prefiltering),
  };
}

/** The signal's samples of the record that begins at byte `record`. */
export function copyRecord(
  view: DataView,
  record: number,
  { offsetInRecord, samplesPerRecord }: EdfSignal,
  samples: Int32Array,
  to: number,
): void {
  const from = record + offsetInRecord;
  for (let i = 0; i < samplesPerRecord; i += 1) samples[to + i] = view.getInt16(from + i * 2, true);
}

/** 'HP:0.05Hz LP:150Hz N:50Hz', as EDF+ section 2.1.3 has it. */
function filterOf(text: string): Pick<EcgLead, 'filter'> {
  const hertz = (key: string): number | undefined => {
    const value = new RegExp(`\\b${key}:\\s*(\\d+(?:\\.\\d+)?)\\s*Hz`, 'i').exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const [lowHz, highHz, notchHz] = [hertz('HP'), hertz('LP'), hertz('N')];
  const filter = {
    ...(lowHz !== undefined && { lowHz }),
    ...(highHz !== undefined && { highHz }),
    ...(notchHz !== undefined && { notchHz }),
  };
  return Object.keys(filter).length > 0 ? { filter } : {};
}

/** Where each record begins, from the first one; undefined when they follow each other without a gap. */
function discontinuous(
  recordStarts: readonly (number | undefined)[],
  first: number,
  { recordSeconds }: EdfHeader,
): number[] | undefined {
  const starts = recordStarts.map((start) => {
    if (start === undefined)
      throw new EcgFormatError('unsupported', 'A record of the discontinuous EDF+ file has no start time.');
    return start - first;
  });
  starts.forEach((start, i) => {
    if (i > 0 && start < (starts[i - 1] ?? 0) + recordSeconds - 1e-6)
      throw new EcgFormatError('unsupported', 'Records of the discontinuous EDF+ file overlap.');
  });
  const whole = starts.every((start, i) => Math.abs(start - i * recordSeconds) < 1e-6);
  return whole ? undefined : starts;
}
