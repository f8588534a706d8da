import type { EcgMeasurement, EcgView } from './ecg-view.js';

/** What of the measurements belongs in a report, in the order in which it is written there. */
export const REPORTED = ['HR', 'PR', 'QRS', 'QT', 'QTc', 'QTcF', 'QRS-axis'] as const;
export type Reported = (typeof REPORTED)[number];

/** From this difference on, two measurements of one thing are marked: in the unit they are given in. */
const APART: Readonly<Record<string, number>> = { '/min': 5, ms: 20, deg: 15 };
/** Devices name beats a minute in two ways. */
const unitOf = ({ unit }: EcgMeasurement): string => (unit === 'bpm' ? '/min' : unit);

export function differ(device: EcgMeasurement | undefined, computed: EcgMeasurement | undefined): boolean {
  if (!device || !computed) return false;
  const unit = unitOf(device);
  if (unit !== unitOf(computed)) return device.value !== computed.value;
  const apart = Math.abs(device.value - computed.value);
  // Angles go round.
  return (unit === 'deg' ? Math.min(apart, 360 - apart) : apart) >= (APART[unit] ?? Infinity);
}

export interface Offered {
  readonly code: Reported;
  /** As the device gave it and as it was computed, in beats a minute, ms or degrees. */
  readonly device: number | null;
  readonly computed: number | null;
  readonly apart: boolean;
}

/** A QTc that names no formula stands beside Bazett's, as devices print it. */
const CODES: Readonly<Partial<Record<Reported, readonly string[]>>> = { QTc: ['QTc', 'QTcB'] };
const UNIT: Readonly<Partial<Record<Reported, string>>> = { HR: '/min', 'QRS-axis': 'deg' };

/** What may be confirmed: for each of {@link REPORTED} that was measured at all, what there is. Other units than its own are left out. */
export function offered({ recording, computed = [] }: EcgView): Offered[] {
  return REPORTED.flatMap((code): Offered[] => {
    const find = (among: readonly EcgMeasurement[]): EcgMeasurement | undefined =>
      (CODES[code] ?? [code])
        .map((name) => among.find((one) => one.code === name && unitOf(one) === (UNIT[code] ?? 'ms')))
        .find((one) => one !== undefined);
    const [device, ours] = [find(recording.measurements), find(computed)];
    if (!device && !ours) return [];
    return [{ code, device: device?.value ?? null, computed: ours?.value ?? null, apart: differ(device, ours) }];
  });
}

/** What stands there before the doctor has chosen: the device's, else the computed; nothing where they differ, or of a second QTc. */
export function firstChoice({ code, device, computed, apart }: Offered): string {
  if (apart || code === 'QTcF') return '';
  return String(device ?? computed ?? '');
}

/** Own choice: what is outside of these is a slip of the hand. */
const LIMITS: Readonly<Record<Reported, readonly [number, number]>> = {
  HR: [10, 400],
  PR: [40, 1000],
  QRS: [20, 400],
  QT: [100, 1000],
  QTc: [100, 1000],
  QTcF: [100, 1000],
  'QRS-axis': [-180, 360],
};
/** Nothing, or a number that can be one of these. */
export function acceptable(code: Reported, text: string): boolean {
  const said = text.trim();
  if (said === '') return true;
  const [least, most] = LIMITS[code];
  return /^-?\d+(\.\d+)?$/.test(said) && Number(said) >= least && Number(said) <= most;
}

export interface LineWords {
  readonly rate: (value: string) => string;
  readonly axis: (value: string) => string;
  readonly qtcFridericia: (value: string) => string;
  readonly between: string;
}

const ms = (name: string, value: string): string => (value ? `${name} ${value} ms` : '');

/** The confirmed values as one line of the findings; what is empty is left out, and where all is, the line is empty. */
export function measurementLine(values: Readonly<Partial<Record<Reported, string>>>, words: LineWords): string {
  const of = (code: Reported): string => values[code]?.trim() ?? '';
  const [qt, qtc] = [of('QT'), of('QTc')];
  return [
    of('HR') && words.rate(of('HR')),
    ms('PR', of('PR')),
    ms('QRS', of('QRS')),
    qt && qtc ? ms('QT/QTc', `${qt}/${qtc}`) : ms('QT', qt) || ms('QTc', qtc),
    of('QTcF') && words.qtcFridericia(of('QTcF')),
    of('QRS-axis') && words.axis(of('QRS-axis')),
  ]
    .filter(Boolean)
    .join(words.between);
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/**
 * The findings with this line in the place of the measurements that begin one of their lines, what the doctor wrote behind them kept;
 * null where no line begins with any.
 */
export function withMeasurementsReplaced(text: string, line: string, words: LineWords): string | null {
  const ways = [words.rate, words.axis, words.qtcFridericia, ...['PR', 'QRS', 'QT', 'QTc', 'QT/QTc'].map(named)];
  const one = `(?:${ways.map((way) => escaped(way('#')).replace('#', `${NUMBER}(?:/${NUMBER})?`)).join('|')})`;
  const found = new RegExp(`^${one}(?:${escaped(words.between)}${one})*`, 'm').exec(text);
  return found && text.slice(0, found.index) + line + text.slice(found.index + found[0].length);
}

const named =
  (name: string) =>
  (value: string): string =>
    ms(name, value);
