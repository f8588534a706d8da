import { integer, personName, sequence, text } from '../attribute-readers.js';
import type { DicomJson } from '../dicom-json.js';
import { CALIBRATIONS, codeUnder, CODES, DERIVATIONS, key, METHODS, UNITS } from './codes.js';
import { asOurs, guessKind } from './kind-by-geometry.js';
import {
  fitsUnit,
  pointsOf,
  type DocumentedMark,
  type MarkCalibration,
  type MarkKind,
  type MarkPoint,
  type MarkQuantity,
  type MarkUnit,
  type MarkValue,
  type Shape,
} from './mark.js';

/** What a document holds of marks. */
export interface FoundMarks {
  readonly marks: readonly DocumentedMark[];
  /** groups, and numbers within groups, that are none of these kinds, quantities or units, and were left out */
  readonly notUnderstood: number;
  /** the observer of the whole document */
  readonly observer: string | null;
  /** documents that this one takes the place of */
  readonly predecessors: readonly string[];
}

/** The bytes behind a BulkDataURI (Explicit VR Little Endian), where long coordinates were left out of the JSON. */
export type BulkBytes = (uri: string) => Buffer | undefined;

const CONCEPT = '0040A043';
const CONTENT = '0040A730';
const GRAPHIC_DATA = '00700022';

const nameOf = (item: DicomJson): string => codeUnder(item, CONCEPT);
const typeOf = (item: DicomJson): string | null => text(item, '0040A040');
const valueOf = (item: DicomJson): string => codeUnder(item, '0040A168');

function invert<K extends string>(
  codes: Readonly<Partial<Record<K, readonly [string, string, string]>>>,
): ReadonlyMap<string, K> {
  return new Map(
    (Object.entries(codes) as [K, readonly [string, string, string]][]).map(([name, code]) => [key(code), name]),
  );
}
const METHOD_KINDS = invert<MarkKind>(METHODS);
const CALIBRATION_NAMES = invert<MarkCalibration>(CALIBRATIONS);
const DERIVED = invert<MarkQuantity>(DERIVATIONS);
const CONCEPTS: ReadonlyMap<string, MarkQuantity> = new Map([
  [key(CODES.length), 'length'],
  [key(CODES.longAxis), 'length'],
  [key(CODES.shortAxis), 'short-axis'],
  [key(CODES.angle), 'angle'],
  [key(CODES.cobbAngle), 'angle'],
  [key(CODES.hipKneeAnkle), 'hip-knee-ankle'],
  [key(CODES.axisDeviation), 'axis-deviation'],
  [key(CODES.area), 'area'],
  [key(CODES.ratio), 'ratio'],
  [key(CODES.cardiothoracicRatio), 'ratio'],
  [key(CODES.attenuation), 'value'],
  [key(CODES.suv), 'value'],
  [key(CODES.tomographicActivity), 'value'],
  [key(CODES.pixelValue), 'value'],
]);
/** Other spellings of units, with what one of them is in ours. */
const OTHER_UNITS: Readonly<Record<string, readonly [MarkUnit, number]>> = {
  cm: ['mm', 10],
  cm2: ['mm2', 100],
  '{SUVbw}g/ml': ['SUV', 1],
  '{ratio}': ['1', 1],
};
const UNIT_NAMES: ReadonlyMap<string, MarkUnit> = new Map(
  (Object.entries(UNITS) as [MarkUnit, readonly [string, string, string]][]).map(([unit, [value]]) => [value, unit]),
);
/** Some writers give pixels as UCUM `1` with the meaning `px`. */
function unitOf(item: DicomJson, quantity: MarkQuantity): readonly [MarkUnit, number] | undefined {
  const unit = sequence(item, '004008EA')[0];
  const code = unit && (text(unit, '00080100') ?? '');
  if (code === undefined) return undefined;
  if (code === '1' && /^(px|pixels?)\b/i.test(text(unit!, '00080104') ?? '')) {
    return quantity === 'area' ? ['px2', 1] : ['px', 1];
  }
  const known = UNIT_NAMES.get(code);
  return known ? [known, 1] : OTHER_UNITS[code];
}

