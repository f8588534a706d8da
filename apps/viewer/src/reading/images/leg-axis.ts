type Point = readonly [number, number, number];

/** What is measured along the line through the middles of hip, knee and ankle, in the units of the points. */
export interface LegAxis {
  /** straight from the first point to the last */
  readonly length: number;
  /** degrees between thigh and shank, 180 of a straight leg; only of three points, since of more none is known to be the knee */
  readonly hipKneeAnkle?: number;
  /** of the knee from the line between hip and ankle */
  readonly axisDeviation?: number;
}

const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const lengthOf = (a: Point): number => Math.hypot(...a);
const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** @returns null of a line that goes nowhere */
export function legAxis(points: readonly Point[]): LegAxis | null {
  const [hip, ankle] = [points[0], points.at(-1)];
  if (!hip || !ankle) return null;
  const whole = minus(ankle, hip);
  const length = lengthOf(whole);
  if (length === 0) return null;
  const knee = points[1]!;
  const [up, down] = [minus(hip, knee), minus(ankle, knee)];
  if (points.length !== 3 || lengthOf(up) === 0 || lengthOf(down) === 0) return { length };
  return {
    length,
    hipKneeAnkle: (Math.atan2(lengthOf(cross(up, down)), dot(up, down)) * 180) / Math.PI,
    axisDeviation: lengthOf(cross(whole, up)) / length,
  };
}
