import type { Spacing } from './series.js';

export type Quantity =
  'length' | 'short-axis' | 'angle' | 'area' | 'perimeter' | 'mean' | 'deviation' | 'maximum' | 'minimum' | 'value';
export type Unit = 'mm' | 'px' | 'deg' | 'mm2' | 'px2' | 'HU' | 'SUV' | 'grey';

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
  readonly area?: unknown;
  readonly perimeter?: unknown;
  readonly mean?: unknown;
  readonly stdDev?: unknown;
  readonly max?: unknown;
  readonly min?: unknown;
  readonly value?: unknown;
}

const numberOf = (value: unknown): number | undefined => {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'number' && Number.isFinite(one) ? one : undefined;
};

/** The unit of a stored value behind the modality transformation (PS3.3 C.11.1): Hounsfield for CT alone, SUV is not computed here. */
export const valueUnit = (modality: string): Unit => (modality === 'CT' ? 'HU' : 'grey');

/** The numbers of a mark, each with its unit. A quantity that could not be computed is left out. */
export function measuredValues(stats: Statistics, spacing: Spacing, modality: string): MeasuredValue[] {
  const millimetres = spacing.of === 'detector' ? spacing.millimetres : 1;
  const [length, area]: [Unit, Unit] = spacing.of === 'pixels' ? ['px', 'px2'] : ['mm', 'mm2'];
  const grey = valueUnit(modality);
  const rows: [Quantity, unknown, number, Unit][] = [
    ['length', stats.length, millimetres, length],
    ['short-axis', stats.width, millimetres, length],
    ['angle', stats.angle, 1, 'deg'],
    ['area', stats.area, millimetres * millimetres, area],
    ['perimeter', stats.perimeter, millimetres, length],
    ['mean', stats.mean, 1, grey],
    ['deviation', stats.stdDev, 1, grey],
    ['minimum', stats.min, 1, grey],
    ['maximum', stats.max, 1, grey],
    ['value', stats.value, 1, grey],
  ];
  return rows.flatMap(([quantity, raw, factor, unit]) => {
    const value = numberOf(raw);
    return value === undefined ? [] : [{ quantity, value: value * factor, unit }];
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
  grey: '',
};
const DIGITS: Readonly<Record<Unit, number>> = { mm: 1, px: 0, deg: 1, mm2: 1, px2: 0, HU: 0, SUV: 2, grey: 0 };

/** Words for the numbers of a mark, in the reader's language. */
export interface MeasureWords {
  readonly quantity: Readonly<Record<Quantity, string>>;
  readonly pixels: string;
  readonly detectorPlane: string;
}

/** Lines beside a mark. Which kind of millimetre it is stands behind it; where there are none it says pixels. */
export function measureLines(values: readonly MeasuredValue[], spacing: Spacing, words: MeasureWords): string[] {
  const single = values.length === 1;
  return values.map(({ quantity, value, unit }) => {
    const sign = unit === 'px' ? words.pixels : unit === 'px2' ? `${words.pixels}²` : SIGNS[unit];
    const number = `${value.toFixed(DIGITS[unit])}${unit === 'deg' ? '' : ' '}${sign}`.trimEnd();
    const plane = spacing.of === 'detector' && (unit === 'mm' || unit === 'mm2') ? ` (${words.detectorPlane})` : '';
    return `${single ? '' : `${words.quantity[quantity]} `}${number}${plane}`;
  });
}
