import type { Contender, Contest, Figure } from './contender.js';

/** Of an even number of values the mean of the two in the middle: the upper one alone would flatter. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export interface Measure {
  readonly what: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly target?: Figure['target'];
  readonly note?: string;
  /** One round against one contender; `round` counts from 0, and −1 is the one that warms up. */
  once(contender: Contender, round: number): Promise<number>;
}

/**
 * Ours and the peer in turn, who begins changing from round to round; each waits until the one before is quiet. The ratio is the
 * median of the rounds' ratios: neighbours in time share the weather of the machine.
 */
export async function inTurn(contest: Contest, measure: Measure): Promise<Figure> {
  const { ours, peer, rounds } = contest;
  const both = peer === null ? [ours] : [ours, peer];
  const seen = new Map<Contender, number[]>(both.map((contender) => [contender, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const contender of round % 2 === 0 ? both : both.toReversed()) {
      const value = await measure.once(contender, round);
      if (round >= 0) seen.get(contender)!.push(value);
      await contender.quiet();
    }
  }
  const mine = seen.get(ours)!;
  const theirs = peer === null ? undefined : seen.get(peer)!;
  const { what, unit, target, note } = measure;
  return {
    what,
    unit,
    ours: median(mine),
    peer: theirs && median(theirs),
    ratio: theirs && median(mine.map((one, at) => (measure.better === 'more' ? one / theirs[at]! : theirs[at]! / one))),
    target,
    note,
    rounds: [mine, theirs],
  };
}
