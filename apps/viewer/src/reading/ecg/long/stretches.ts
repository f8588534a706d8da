import type { EcgView } from '../ecg-view.js';

/** Of a long recording stretch `k` is read from 90 k seconds on, with 20 seconds before it: longer than a page and what a filter needs at its ends. */
const [STEP, BEFORE, LENGTH] = [90, 20, 150];

/** Which stretch holds the page that begins at this second. */
export const stretchAt = (seconds: number): number => Math.floor(Math.max(0, seconds) / STEP);

export function boundsOf(stretch: number): { from: number; seconds: number } {
  const from = Math.max(0, stretch * STEP - BEFORE);
  return { from, seconds: stretch * STEP - BEFORE + LENGTH - from };
}

const MOST = 8;
export type Stretches = ReadonlyMap<number, EcgView>;

/** With one more; of too many the one that lies farthest from it goes. */
export function withStretch(kept: Stretches, stretch: number, view: EcgView): Stretches {
  const next = new Map(kept).set(stretch, view);
  const far = (one: number): number => Math.abs(one - stretch);
  if (next.size > MOST) next.delete([...next.keys()].reduce((most, one) => (far(one) > far(most) ? one : most)));
  return next;
}
