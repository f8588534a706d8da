import type { MarkKind, MarkPoint } from '../../api/types.js';

const lengthOf = ([a, b]: readonly MarkPoint[], [dx, dy]: readonly [number, number]): number =>
  a && b ? Math.hypot((a[0] - b[0]) * dx, (a[1] - b[1]) * dy) : 0;

/**
 * The points of a mark in the order that is saved, from those of Cornerstone's tools: they keep a rectangle's corners row by row, and the
 * two axes of a bidirectional one as they were drawn. `spacing` tells which axis is the longer.
 */
export function pointsToSave(
  kind: MarkKind,
  points: readonly MarkPoint[],
  spacing: readonly [column: number, row: number],
): MarkPoint[] {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return [...points];
  if (kind === 'rectangle') return [a, b, d, c];
  const [first, second] = [lengthOf([a, b], spacing), lengthOf([c, d], spacing)];
  // The long axis comes first, and the thorax last.
  const swapped = (kind === 'bidirectional' && first < second) || (kind === 'cardiothoracic' && first > second);
  return swapped ? [c, d, a, b] : [...points];
}

/** The same back again. */
export function pointsToDraw(kind: MarkKind, points: readonly MarkPoint[]): MarkPoint[] {
  const [a, b, c, d] = points;
  return kind === 'rectangle' && a && b && c && d ? [a, b, d, c] : [...points];
}

/** To a thousandth of a pixel, so that what was drawn, saved and read again is the same. */
export const rounded = ([column, row]: MarkPoint): MarkPoint => [
  Math.round(column * 1000) / 1000,
  Math.round(row * 1000) / 1000,
];
