import type { DicomItem } from './dicom-data-set.js';
import type { EcgMeasurement } from '../ecg-recording.js';
import { measurementCode, readMeasurement } from '../measurement-names.js';

/** What the device measured and said, apart from the waveform. */
export interface DeviceFindings {
  readonly measurements: EcgMeasurement[];
  readonly statements: string[];
  readonly notes: string[];
}

/**
 * Measurements and statements from WaveformAnnotationSequence (PS3.3 section C.10.10), and from AcquisitionContextSequence the numbers
 * that are ECG measurements. Marks in time (wave onsets, beats) are no statements and are left out. The first of one code wins.
 */
export function readDicomFindings(file: DicomItem): DeviceFindings {
  const findings: DeviceFindings = { measurements: [], statements: [], notes: [] };
  for (const annotation of file.items('x0040b020')) {
    if (annotation.has('x0040a30a')) addMeasurement(findings, annotation, true);
    else if (!annotation.has('x0040a130')) addStatement(findings, annotation);
  }
  for (const context of file.items('x00400555')) if (context.has('x0040a30a')) addMeasurement(findings, context, false);
  return findings;
}

function addMeasurement(findings: DeviceFindings, item: DicomItem, keepUnknown: boolean): void {
  const concept = item.code('x0040a043');
  const value = item.decimal('x0040a30a');
  if (!concept || value === undefined) return;
  const code = measurementCode(concept.value, concept.meaning) ?? (keepUnknown ? concept.meaning || concept.value : '');
  if (code === '' || findings.measurements.some((known) => known.code === code)) return;
  const read = readMeasurement(code, value, item.code('x004008ea')?.value ?? '');
  if (!read) return;
  findings.measurements.push(read.measurement);
  if (read.odd !== undefined) findings.notes.push(read.odd);
}

function addStatement(findings: DeviceFindings, annotation: DicomItem): void {
  const coded = annotation.code('x0040a168') ?? annotation.code('x0040a043');
  const text = annotation.text('x00700006') ?? coded?.meaning;
  if (text !== undefined && text !== '' && !findings.statements.includes(text)) findings.statements.push(text);
}