function numberOf(item: DicomJson): MarkValue | undefined {
  const concept = CONCEPTS.get(nameOf(item));
  const derivation = sequence(item, CONTENT).find((child) => nameOf(child) === key(CODES.derivation));
  const quantity = derivation ? (concept === 'value' ? DERIVED.get(valueOf(derivation)) : undefined) : concept;
  const measured = sequence(item, '0040A300')[0];
  if (quantity === undefined || !measured) return undefined;
  const unit = unitOf(measured, quantity);
  const value = Number(text(measured, '0040A161') ?? text(measured, '0040A30A') ?? Number.NaN);
  if (!unit || !fitsUnit(quantity, unit[0]) || !Number.isFinite(value)) return undefined;
  return { quantity, value: value * unit[1], unit: unit[0] };
}

/** Every content item below this one, in order, as far as they are contained in it. */
function below(item: DicomJson): DicomJson[] {
  return sequence(item, CONTENT).flatMap((child) => [child, ...below(child)]);
}

function graphicData(item: DicomJson, bulk: BulkBytes): number[] {
  const element = item[GRAPHIC_DATA];
  const bytes = element?.BulkDataURI === undefined ? undefined : bulk(element.BulkDataURI);
  if (bytes) return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4));
  return (element?.Value ?? []).map(Number);
}

interface Place extends Shape {
  readonly sopInstanceUid: string;
  readonly frame: number;
}

/** Coordinates on one image; undefined where they lie on none, on several, or are no pairs. */
function placeOf(item: DicomJson, bulk: BulkBytes): (Omit<Place, 'graphic'> & { graphic: string }) | undefined {
  const references = below(item).flatMap((child) => sequence(child, '00081199'));
  const numbers = graphicData(item, bulk);
  const sopInstanceUid = references[0] && text(references[0], '00081155');
  if (
    references.length !== 1 ||
    !sopInstanceUid ||
    numbers.length % 2 === 1 ||
    numbers.some((one) => !Number.isFinite(one))
  )
    return undefined;
  const points = Array.from({ length: numbers.length / 2 }, (_, at): MarkPoint => [
    numbers[2 * at]!,
    numbers[2 * at + 1]!,
  ]);
  return {
    graphic: text(item, '00700023') ?? '',
    points,
    sopInstanceUid,
    frame: integer(references[0]!, '00081160') ?? 1,
  };
}

/** A circle is an ellipse whose axes are equal (PS3.3 C.18.6.1.2: its centre, and a point on it). */
function asShape(place: { graphic: string; points: readonly MarkPoint[] }): Shape | undefined {
  const { graphic, points } = place;
  if (graphic === 'CIRCLE' && points.length === 2) {
    const [[x, y], [onX, onY]] = points as [MarkPoint, MarkPoint];
    const radius = Math.hypot(onX - x, onY - y);
    const ends: MarkPoint[] = [
      [x - radius, y],
      [x + radius, y],
      [x, y - radius],
      [x, y + radius],
    ];
    return { graphic: 'ELLIPSE', points: ends };
  }
  return graphic === 'POINT' || graphic === 'POLYLINE' || graphic === 'ELLIPSE' ? { graphic, points } : undefined;
}

function commentIn(items: readonly DicomJson[]): string | undefined {
  const comment = items.find((item) => typeOf(item) === 'TEXT' && nameOf(item) === key(CODES.comment));
  // Free words under a code that stands for any words, as a widely used web viewer writes them.
  const finding = items.find(
    (item) => nameOf(item) === key(CODES.finding) && valueOf(item).startsWith('CORNERSTONEFREETEXT '),
  );
  const meaning = finding && sequence(finding, '0040A168')[0];
  return (comment && text(comment, '0040A160')) ?? (meaning && text(meaning, '00080104')) ?? undefined;
}

