import { sequence, text } from '../attribute-readers.js';
import type { DicomJson } from '../dicom-json.js';
import type { MarkCalibration, MarkKind, MarkQuantity, MarkUnit } from './mark.js';

/** Code value, coding scheme, meaning (PS3.3 section 8). */
export type Code = readonly [value: string, scheme: string, meaning: string];

/** The scheme of codes that no public terminology has. */
export const OWN_SCHEME = '99QIAO';
const own = (value: string, meaning: string): Code => [value, OWN_SCHEME, meaning];

/** Concept names and values of PS3.16 templates 300, 320, 1001 to 1003, 1204, 1410, 1500, 1501 and 2010. */
export const CODES = {
  angle: ['1483009', 'SCT', 'Angle'],
  area: ['42798000', 'SCT', 'Area'],
  attenuation: ['112031', 'DCM', 'Attenuation Coefficient'],
  axisDeviation: own('axis-deviation', 'Distance of the knee from the line between hip and ankle'),
  calibration: ['122505', 'DCM', 'Calibration'],
  cardiothoracicRatio: own('ct-ratio', 'Cardiothoracic ratio'),
  cobbAngle: ['285285000', 'SCT', 'Cobb angle'],
  comment: ['121106', 'DCM', 'Comment'],
  derivation: ['121401', 'DCM', 'Derivation'],
  finding: ['121071', 'DCM', 'Finding'],
  hipKneeAnkle: own('hip-knee-ankle', 'Hip-knee-ankle angle'),
  imageRegion: ['111030', 'DCM', 'Image Region'],
  imagingMeasurementReport: ['126000', 'DCM', 'Imaging Measurement Report'],
  imagingMeasurements: ['126010', 'DCM', 'Imaging Measurements'],
  keyObjectDescription: ['113012', 'DCM', 'Key Object Description'],
  language: ['121049', 'DCM', 'Language of Content Item and Descendants'],
  length: ['410668003', 'SCT', 'Length'],
  longAxis: ['103339001', 'SCT', 'Long axis'],
  measurementGroup: ['125007', 'DCM', 'Measurement Group'],
  measurementMethod: ['370129005', 'SCT', 'Measurement Method'],
  observerName: ['121008', 'DCM', 'Person Observer Name'],
  observerOrganization: ['121009', 'DCM', "Person Observer's Organization Name"],
  observerType: ['121005', 'DCM', 'Observer Type'],
  person: ['121006', 'DCM', 'Person'],
  pixelValue: own('pixel-value', 'Pixel value'),
  procedureReported: ['121058', 'DCM', 'Procedure reported'],
  qualitativeEvaluations: ['C0034375', 'UMLS', 'Qualitative Evaluations'],
  ratio: ['118586006', 'SCT', 'Ratio'],
  shortAxis: ['103340004', 'SCT', 'Short axis'],
  suv: ['126401', 'DCM', 'SUVbw'],
  tomographicActivity: ['110821', 'DCM', 'Nuclear Medicine Tomographic Activity'],
  trackingIdentifier: ['112039', 'DCM', 'Tracking Identifier'],
  trackingUid: ['112040', 'DCM', 'Tracking Unique Identifier'],
} as const satisfies Record<string, Code>;

/** How a mark was measured: what tells its kind when it is read again. */
export const METHODS: Readonly<Record<MarkKind, Code>> = {
  length: own('length', 'Length between two points'),
  bidirectional: own('bidirectional', 'Long axis and short axis'),
  angle: own('angle', 'Angle by three points'),
  cobb: own('cobb', 'Angle between two lines'),
  rectangle: own('rectangle', 'Rectangular region'),
  ellipse: own('ellipse', 'Elliptical region'),
  freehand: own('freehand', 'Region drawn freehand'),
  arrow: own('arrow', 'Place marked by an arrow'),
  probe: own('probe', 'Value at a point'),
  cardiothoracic: own('cardiothoracic', 'Width of the heart over width of the thorax'),
  'centre-line': own('centre-line', 'Centre line'),
};

export const CALIBRATIONS: Readonly<Record<MarkCalibration, Code>> = {
  patient: own('patient', 'Pixel spacing in the patient'),
  detector: own('detector', 'Pixel spacing at the detector'),
  region: own('region', 'Calibrated ultrasound region'),
  pixels: own('pixels', 'No calibration: pixels'),
  unknown: own('unknown', 'Calibration not stated'),
};

