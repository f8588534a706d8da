import { leadNumberByName } from '../lead-names.js';

export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

const LOINC = 'http://loinc.org';
/** ISO/IEEE 11073-10101 as FHIR writes it: 65,536 times the partition and the term, for ECGs partition 2 (11073-10102). */
const MDC = 'urn:iso:std:iso:11073:10101';
const SCADA = 2 << 16;
const loinc = (code: string, display: string): Coding => ({ system: LOINC, code, display });
const mdc = (term: number, display: string): Coding => ({ system: MDC, code: String(SCADA + term), display });

export const EKG_STUDY = loinc('11524-6', 'EKG study');
/** What was recorded, without a lead. */
export const POTENTIAL = mdc(256, 'MDC_ECG_ELEC_POTL');

/** The voltage of a lead; undefined for a name that is none of EN 1064's, whose numbers 11073-10102 adds to its base. */
export function leadCoding(name: string): Coding | undefined {
  const number = leadNumberByName(name);
  return number === undefined ? undefined : mdc(256 + number, `MDC_ECG_ELEC_POTL_${name.toUpperCase()}`);
}

/** Measurements by the house's short code: LOINC where it has one, and 11073-10102 as in PS3.16 CID 3227, 3229, 3689. */
const MEASUREMENTS: Readonly<Record<string, readonly Coding[]>> = {
  HR: [loinc('8867-4', 'Heart rate'), mdc(16_770, 'MDC_ECG_HEART_RATE')],
  RR: [loinc('8637-1', 'R-R interval'), mdc(16_000, 'MDC_ECG_TIME_PD_RR_GL')],
  PP: [mdc(16_140, 'MDC_ECG_TIME_PD_PP_GL')],
  P: [mdc(16_184, 'MDC_ECG_TIME_PD_P_GL')],
  PR: [loinc('8625-6', 'P-R Interval'), mdc(15_872, 'MDC_ECG_TIME_PD_PR_GL')],
  QRS: [loinc('8633-0', 'QRS duration'), mdc(16_156, 'MDC_ECG_TIME_PD_QRS_GL')],
  QT: [loinc('8634-8', 'Q-T interval'), mdc(16_160, 'MDC_ECG_TIME_PD_QT_GL')],
  QTc: [loinc('8636-3', 'Q-T interval corrected'), mdc(15_876, 'MDC_ECG_TIME_PD_QTc')],
  QTcB: [mdc(15_880, 'MDC_ECG_TIME_PD_QTcB')],
  QTcF: [mdc(15_892, 'MDC_ECG_TIME_PD_QTcF')],
  'P-axis': [loinc('8626-4', 'P wave axis'), mdc(16_128, 'MDC_ECG_ANGLE_P_FRONT')],
  'QRS-axis': [loinc('8632-2', 'QRS axis'), mdc(16_132, 'MDC_ECG_ANGLE_QRS_FRONT')],
  'T-axis': [loinc('8638-9', 'T wave axis'), mdc(16_136, 'MDC_ECG_ANGLE_T_FRONT')],
};

/** Empty for what only the file has a name for. */
export function measurementCodings(code: string): readonly Coding[] {
  return (Object.hasOwn(MEASUREMENTS, code) ? MEASUREMENTS[code] : undefined) ?? [];
}

const UCUM: Readonly<Record<string, string>> = {
  bpm: '/min',
  ms: 'ms',
  s: 's',
  deg: 'deg',
  mV: 'mV',
  uV: 'uV',
  '': '1',
};

/** UCUM's code of a unit of the house; undefined for any other, which stays words. */
export function ucumCode(unit: string): string | undefined {
  return Object.hasOwn(UCUM, unit) ? UCUM[unit] : undefined;
}
