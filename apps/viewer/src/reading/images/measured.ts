import type { MarkCalibration, MarkQuantity, MarkUnit } from '../../api/types.js';
import type { Suv } from './suv.js';

/** What a measured length means: in the patient, at the detector plane (projection), or pixels only. */
export type Spacing = { of: 'patient' } | { of: 'detector'; millimetres: number } | { of: 'pixels' };

/** What is shown, and not kept. */
const SHOWN = ['perimeter', 'heart', 'thorax'] as const;
export type Quantity = MarkQuantity | (typeof SHOWN)[number];
export const isKept = (quantity: Quantity): quantity is MarkQuantity => !SHOWN.some((one) => one === quantity);
export type Unit = MarkUnit;

export interface MeasuredValue {
  readonly quantity: Quantity;
  readonly value: number;
  readonly unit: Unit;
}

/** What Cornerstone's tools keep of a mark; lengths in millimetres where the image has a spacing in the patient, else in pixels. */
interface Statistics {
  readonly length?: unknown;
  readonly width?: unknown;
  readonly angle?: unknown;
  /** of the heart to the thorax; the two widths with it */
  readonly ratio?: unknown;
  readonly heart?: unknown;
  readonly thorax?: unknown;
  /** along a leg */
  readonly hipKneeAnkle?: unknown;
  readonly axisDeviation?: unknown;
  readonly area?: unknown;
  readonly perimeter?: unknown;
  readonly mean?: unknown;
  readonly stdDev?: unknown;
  readonly max?: unknown;
  readonly min?: unknown;
  readonly value?: unknown;
  /** such as `cm US Region`, where the mark lies in one calibrated region of an ultrasound image */
  readonly unit?: unknown;
  readonly areaUnit?: unknown;
}

const numberOf = (value: unknown): number | undefined => {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'number' && Number.isFinite(one) ? one : undefined;
};

/** What a value behind the modality transformation (PS3.3 C.11.1) means: so many of a unit. */
export interface ValueMeaning {
  readonly unit: Unit;
  readonly factor: number;
}

/** Hounsfield for CT alone; PET by what could be computed of it. */
export function meaningOf(modality: string, suv: Suv | null): ValueMeaning {
  if (suv && 'factor' in suv) return { unit: 'SUV', factor: suv.factor };
  if (suv && !suv.lacks.includes('units')) return { unit: 'Bq/ml', factor: 1 };
  return { unit: modality === 'CT' ? 'HU' : 'grey', factor: 1 };
}

const ofRegion = ({ unit, areaUnit }: Statistics): string | undefined =>
  [unit, areaUnit].find((one): one is string => typeof one === 'string' && one.endsWith('US Region'));

/** What the millimetres of a mark mean: a region of an ultrasound image has its own (PS3.3 C.8.5.5), and goes before the image's spacing. */
export const calibrationOf = (stats: Statistics, spacing: Spacing): MarkCalibration =>
  ofRegion(stats)?.startsWith('cm') ? 'region' : spacing.of;

/** The numbers of a mark, each with its unit. A quantity that could not be computed is left out. */
export function measuredValues(stats: Statistics, spacing: Spacing, values: ValueMeaning): MeasuredValue[] {
  const calibration = calibrationOf(stats, spacing);
  const region = ofRegion(stats);
  const [length, area]: [Unit, Unit] = calibration === 'pixels' ? ['px', 'px2'] : ['mm', 'mm2'];
  // A region that counts seconds or Hertz (M-mode, Doppler) has no lengths.
  const millimetres =
    calibration === 'region' ? 10 : region ? Number.NaN : spacing.of === 'detector' ? spacing.millimetres : 1;
  const { unit: grey, factor: each } = values;
  const rows: [Quantity, unknown, number, Unit][] = [
    ['length', stats.length, millimetres, length],
    ['short-axis', stats.width, millimetres, length],
    ['ratio', stats.ratio, 1, '1'],
    ['heart', stats.heart, millimetres, length],
    ['thorax', stats.thorax, millimetres, length],
    ['angle', stats.ratio === undefined ? stats.angle : undefined, 1, 'deg'],
    ['hip-knee-ankle', stats.hipKneeAnkle, 1, 'deg'],
    ['axis-deviation', stats.axisDeviation, millimetres, length],
    ['area', stats.area, millimetres * millimetres, area],
    ['perimeter', stats.perimeter, millimetres, length],
    ['mean', stats.mean, each, grey],
    ['deviation', stats.stdDev, each, grey],
    ['minimum', stats.min, each, grey],
    ['maximum', stats.max, each, grey],
    ['value', stats.value, each, grey],
  ];
  return rows.flatMap(([quantity, raw, factor, unit]) => {
    const value = numberOf(raw);
    return value === undefined || Number.isNaN(factor) ? [] : [{ quantity, value: value * factor, unit }];
  });
}

const SIGNS: Readonly<Record<Unit, string>> = {
  mm: 'mm',
  px: 'px',
  deg: '°',
  mm2: 'mm²',
  px2: 'px²',
  HU: 'HU',
  SUV: 'SUV',
  'Bq/ml': 'Bq/ml',
  '1': '',
  grey: '',
};
const DIGITS: Readonly<Record<Unit, number>> = {
  mm: 1,
  px: 0,
  deg: 1,
  mm2: 1,
  px2: 0,
  HU: 0,
  SUV: 2,
  'Bq/ml': 0,
  '1': 2,
  grey: 0,
};

/** Words for the numbers of a mark, in the reader's language. */
export interface MeasureWords {
  readonly quantity: Readonly<Record<Quantity, string>>;
  readonly pixels: string;
  readonly detectorPlane: string;
  readonly region: string;
}

/** A number with its unit; which kind of millimetre it is stands behind it, and where there are none it says pixels. */
export function numberText({ value, unit }: MeasuredValue, calibration: MarkCalibration, words: MeasureWords): string {
  const sign = unit === 'px' ? words.pixels : unit === 'px2' ? `${words.pixels}²` : SIGNS[unit];
  const number = `${value.toFixed(DIGITS[unit])}${unit === 'deg' ? '' : ' '}${sign}`.trimEnd();
  if (unit !== 'mm' && unit !== 'mm2') return number;
  const source = calibration === 'detector' ? words.detectorPlane : calibration === 'region' ? words.region : '';
  return source ? `${number} (${source})` : number;
}

/** Lines beside a mark. */
export const measureLines = (
  values: readonly MeasuredValue[],
  calibration: MarkCalibration,
  words: MeasureWords,
): string[] =>
  values.map((one) => {
    const text = numberText(one, calibration, words);
    return values.length === 1 ? text : `${words.quantity[one.quantity]} ${text}`;
  });