/** CID 7464. */
export const DERIVATIONS: Readonly<Partial<Record<MarkQuantity, Code>>> = {
  mean: ['373098007', 'SCT', 'Mean'],
  deviation: ['386136009', 'SCT', 'Standard Deviation'],
  maximum: ['56851009', 'SCT', 'Maximum'],
  minimum: ['255605001', 'SCT', 'Minimum'],
};

export const UNITS: Readonly<Record<MarkUnit, Code>> = {
  mm: ['mm', 'UCUM', 'millimeter'],
  px: ['{pixels}', 'UCUM', 'pixels'],
  deg: ['deg', 'UCUM', 'degree'],
  mm2: ['mm2', 'UCUM', 'square millimeter'],
  px2: ['{square_pixels}', 'UCUM', 'square pixels'],
  HU: ["[hnsf'U]", 'UCUM', 'Hounsfield unit'],
  SUV: ['g/ml{SUVbw}', 'UCUM', 'Standardized Uptake Value body weight'],
  'Bq/ml': ['Bq/ml', 'UCUM', 'Becquerels/milliliter'],
  '1': ['1', 'UCUM', 'no units'],
  grey: ['{grey}', 'UCUM', 'grey value'],
};

/** CID 100, by modality; anything else is an imaging procedure. */
const PROCEDURES: Readonly<Record<string, Code>> = {
  CT: ['25045-6', 'LN', 'CT unspecified body region'],
  MR: ['25056-3', 'LN', 'MRI unspecified body region'],
  NM: ['49118-3', 'LN', 'NM unspecified body region'],
  PT: ['44136-0', 'LN', 'PET unspecified body region'],
};
export function procedureOf(modality: string | null): Code {
  return PROCEDURES[modality ?? ''] ?? ['363679005', 'SCT', 'Imaging procedure'];
}

/** Document titles of CID 7010 that a selection of images may have. */
export const SELECTION_TITLES = {
  'of-interest': ['113000', 'DCM', 'Of Interest'],
  'for-referring-provider': ['113002', 'DCM', 'For Referring Provider'],
  'for-surgery': ['113003', 'DCM', 'For Surgery'],
  'for-teaching': ['113004', 'DCM', 'For Teaching'],
  'for-conference': ['113005', 'DCM', 'For Conference'],
  'for-therapy': ['113006', 'DCM', 'For Therapy'],
  'for-patient': ['113007', 'DCM', 'For Patient'],
} as const satisfies Record<string, Code>;
export type SelectionTitle = keyof typeof SELECTION_TITLES;

/** The same concepts in SNOMED RT (SRT) and older words, as earlier writers coded them, by `value scheme`. */
const SYNONYMS: Readonly<Record<string, Code>> = {
  'G-D7FE SRT': CODES.length,
  '121206 DCM': CODES.length, // Distance
  '81827009 SCT': CODES.length, // Diameter
  'M-02550 SRT': CODES.length,
  'G-A185 SRT': CODES.longAxis,
  'G-A186 SRT': CODES.shortAxis,
  'F-00E5C SRT': CODES.cobbAngle,
  'G-A166 SRT': CODES.area,
  'G-A16A SRT': CODES.area, // Area of defined region
  '131184002 SCT': CODES.area,
  'R-00317 SRT': ['373098007', 'SCT', 'Mean'],
  'R-10047 SRT': ['386136009', 'SCT', 'Standard Deviation'],
  'G-A437 SRT': ['56851009', 'SCT', 'Maximum'],
  'R-404FB SRT': ['255605001', 'SCT', 'Minimum'],
  'G-C036 SRT': CODES.measurementMethod,
  '112031 DCM': CODES.attenuation,
};

/** A code as `value scheme`, synonyms brought together; '' when there is none. */
export function keyOfCode(item: DicomJson | undefined): string {
  if (!item) return '';
  const value = text(item, '00080100') ?? text(item, '00080119') ?? text(item, '00080120') ?? '';
  const scheme = text(item, '00080102') ?? '';
  return key(SYNONYMS[`${value} ${scheme}`] ?? [value, scheme, '']);
}

export function key([value, scheme]: Code): string {
  return `${value} ${scheme}`;
}

/** The code in the first item of a code sequence. */
export function codeUnder(attributes: DicomJson, tag: string): string {
  return keyOfCode(sequence(attributes, tag)[0]);
}