/** One measurement group, or undefined where its geometry is none that a mark has. `left` is told of numbers that are left out. */
function markOf(group: DicomJson, fallbackId: string, bulk: BulkBytes, left: () => void): DocumentedMark | undefined {
  const items = sequence(group, CONTENT);
  const all = below(group);
  const of = (concept: string): DicomJson | undefined => items.find((item) => nameOf(item) === concept);
  const coordinates = all.filter((item) => typeOf(item) === 'SCOORD');
  const places = coordinates.map((item) => placeOf(item, bulk));
  const shapes = places.map((place) => place && asShape(place));
  const [first] = places;
  const oneImage = places.every(
    (place) => place?.sopInstanceUid === first?.sopInstanceUid && place?.frame === first?.frame,
  );
  if (
    !first ||
    !oneImage ||
    shapes.some((shape) => shape === undefined) ||
    all.some((item) => typeOf(item) === 'SCOORD3D')
  )
    return undefined;

  const numbers = items.filter((item) => typeOf(item) === 'NUM');
  const concepts = new Set(numbers.map(nameOf));
  const method = of(key(CODES.measurementMethod));
  const stated = method && METHOD_KINDS.get(valueOf(method));
  const words = commentIn(items);
  const drawn = stated ? (shapes as Shape[]) : asOurs(shapes as Shape[]);
  const kind = stated ?? guessKind(drawn, concepts, words !== undefined);
  const points = kind && pointsOf(kind, drawn);
  if (!kind || !points) return undefined;

  const values = numbers.flatMap((item) => {
    const value = numberOf(item);
    if (!value) left();
    return value ? [value] : [];
  });
  const calibration = items.find((item) => typeOf(item) === 'CODE' && nameOf(item) === key(CODES.calibration));
  const inPixels = values.some(({ unit }) => unit === 'px' || unit === 'px2');
  const id = of(key(CODES.trackingUid));
  const observer = of(key(CODES.observerName));
  return {
    id: (id && text(id, '0040A124')) ?? fallbackId,
    kind,
    sopInstanceUid: first.sopInstanceUid,
    frame: first.frame,
    points,
    ...(words !== undefined && { text: words }),
    values,
    calibration: (calibration && CALIBRATION_NAMES.get(valueOf(calibration))) ?? (inPixels ? 'pixels' : 'unknown'),
    ...(observer && { observer: personName(observer, '0040A123').display }),
  };
}

/**
 * The marks of an SR document (DICOM JSON) whose root is a Measurement Report (TID 1500), from Qiao or from others; undefined where it is
 * another document. What cannot be told for sure is left out and counted.
 */
export function readMeasurementReport(document: DicomJson, bulk: BulkBytes = () => undefined): FoundMarks | undefined {
  if (nameOf(document) !== key(CODES.imagingMeasurementReport)) return undefined;
  const sopInstanceUid = text(document, '00080018') ?? '';
  let notUnderstood = 0;
  const left = (): void => void (notUnderstood += 1);
  const groups = below(document).filter(
    (item) => typeOf(item) === 'CONTAINER' && nameOf(item) === key(CODES.measurementGroup),
  );
  const marks = groups.flatMap((group, index) => {
    const mark = markOf(group, `${sopInstanceUid}#${index + 1}`, bulk, left);
    if (!mark) left();
    return mark ? [mark] : [];
  });
  const observer = sequence(document, CONTENT).find((item) => nameOf(item) === key(CODES.observerName));
  const predecessors = sequence(document, '0040A360')
    .flatMap((study) => sequence(study, '00081115'))
    .flatMap((series) => sequence(series, '00081199'))
    .map((reference) => text(reference, '00081155'))
    .filter((uid) => uid !== null);
  return {
    marks,
    notUnderstood,
    observer: (observer && personName(observer, '0040A123').display) || null,
    predecessors,
  };
}
