import { lookedUp, type LookupTable } from './lookup-table.js';
import { isWindow, type VoiFunction, type Window, windowed } from './voi.js';

export interface GreyOptions {
  /** In modality units. Where centre or width is missing or has no meaning, the frame's own least and greatest value are black and white. */
  readonly windowCenter?: number | null;
  readonly windowWidth?: number | null;
  /** LINEAR unless told otherwise. */
  readonly voiLutFunction?: VoiFunction | null;
  /** 1 and 0 unless told otherwise. */
  readonly rescaleSlope?: number | null;
  readonly rescaleIntercept?: number | null;
  /** Instead of slope and intercept (PS3.3 C.11.1). */
  readonly modalityLut?: LookupTable | null;
  /** Instead of a window, where none is given (PS3.3 C.11.2.1.1). */
  readonly voiLut?: LookupTable | null;
  /** Swap black and white once more; MONOCHROME1 is already shown with its least value white. */
  readonly invert?: boolean;
}

/** Least and greatest of a frame's values. */
export interface ValueRange {
  readonly least: number;
  readonly greatest: number;
}

export function rangeOf(pixels: ArrayLike<number>, count: number): ValueRange {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < count; i += 1) {
    const value = pixels[i]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}

/** How a grey frame's stored values are shown, 0 (black) to 255: rescale or modality LUT, then window or VOI LUT, then polarity. */
export function greyShade(
  photometricInterpretation: string,
  { least, greatest }: ValueRange,
  options: GreyOptions,
): (stored: number) => number {
  const slope = options.rescaleSlope || 1;
  const intercept = options.rescaleIntercept ?? 0;
  const invert = (photometricInterpretation === 'MONOCHROME1') !== (options.invert ?? false);
  const { modalityLut, voiLut } = options;
  const modality = (stored: number) => (modalityLut ? lookedUp(modalityLut, stored) : stored * slope + intercept);
  const window = windowOf(options);
  const shade =
    !window && voiLut
      ? (value: number) => (lookedUp(voiLut, value) / (2 ** voiLut.bits - 1)) * 255
      : shadeBy(window, modality(least), modality(greatest));
  return (stored) => {
    const value = Math.round(shade(modality(stored)));
    return invert ? 255 - value : value;
  };
}

function windowOf(options: GreyOptions): Window | null {
  if (options.windowCenter == null || options.windowWidth == null) return null;
  const window = {
    center: options.windowCenter,
    width: options.windowWidth,
    voiFunction: options.voiLutFunction ?? 'LINEAR',
  };
  return isWindow(window) ? window : null;
}

function shadeBy(window: Window | null, one: number, other: number): (value: number) => number {
  if (window) return (value) => windowed(value, window);
  const least = Math.min(one, other);
  const range = Math.abs(other - one);
  return range === 0 ? () => 0 : (value) => ((value - least) / range) * 255;
}
