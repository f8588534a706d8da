import { CODES, key, type Code } from './codes.js';
import { isClosed, type MarkKind, type MarkPoint, type Shape } from './mark.js';

const samePoint = (a: MarkPoint, b: MarkPoint): boolean => a[0] === b[0] && a[1] === b[1];

/** Four corners with right angles, within what single precision leaves. */
function isRectangle(points: readonly MarkPoint[]): boolean {
  if (points.length !== 4) return false;
  return points.every((corner, at) => {
    const [before, after] = [points[(at + 3) % 4]!, points[(at + 1) % 4]!];
    const [ax, ay, bx, by] = [before[0] - corner[0], before[1] - corner[1], after[0] - corner[0], after[1] - corner[1]];
    const [a, b] = [Math.hypot(ax, ay), Math.hypot(bx, by)];
    return a > 0 && b > 0 && Math.abs(ax * bx + ay * by) / (a * b) < 1e-3;
  });
}

/**
 * Another maker's shapes in our manner: the same coordinates under several numbers count once, and two lines of an angle may have been
 * written as one polyline of four points, the inner two of which are one where the lines meet.
 */
export function asOurs(shapes: readonly Shape[]): Shape[] {
  const once = [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()];
  const [only] = once;
  if (once.length !== 1 || only!.graphic !== 'POLYLINE' || only!.points.length !== 4 || isClosed(only!.points))
    return once;
  const [a, b, c, d] = only!.points as [MarkPoint, MarkPoint, MarkPoint, MarkPoint];
  if (samePoint(b, c)) return [{ graphic: 'POLYLINE', points: [a, b, d] }];
  return [
    [a, b],
    [c, d],
  ].map((points) => ({ graphic: 'POLYLINE', points: points as MarkPoint[] }));
}

/**
 * What kind of mark another maker's group is, from what was measured and how it was drawn; undefined where that leaves more than one
 * answer, or none.
 */
export function guessKind(
  shapes: readonly Shape[],
  concepts: ReadonlySet<string>,
  hasWords: boolean,
): MarkKind | undefined {
  const measured = (code: Code): boolean => concepts.has(key(code));
  const [only] = shapes;
  if (shapes.length === 2) {
    const lines = shapes.every(({ graphic, points }) => graphic === 'POLYLINE' && points.length === 2);
    if (lines && measured(CODES.longAxis) && measured(CODES.shortAxis)) return 'bidirectional';
    return lines && (measured(CODES.cobbAngle) || measured(CODES.angle)) ? 'cobb' : undefined;
  }
  if (shapes.length !== 1 || !only) return undefined;
  const { graphic, points } = only;
  if (graphic === 'POINT') return points.length === 1 ? 'probe' : undefined;
  if (graphic === 'ELLIPSE') return points.length === 4 ? 'ellipse' : undefined;
  if (measured(CODES.angle) || measured(CODES.cobbAngle)) return points.length === 3 ? 'angle' : undefined;
  if (points.length === 2) {
    if (measured(CODES.length)) return 'length';
    // A line that measures nothing and has words points at something.
    return concepts.size === 0 && hasWords ? 'arrow' : undefined;
  }
  if (isClosed(points)) return isRectangle(points.slice(0, -1)) ? 'rectangle' : 'freehand';
  return undefined;
}
