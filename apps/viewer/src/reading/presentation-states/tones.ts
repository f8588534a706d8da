import type { Colour } from '../images/cie-lab.js';
import { lookedUp, type LookupTable } from '../images/lookup-tables.js';
import type { Tones } from '../images/presented.js';

export interface Straight {
  readonly slope: number;
  readonly intercept: number;
}

/** What the values that the viewport has of an image were made of. */
export interface ImageValues {
  readonly modality: Straight | LookupTable;
  /** The least and the greatest value that may be stored. */
  readonly stored: readonly [number, number];
}

export interface Window {
  readonly center: number;
  readonly width: number;
  readonly windowFunction: Tones['windowFunction'];
}

/** The steps of PS3.4 N.2 from stored values to the screen. */
export interface Pipeline {
  /** Without one, stored values are taken as they are. */
  readonly modality: Straight | LookupTable | null;
  /** Without one, the whole range is shown. */
  readonly voi: Window | LookupTable | null;
  readonly presentation: 'identity' | 'inverse' | LookupTable;
  /** Red, green and blue. */
  readonly palette: readonly LookupTable[] | null;
}

/** As many points as a curve is drawn through. */
const MOST_POINTS = 1024;
/** Widths beside its centre where a sigmoid is black or white to the eye. */
const SIGMOID_REACH = 2;
const LEAST_WIDTH = 1e-3;

const isTable = (one: object | null): one is LookupTable => one !== null && 'entries' in one;
const sameTable = (a: LookupTable, b: LookupTable): boolean =>
  a.first === b.first &&
  a.entries.length === b.entries.length &&
  Array.from(a.entries).every((entry, index) => entry === b.entries[index]);

/** Values after the state's Modality LUT by those that the viewport has, and the way back where that is a straight line. */
interface Relation {
  readonly of: (value: number) => number;
  readonly back: ((value: number) => number) | null;
}

/** Null where the image's own table cannot be undone. */
function relationOf(image: ImageValues['modality'], state: Pipeline['modality']): Relation | null {
  if (isTable(image)) {
    const same = isTable(state) && sameTable(image, state);
    return same ? { of: (value) => value, back: (value) => value } : null;
  }
  const stored = (value: number): number => (value - image.intercept) / image.slope;
  if (isTable(state)) return { of: (value) => lookedUp(state, stored(value)), back: null };
  const { slope, intercept } = state ?? { slope: 1, intercept: 0 };
  return {
    of: (value) => stored(value) * slope + intercept,
    back: (value) => ((value - intercept) / slope) * image.slope + image.intercept,
  };
}

/** Darkest and brightest (PS3.3 C.11.2.1.2). */
function ends({ center, width, windowFunction }: Window): [number, number] {
  if (windowFunction === 'LINEAR') return [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2];
  return [center - width / 2, center + width / 2];
}

function shadeOf(voi: Pipeline['voi'], [low, high]: readonly [number, number]): (value: number) => number {
  if (isTable(voi)) return (value) => lookedUp(voi, value) / (2 ** voi.bits - 1);
  if (voi?.windowFunction === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - voi.center)) / voi.width));
  return (value) => Math.max(0, Math.min(1, (value - low) / Math.max(LEAST_WIDTH, high - low)));
}

const through = (table: LookupTable, part: number): number =>
  lookedUp(table, table.first + part * (table.entries.length - 1));

/** Null where the state's Modality LUT cannot be applied to the values that there are. */
export function tonesOf(image: ImageValues, pipeline: Pipeline): Tones | null {
  const { voi, presentation, palette } = pipeline;
  const relation = relationOf(image.modality, pipeline.modality);
  if (!relation) return null;
  const { of, back } = relation;
  const shown = isTable(image.modality)
    ? outputs(image.modality)
    : image.stored.map((value) =>
        of(value * (image.modality as Straight).slope + (image.modality as Straight).intercept),
      );
  const whole = isTable(pipeline.modality)
    ? outputs(pipeline.modality)
    : ([Math.min(...shown), Math.max(...shown)] as const);
  const window = voi && !isTable(voi) ? ends(voi) : whole;
  const inverted = presentation === 'inverse' && palette === null;
  const straight = back !== null && !isTable(voi) && typeof presentation === 'string' && palette === null;
  if (straight) {
    const windowFunction = voi?.windowFunction ?? 'LINEAR_EXACT';
    const [from, to] = window.map(back) as [number, number];
    const [lower, upper] = [Math.min(from, to), Math.max(from, to, Math.min(from, to) + LEAST_WIDTH)];
    return { lower, upper, windowFunction, inverted: inverted !== from > to, curve: null };
  }
  const [from, to] = rangeOf(image, pipeline, window, back);
  const [lower, upper] = [Math.min(from, to), Math.max(from, to, Math.min(from, to) + LEAST_WIDTH)];
  const shade = shadeOf(voi, window);
  const colour = (value: number): Colour => {
    const before = shade(of(value));
    const part =
      typeof presentation === 'string' ? before : through(presentation, before) / (2 ** presentation.bits - 1);
    if (!palette) return [255 * part, 255 * part, 255 * part];
    return palette.map((table) => (255 * through(table, part)) / (2 ** table.bits - 1)) as unknown as Colour;
  };
  // A table's curve has its points at whole values.
  const finer = Math.max(1, Math.floor((MOST_POINTS - 1) / (upper - lower)));
  const count = Math.max(2, Math.min(MOST_POINTS, Math.round((upper - lower) * finer) + 1));
  const curve = Array.from({ length: count }, (_, index) => colour(lower + ((upper - lower) * index) / (count - 1)));
  return { lower, upper, windowFunction: 'LINEAR_EXACT', inverted, curve };
}

/** Values of the viewport between which a curve changes. */
function rangeOf(
  image: ImageValues,
  { modality, voi }: Pipeline,
  window: readonly [number, number],
  back: Relation['back'],
): [number, number] {
  if (!back) {
    const { first, entries } = modality as LookupTable;
    const { slope, intercept } = image.modality as Straight;
    return [first * slope + intercept, (first + entries.length - 1) * slope + intercept];
  }
  if (isTable(voi)) return [back(voi.first), back(voi.first + voi.entries.length - 1)];
  if (voi?.windowFunction !== 'SIGMOID') return [back(window[0]), back(window[1])];
  const reach = SIGMOID_REACH * voi.width;
  return [back(voi.center - reach), back(voi.center + reach)];
}

const outputs = ({ entries }: LookupTable): [number, number] =>
  Array.from(entries).reduce<[number, number]>(
    ([low, high], entry) => [Math.min(low, entry), Math.max(high, entry)],
    [Infinity, -Infinity],
  );
