export const MARK_KINDS = [
  'length',
  'bidirectional',
  'angle',
  'cobb',
  'rectangle',
  'ellipse',
  'freehand',
  'arrow',
  'probe',
  'cardiothoracic',
  'centre-line',
] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

export const MARK_QUANTITIES = [
  'length',
  'short-axis',
  'angle',
  'hip-knee-ankle',
  'axis-deviation',
  'area',
  'mean',
  'deviation',
  'maximum',
  'minimum',
  'ratio',
  'value',
] as const;
export type MarkQuantity = (typeof MARK_QUANTITIES)[number];

/** `SUV` is by body weight (SUVbw); `grey` is the pixel's value without a unit of its own; `px2` counts pixels. */
export const MARK_UNITS = ['mm', 'px', 'deg', 'mm2', 'px2', 'HU', 'SUV', 'Bq/ml', '1', 'grey'] as const;
export type MarkUnit = (typeof MARK_UNITS)[number];

/**
 * What millimetres mean: distances in the patient (Pixel Spacing), at the detector (Imager Pixel Spacing), in an ultrasound region (Physical
 * Delta), or that there are none. `unknown` only in documents from elsewhere, which need not say it.
 */
export const MARK_CALIBRATIONS = ['patient', 'detector', 'region', 'pixels', 'unknown'] as const;
export type MarkCalibration = (typeof MARK_CALIBRATIONS)[number];

export interface MarkValue {
  readonly quantity: MarkQuantity;
  readonly value: number;
  readonly unit: MarkUnit;
}

/** A column and a row (PS3.3 C.18.6.1.1): (0,0) is the top left corner of the top left pixel. */
export type MarkPoint = readonly [column: number, row: number];

/**
 * One measurement or annotation on one image. Points by kind: length and arrow 2 (an arrow begins at its tip), bidirectional 2 of the long
 * axis and 2 of the short, angle 3 with the vertex in the middle, Cobb 2 of each line, rectangle 4 corners in order, ellipse 2 ends of one
 * axis and 2 of the other, freehand 3 or more (closed of itself), probe 1, cardiothoracic pairs (2 or 3 of them, the thorax last),
 * centre line 2 or more (3: hip, knee, ankle).
 */
export interface Mark {
  /** Tracking UID: stays the same over edits */
  readonly id: string;
  readonly kind: MarkKind;
  readonly sopInstanceUid: string;
  /** from 1 */
  readonly frame: number;
  readonly points: readonly MarkPoint[];
  /** free words */
  readonly text?: string | undefined;
  readonly values: readonly MarkValue[];
  readonly calibration: MarkCalibration;
}

/** A mark in a document, with who made it where the document says so for this one apart. */
export interface DocumentedMark extends Mark {
  readonly observer?: string | undefined;
}

const COUNTS: Readonly<Record<MarkKind, (points: number) => boolean>> = {
  length: (points) => points === 2,
  bidirectional: (points) => points === 4,
  angle: (points) => points === 3,
  cobb: (points) => points === 4,
  rectangle: (points) => points === 4,
  ellipse: (points) => points === 4,
  freehand: (points) => points >= 3,
  arrow: (points) => points === 2,
  probe: (points) => points === 1,
  cardiothoracic: (points) => points === 4 || points === 6,
  'centre-line': (points) => points >= 2,
};

/** Whether a mark of this kind has so many points. */
export function fitsKind(kind: MarkKind, points: number): boolean {
  return COUNTS[kind](points);
}

const LENGTHS: readonly MarkUnit[] = ['mm', 'px'];
const INTENSITIES: readonly MarkUnit[] = ['HU', 'SUV', 'Bq/ml', 'grey'];
const FITTING: Readonly<Record<MarkQuantity, readonly MarkUnit[]>> = {
  length: LENGTHS,
  'short-axis': LENGTHS,
  angle: ['deg'],
  'hip-knee-ankle': ['deg'],
  'axis-deviation': LENGTHS,
  area: ['mm2', 'px2'],
  ratio: ['1'],
  mean: INTENSITIES,
  deviation: INTENSITIES,
  maximum: INTENSITIES,
  minimum: INTENSITIES,
  value: INTENSITIES,
};

/** Whether a quantity can be given in this unit. */
export function fitsUnit(quantity: MarkQuantity, unit: MarkUnit): boolean {
  return FITTING[quantity].includes(unit);
}

type Graphic = 'POINT' | 'POLYLINE' | 'ELLIPSE';
/** What one SCOORD content item holds (PS3.3 C.18.6). */
export interface Shape {
  readonly graphic: Graphic;
  readonly points: readonly MarkPoint[];
}

/** The lines of these kinds are apart, two points each. */
const PAIRED: ReadonlySet<MarkKind> = new Set<MarkKind>(['bidirectional', 'cobb', 'cardiothoracic']);
/** A region, which stands by itself and not under one of its numbers (TID 1410). */
const REGIONS: ReadonlySet<MarkKind> = new Set<MarkKind>(['rectangle', 'ellipse', 'freehand']);
/** A polyline ends where it began. */
const CLOSED: ReadonlySet<MarkKind> = new Set<MarkKind>(['rectangle', 'freehand']);

export function isRegion(kind: MarkKind): boolean {
  return REGIONS.has(kind);
}

function lengthOf([a, b]: readonly MarkPoint[]): number {
  return Math.hypot(b![0] - a![0], b![1] - a![1]);
}

export function shapesOf({ kind, points }: Mark): Shape[] {
  if (kind === 'probe') return [{ graphic: 'POINT', points }];
  if (kind === 'ellipse') {
    const axes = [points.slice(0, 2), points.slice(2)];
    // PS3.3 C.18.6.1.2: the major axis comes first.
    const [major, minor] = lengthOf(axes[0]!) < lengthOf(axes[1]!) ? [axes[1]!, axes[0]!] : [axes[0]!, axes[1]!];
    return [{ graphic: 'ELLIPSE', points: [...major, ...minor] }];
  }
  if (CLOSED.has(kind)) return [{ graphic: 'POLYLINE', points: [...points, points[0]!] }];
  if (!PAIRED.has(kind)) return [{ graphic: 'POLYLINE', points }];
  return Array.from({ length: points.length / 2 }, (_, pair) => ({
    graphic: 'POLYLINE',
    points: points.slice(2 * pair, 2 * pair + 2),
  }));
}

/** The points that `shapesOf` made these of; undefined where they are none of this kind. */
export function pointsOf(kind: MarkKind, shapes: readonly Shape[]): MarkPoint[] | undefined {
  const graphic = kind === 'probe' ? 'POINT' : kind === 'ellipse' ? 'ELLIPSE' : 'POLYLINE';
  if (shapes.some((shape) => shape.graphic !== graphic)) return undefined;
  if (!PAIRED.has(kind) && shapes.length !== 1) return undefined;
  if (PAIRED.has(kind) && shapes.some(({ points }) => points.length !== 2)) return undefined;
  const points = shapes.flatMap((shape) => shape.points);
  const open = CLOSED.has(kind) && isClosed(points) ? points.slice(0, -1) : points;
  return fitsKind(kind, open.length) ? open : undefined;
}

export function isClosed(points: readonly MarkPoint[]): boolean {
  const [first, last] = [points[0], points.at(-1)];
  return points.length > 3 && first![0] === last![0] && first![1] === last![1];
}
