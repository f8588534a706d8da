import type { MarkKind, MarkPoint } from '../../api/types.js';

/** How many points are set by keys; a freehand region has as many as are set. */
export const POINTS: Readonly<Partial<Record<MarkKind, number>>> = {
  length: 2,
  bidirectional: 3,
  angle: 3,
  cobb: 4,
  cardiothoracic: 4,
  'centre-line': 3,
  rectangle: 2,
  ellipse: 2,
  freehand: Infinity,
  probe: 1,
  arrow: 2,
};

/** These are complete with fewer, too, where a point is set twice. */
const LEAST: Readonly<Partial<Record<MarkKind, number>>> = { freehand: 3, 'centre-line': 2 };

const samePlace = (a: MarkPoint | undefined, b: MarkPoint): boolean =>
  a !== undefined && Math.abs(a[0] - b[0]) < 0.01 && Math.abs(a[1] - b[1]) < 0.01;

/** One more point. @returns those set now, and whether the mark is complete; null where a point is set upon the one before */
export function withPoint(
  kind: MarkKind,
  points: readonly MarkPoint[],
  next: MarkPoint,
): { points: MarkPoint[]; complete: boolean } | null {
  if (samePlace(points.at(-1), next)) {
    return points.length >= (LEAST[kind] ?? Infinity) ? { points: [...points], complete: true } : null;
  }
  const all = [...points, next];
  return { points: all, complete: all.length === POINTS[kind] };
}

/**
 * The points of a mark as they are saved, from those that were set: opposite corners of a rectangle and of the box around an ellipse, the
 * ends of a long axis and one end of the short one, which stands upright on it.
 */
export function pointsFromKeys(
  kind: MarkKind,
  set: readonly MarkPoint[],
  [dx, dy]: readonly [column: number, row: number],
): MarkPoint[] {
  const [a, b, c] = set;
  if (!a || !b) return [...set];
  const [left, right] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [top, bottom] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  if (kind === 'rectangle')
    return [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ];
  if (kind === 'ellipse') {
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return [
      [x, bottom],
      [x, top],
      [left, y],
      [right, y],
    ];
  }
  if (kind !== 'bidirectional' || !c) return [...set];
  // In millimetres, where upright is upright.
  const [ux, uy] = [(b[0] - a[0]) * dx, (b[1] - a[1]) * dy];
  const length = Math.hypot(ux, uy);
  const [nx, ny] = [-uy / length, ux / length];
  const away = (c[0] - a[0]) * dx * nx + (c[1] - a[1]) * dy * ny;
  const along = ((c[0] - a[0]) * dx * ux + (c[1] - a[1]) * dy * uy) / length;
  const at = Math.max(0, Math.min(length, along)) / length;
  const foot: MarkPoint = [a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at];
  const step: MarkPoint = [(away * nx) / dx, (away * ny) / dy];
  return [a, b, [foot[0] + step[0], foot[1] + step[1]], [foot[0] - step[0], foot[1] - step[1]]];
}
