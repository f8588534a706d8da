import type { EcgMeasures } from './ecg-measures.js';
import { round } from './lead-quality.js';
import { gapsOf } from './rhythm.js';

/** Beats a minute within one minute of a recording; null where it has no R-R, or fewer than eight. */
export interface RateMinute {
  readonly mean: number | null;
  readonly lowest: number | null;
  readonly highest: number | null;
}

const MINUTE = 60;
/** Own choice: the lowest and highest rate are of this many R-R after each other, so that no single early beat makes one. */
const AVERAGED = 8;

/** The rate minute by minute; an R-R belongs to the minute in which it ends, and one over which every lead is off to none. */
export function rateTrend({ beats, quality }: Pick<EcgMeasures, 'beats' | 'quality'>, seconds: number): RateMinute[] {
  const off = gapsOf(quality);
  const minutes = Array.from({ length: Math.ceil(seconds / MINUTE) }, (): number[] => []);
  for (let i = 1; i < beats.length; i += 1) {
    const [from, to] = [beats[i - 1]!.seconds, beats[i]!.seconds];
    if (!off(from, to)) minutes[Math.floor(to / MINUTE)]?.push(to - from);
  }
  return minutes.map((rr) => {
    if (rr.length === 0) return { mean: null, lowest: null, highest: null };
    const rates = rr.slice(AVERAGED - 1).map((_, i) => rateOf(rr.slice(i, i + AVERAGED)));
    return {
      mean: rateOf(rr),
      lowest: rates.length > 0 ? Math.min(...rates) : null,
      highest: rates.length > 0 ? Math.max(...rates) : null,
    };
  });
}

const rateOf = (rr: readonly number[]): number => round((60 * rr.length) / rr.reduce((sum, each) => sum + each, 0), 1);
