import { isoDate, isoDateTime } from '../date-times.js';
import { readDicomFindings } from './dicom-annotations.js';
import { DicomItem, parsePart10 } from './dicom-data-set.js';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { readWaveformGroup, type WaveformGroup } from './waveform-group.js';

/**
 * An ECG from a DICOM Part 10 file (PS3.3 sections A.34.3 to A.34.5): every ORIGINAL multiplex group is the rhythm, each lead with the
 * time its group begins at; a derived group (a median beat) goes to `representativeBeats`. Raw samples are kept as stored.
 *
 * @throws EcgFormatError not-ecg (no Part 10 file), no-waveform (no WaveformSequence, no samples), unsupported (kind of sample, no
 *   channel in volts), truncated.
 */
export function readDicomWaveform(bytes: Uint8Array): EcgRecording {
  const file = DicomItem.ofFile(parsePart10(bytes));
  const groups = file.items('x54000100').map(readWaveformGroup);
  if (groups.length === 0) throw new EcgFormatError('no-waveform', 'The DICOM file holds no waveform.');
  const beats = groups.filter(isBeat);
  const rhythm = groups.filter((group) => !isBeat(group));
  const findings = readDicomFindings(file);
  const notes = [...groups.flatMap((group) => group.notes), ...findings.notes];
  const leads = mergeLeads(rhythm, notes);
  if (leads.length === 0)
    throw rhythm.some((group) => group.notes.length > 0)
      ? new EcgFormatError('unsupported', `No channel of the waveform is a voltage. ${notes[0] ?? ''}`.trim())
      : new EcgFormatError('no-waveform', 'The DICOM file holds no rhythm waveform.');
  const representativeBeats = beats.flatMap((group) => group.leads);
  const startTime = startTimeOf(file);
  const device = deviceOf(file);
  return {
    patient: patientOf(file),
    ...(device ? { device } : {}),
    ...(startTime === undefined ? {} : { startTime }),
    leads,
    ...(representativeBeats.length === 0 ? {} : { representativeBeats }),
    measurements: findings.measurements,
    statements: findings.statements,
    notes: [...new Set(notes)],
    source: 'dicom',
  };
}

function isBeat(group: WaveformGroup): boolean {
  return group.derived || /median|average|template|\bbeat/i.test(group.label);
}

/** One lead of each name: devices that record a few leads at a time often repeat one as the strip; the longest is kept. */
function mergeLeads(groups: readonly WaveformGroup[], notes: string[]): EcgLead[] {
  const leads = new Map<string, EcgLead>();
  for (const lead of groups.flatMap((group) => group.leads)) {
    if (lead.samples.length === 0) continue;
    const known = leads.get(lead.name);
    if (known) notes.push(`Lead ${lead.name} is recorded more than once; the longest is shown.`);
    if (!known || seconds(lead) > seconds(known)) leads.set(lead.name, lead);
  }
  return [...leads.values()];
}

function seconds(lead: EcgLead): number {
  return lead.samples.length / lead.sampleRateHz;
}

function patientOf(file: DicomItem): EcgRecording['patient'] {
  const id = file.text('x00100020');
  const name = personName(file.text('x00100010') ?? '');
  const sex = file.text('x00100040');
  const birthDate = isoDate(file.text('x00100030') ?? '');
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === '' ? {} : { name }),
    ...(sex === 'M' || sex === 'F' || sex === 'O' ? { sex } : {}),
    ...(birthDate === undefined ? {} : { birthDate }),
  };
}

/** PN (PS3.5 section 6.2): the ideographic group where there is one, written without spaces; else the alphabetic one. */
function personName(value: string): string {
  const [alphabetic = '', ideographic = ''] = value.split('=');
  const parts = (group: string, between: string): string => group.split('^').filter(Boolean).join(between).trim();
  return parts(ideographic, '') || parts(alphabetic, ' ');
}

function deviceOf(file: DicomItem): EcgRecording['device'] {
  const [manufacturer, model, serial] = ['x00080070', 'x00081090', 'x00181000'].map((tag) => file.text(tag));
  if (manufacturer === undefined && model === undefined && serial === undefined) return undefined;
  return {
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(model === undefined ? {} : { model }),
    ...(serial === undefined ? {} : { serial }),
  };
}

/** AcquisitionDateTime; where a device left it out, the acquisition, content or study date with its time. */
function startTimeOf(file: DicomItem): string | undefined {
  const zone = file.text('x00080201') ?? '';
  const acquired = isoDateTime(file.text('x0008002a') ?? '', zone);
  if (acquired !== undefined) return acquired;
  for (const [date, time] of [
    ['x00080022', 'x00080032'],
    ['x00080023', 'x00080033'],
    ['x00080020', 'x00080030'],
  ] as const) {
    const day = file.text(date);
    const found = day === undefined ? undefined : isoDateTime(`${day}${file.text(time) ?? ''}`, zone);
    if (found !== undefined) return found;
  }
  return undefined;
}
