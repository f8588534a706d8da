import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { leadNameByLabel } from '../lead-names.js';
import { microvoltsIn, tidy } from '../microvolts.js';
import { isoDateTime } from '../date-times.js';
import { readWfdbHeader, type WfdbHeader, type WfdbSignal } from './wfdb-header.js';
import { samplesIn, WFDB_FORMATS } from './wfdb-samples.js';

export interface WfdbFile {
  /** as in the record; folders before it do not matter */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const OTHER = /\b(EEG|EMG|EOG|RESP|PLETH|PPG|ABP|BP|ART|CVP|PAP|CO2|SPO2|SCG|PCG)\b/i;

/**
 * An ECG from a WFDB record (PhysioNet): one header (.hea) and its signal files. Initial values and checksums must hold. Signals in other
 * units than volts, or named as another thing, are left out and noted.
 *
 * @throws EcgFormatError not-ecg (no header, no signal in volts), no-waveform, truncated (a file is missing or short), damaged (checksum or
 *   initial value), unsupported (several segments, a format that is not read).
 */
export function readWfdb(files: readonly WfdbFile[]): EcgRecording {
  const headers = files.filter(({ name }) => /\.hea$/i.test(name));
  const [file] = headers;
  if (!file) throw new EcgFormatError('not-ecg', 'No WFDB header (.hea) is among the files.');
  if (headers.length > 1)
    throw new EcgFormatError('unsupported', `There are ${headers.length} WFDB headers; one record is read at a time.`);
  const header = readWfdbHeader(file.bytes);
  const notes: string[] = [];
  const leads: EcgLead[] = [];
  for (const name of new Set(header.signals.map((signal) => signal.file))) {
    const bytes = signalFile(files, file.name, name);
    if (!bytes) throw new EcgFormatError('truncated', `The signal file '${name}' is missing.`);
    leads.push(
      ...leadsOfFile(
        bytes,
        header,
        header.signals.filter((signal) => signal.file === name),
        notes,
      ),
    );
  }
  if (leads.length === 0) throw new EcgFormatError('not-ecg', 'The WFDB record has no ECG signal in volts.');
  const startTime = startOf(header);
  const sex = header.comments.map((comment) => /^(?:sex|gender):\s*(m|f)/i.exec(comment)?.[1]).find((found) => found);
  return {
    patient: { ...(sex !== undefined && { sex: sex.toUpperCase() === 'M' ? ('M' as const) : ('F' as const) }) },
    ...(startTime !== undefined && { startTime }),
    leads,
    measurements: [],
    statements: [],
    notes: [...notes, ...header.comments],
    source: 'wfdb',
  };
}

/** Beside the header first; another folder's only where there is one: two records may have signal files of one name. */
function signalFile(files: readonly WfdbFile[], header: string, name: string): Uint8Array | undefined {
  const named = files.filter((file) => baseName(file.name) === baseName(name));
  const folder = header.slice(0, header.length - baseName(header).length);
  const beside = named.find((file) => file.name === folder + baseName(name));
  if (!beside && named.length > 1)
    throw new EcgFormatError(
      'unsupported',
      `There are ${named.length} files '${baseName(name)}', none beside the header.`,
    );
  return (beside ?? named[0])?.bytes;
}

function leadsOfFile(
  bytes: Uint8Array,
  header: WfdbHeader,
  signals: readonly WfdbSignal[],
  notes: string[],
): EcgLead[] {
  const [first] = signals;
  if (!first) return [];
  const format = WFDB_FORMATS[first.format];
  if (!format) throw new EcgFormatError('unsupported', `The WFDB signal format ${first.format} is not read.`);
  if (signals.some((signal) => signal.format !== first.format || signal.byteOffset !== first.byteOffset))
    throw new EcgFormatError('unsupported', `The signals of '${first.file}' differ in format.`);
  const perFrame = signals.reduce((sum, { samplesPerFrame }) => sum + samplesPerFrame, 0);
  const held = Math.floor(samplesIn(format, Math.max(0, bytes.length - first.byteOffset)) / perFrame);
  const frames = header.length ?? held;
  if (frames > held) throw new EcgFormatError('truncated', `'${first.file}' holds ${held} of ${frames} samples.`);
  if (frames === 0) throw new EcgFormatError('no-waveform', `'${first.file}' holds no samples.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + first.byteOffset, bytes.byteLength - first.byteOffset);
  const leads: EcgLead[] = [];
  let place = 0;
  for (const signal of signals) {
    const { samplesPerFrame, description, units } = signal;
    const samples = new Int32Array(frames * samplesPerFrame);
    let [sum, last] = [0, signal.initialValue ?? 0];
    for (let frame = 0, to = 0; frame < frames; frame += 1)
      for (let i = 0, at = frame * perFrame + place; i < samplesPerFrame; i += 1, at += 1, to += 1) {
        const within = at % format.group;
        const stored = format.read(view, ((at - within) / format.group) * format.groupBytes, within);
        const value = first.format === 8 ? last + stored : stored;
        last = value;
        samples[to] = value;
        sum = (sum + value) & 0xffff;
      }
    place += samplesPerFrame;
    checkSums(signal, samples, sum, header, notes);
    const unit = microvoltsIn(units);
    if (unit === undefined || OTHER.test(description)) {
      notes.push(`Signal '${description}' [${units}] is not shown: no ECG in volts.`);
      continue;
    }
    leads.push({
      name: leadName(description, leads.length),
      samples,
      sampleRateHz: tidy(header.frameRateHz * samplesPerFrame),
      microvoltsPerUnit: tidy(unit / signal.gain),
      baselineMicrovolts: signal.baseline === 0 ? 0 : tidy((-signal.baseline * unit) / signal.gain),
      derived: false,
      startSeconds: 0,
      ...(signal.skew !== 0 && { skewSeconds: tidy(-signal.skew / header.frameRateHz) }),
      ...(format.missing !== undefined && { missingValue: format.missing }),
    });
  }
  return leads;
}

/** Writers count a skewed signal differently, so that there a difference is noted only. */
function checkSums(signal: WfdbSignal, samples: Int32Array, sum: number, header: WfdbHeader, notes: string[]): void {
  const { checksum, initialValue, description, skew, file } = signal;
  const wrong =
    checksum !== undefined && header.length !== undefined && ((checksum ^ sum) & 0xffff) !== 0
      ? 'checksum'
      : checksum !== undefined && signal.format !== 8 && initialValue !== samples[0]
        ? 'initial value'
        : undefined;
  if (wrong === undefined) return;
  const message = `The ${wrong} of the signal '${description}' in '${file}' does not hold`;
  if (skew === 0) throw new EcgFormatError('damaged', `${message}: the file was changed or damaged.`);
  notes.push(`${message}; the signal is skewed.`);
}

/** Frank leads are written vx, vy, vz. */
function leadName(description: string, index: number): string {
  const frank = /^v([xyz])$/i.exec(description)?.[1];
  return frank?.toUpperCase() ?? (description === '' ? `Channel ${index + 1}` : leadNameByLabel(description));
}

/** Time hh:mm:ss.fff and date dd/mm/yyyy; a time alone is no start. */
function startOf({ baseTime, baseDate }: WfdbHeader): string | undefined {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(baseDate ?? '') ?? [];
  const date = `${year}${month.padStart(2, '0')}${day.padStart(2, '0')}`;
  const [, hour, minute = '', second = '', fraction] =
    /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6}))?$/.exec(baseTime ?? '') ?? [];
  if (hour === undefined) return isoDateTime(date);
  const clock = [hour, minute, second].map((part) => part.padStart(2, '0')).join('');
  return isoDateTime(`${date}${clock}${fraction === undefined ? '' : `.${fraction}`}`);
}

function baseName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}
