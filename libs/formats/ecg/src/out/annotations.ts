import type { WritableDataset, WritableElement } from '#libs/formats/dicom';
import type { EcgMeasurement, EcgRecording } from '../ecg-recording.js';
import { nearestDecimal } from './decimal-string.js';
import { coded, one, plain } from './waveform-sequence.js';

/** Codes of CID 3227, 3228 and 3229 (PS3.16) by the house's short code; heart rate is MDC 2:16770 (ISO/IEEE 11073-10102). */
const CODES: Readonly<Record<string, readonly [value: string, scheme: string, meaning: string]>> = {
  HR: ['2:16770', 'MDC', 'Heart rate'],
  RR: ['5.10.2.1-3', 'SCPECG', 'RR interval global'],
  PP: ['5.10.2.1-5', 'SCPECG', 'PP interval global'],
  QTc: ['5.10.2.5-5', 'SCPECG', 'QTc interval global'],
  'P-axis': ['5.10.3-11', 'SCPECG', 'P Axis'],
  'QRS-axis': ['5.10.3-13', 'SCPECG', 'QRS Axis'],
  'T-axis': ['5.10.3-15', 'SCPECG', 'T Axis'],
  PR: ['5.13.5-7', 'SCPECG', 'PR interval global'],
  QRS: ['5.13.5-9', 'SCPECG', 'QRS duration global'],
  QT: ['5.13.5-11', 'SCPECG', 'QT interval global'],
};

const UNITS: Readonly<Record<string, readonly [code: string, meaning: string]>> = {
  bpm: ['/min', 'per minute'],
  ms: ['ms', 'millisecond'],
  s: ['s', 'second'],
  deg: ['deg', 'degree'],
  mV: ['mV', 'millivolt'],
  uV: ['uV', 'microvolt'],
  '': ['1', 'no units'],
};

/** ST holds 1024 characters (PS3.5 section 6.2). */
const LONGEST_TEXT = 1024;

/** WaveformAnnotationSequence (PS3.3 section C.10.10) of the device's measurements and statements, on all channels of the first group. */
export function waveformAnnotations({ measurements, statements }: EcgRecording): WritableDataset[] {
  return [
    ...measurements.map((measurement, index) => ({ ...common(index), ...measured(measurement) })),
    ...statements.flatMap((statement, index) =>
      pieces(statement).map((text) => ({ ...common(measurements.length + index), '00700006': one('ST', text) })),
    ),
  ];
}

function common(group: number): WritableDataset {
  return { '0040A0B0': { vr: 'US', Value: [1, 0] }, '0040A180': one('US', group + 1) };
}

function measured({ code, value, unit }: EcgMeasurement): WritableDataset {
  const [number, scheme, meaning] = (Object.hasOwn(CODES, code) && CODES[code]) || [
    'MEASUREMENT',
    '99QIAO',
    plain(code).slice(0, 64) || 'unnamed',
  ];
  const [ucum, words] = (Object.hasOwn(UNITS, unit) && UNITS[unit]) || [
    plain(unit).slice(0, 16),
    plain(unit).slice(0, 64),
  ];
  return {
    '004008EA': coded(ucum, 'UCUM', words),
    '0040A043': coded(number, scheme, meaning),
    '0040A30A': one('DS', nearestDecimal(value)),
  } satisfies Record<string, WritableElement>;
}

function pieces(text: string): string[] {
  const characters = [...text];
  const count = Math.ceil(characters.length / LONGEST_TEXT);
  return Array.from({ length: count }, (_, i) => characters.slice(i * LONGEST_TEXT, (i + 1) * LONGEST_TEXT).join(''));
}
