import type { EcgMeasurement } from './ecg-recording.js';

/** Codes of SCP-ECG as DICOM uses them (PS3.16 CID 3227, 3228, 3229) and of ISO/IEEE 11073-10102 as aECG uses them. */
const BY_CODE: Readonly<Record<string, string>> = {
  '5.10.2.1-3': 'RR',
  '5.10.2.1-5': 'PP',
  '5.10.2.5-5': 'QTc',
  '5.10.3-11': 'P-axis',
  '5.10.3-13': 'QRS-axis',
  '5.10.3-15': 'T-axis',
  '5.13.5-7': 'PR',
  '5.13.5-9': 'QRS',
  '5.13.5-11': 'QT',
  MDC_ECG_HEART_RATE: 'HR',
  MDC_ECG_TIME_PD_P: 'P',
  MDC_ECG_TIME_PD_PR: 'PR',
  MDC_ECG_TIME_PD_PQ: 'PR',
  MDC_ECG_TIME_PD_QRS: 'QRS',
  MDC_ECG_TIME_PD_QT: 'QT',
  MDC_ECG_TIME_PD_QTC: 'QTc',
  MDC_ECG_TIME_PD_QTCB: 'QTcB',
  MDC_ECG_TIME_PD_QTCF: 'QTcF',
  MDC_ECG_TIME_PD_RR: 'RR',
  MDC_ECG_TIME_PD_PP: 'PP',
  MDC_ECG_ANGLE_P_FRONT: 'P-axis',
  MDC_ECG_ANGLE_QRS_FRONT: 'QRS-axis',
  MDC_ECG_ANGLE_T_FRONT: 'T-axis',
};

const BY_MEANING: readonly (readonly [RegExp, string])[] = [
  [/^atrial (heart )?rate/i, 'atrial-rate'],
  [/^(ventricular |mean )?(heart|ventricular) rate/i, 'HR'],
  [/^p[rq] (interval|duration)/i, 'PR'],
  [/^qrs duration/i, 'QRS'],
  [/^qt interval/i, 'QT'],
  [/^qtcb?\b.*bazett/i, 'QTcB'],
  [/^qtcf?\b.*frid/i, 'QTcF'],
  [/^qtc( interval)?$/i, 'QTc'],
  [/^rr interval/i, 'RR'],
  [/^pp interval/i, 'PP'],
  [/^p axis/i, 'P-axis'],
  [/^qrs axis/i, 'QRS-axis'],
  [/^t axis/i, 'T-axis'],
];

const UNITS: Readonly<Record<string, string>> = {
  '/min': 'bpm',
  '{h.b.}/min': 'bpm',
  '{beats}/min': 'bpm',
  '{H.B.}/min': 'bpm',
  bpm: 'bpm',
  '1': '',
};

/** The house's short code of a measurement, or undefined when neither code nor meaning is one it knows. */
export function measurementCode(code: string, meaning = ''): string | undefined {
  return BY_CODE[code.toUpperCase()] ?? BY_MEANING.find(([pattern]) => pattern.test(meaning.trim()))?.[1];
}

/**
 * One measurement of the device as it may be shown, or undefined when the device says that it did not measure: an interval or a rate of
 * zero or less, and 29998 or 29999 (EN 1064, 5.10: not computed, rejected). An axis is an angle whatever unit the file writes;
 * `odd` then says so.
 */
export function readMeasurement(
  code: string,
  value: number,
  unit: string,
): { measurement: EcgMeasurement; odd?: string } | undefined {
  if (!Number.isFinite(value) || value === 29_998 || value === 29_999) return undefined;
  const shown = Object.hasOwn(UNITS, unit) ? UNITS[unit]! : unit;
  if (code.endsWith('-axis')) {
    const measurement = { code, value, unit: 'deg' };
    if (shown === 'deg' || shown === '') return { measurement };
    return { measurement, odd: `The file gives ${code} in ${unit}; it is read as degrees.` };
  }
  if (value <= 0 && (shown === 'ms' || shown === 's' || shown === 'bpm')) return undefined;
  return { measurement: { code, value, unit: shown } };
}
