/** A straight piece of an outline, in font units, upwards positive. */
export interface Stroke {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}
interface Point {
  readonly x: number;
  readonly y: number;
  readonly on: boolean;
}

const CURVE_STEPS = 6;
const DEEPEST = 6;

/** The closed outline of a TrueType glyph as straight pieces (OpenType 1.9, "glyf" table), parts of composites put in place. */
export function outlineStrokes(outlineOf: (glyph: number) => Buffer, glyph: number, depth = 0): Stroke[] {
  const outline = outlineOf(glyph);
  if (outline.length < 10 || depth > DEEPEST) return [];
  const contours = outline.readInt16BE(0);
  if (contours >= 0) return simpleContours(outline, contours).flatMap(strokesOf);
  return components(outline).flatMap(({ part, a, b, c, d, x, y }) =>
    outlineStrokes(outlineOf, part, depth + 1).map((stroke) => ({
      x0: a * stroke.x0 + c * stroke.y0 + x,
      y0: b * stroke.x0 + d * stroke.y0 + y,
      x1: a * stroke.x1 + c * stroke.y1 + x,
      y1: b * stroke.x1 + d * stroke.y1 + y,
    })),
  );
}

interface Component {
  part: number;
  a: number;
  b: number;
  c: number;
  d: number;
  x: number;
  y: number;
}

function components(outline: Buffer): Component[] {
  const found: Component[] = [];
  for (let at = 10, more = true; more;) {
    const flags = outline.readUInt16BE(at);
    const part = outline.readUInt16BE(at + 2);
    const words = (flags & 0x0001) !== 0;
    // Parts are placed by offsets; placing by matching points is not used by text fonts.
    const placed = (flags & 0x0002) !== 0;
    const x = placed ? (words ? outline.readInt16BE(at + 4) : outline.readInt8(at + 4)) : 0;
    const y = placed ? (words ? outline.readInt16BE(at + 6) : outline.readInt8(at + 5)) : 0;
    at += words ? 8 : 6;
    const fixed = (from: number) => outline.readInt16BE(from) / 16_384;
    let [a, b, c, d] = [1, 0, 0, 1];
    if (flags & 0x0008) {
      a = d = fixed(at);
      at += 2;
    } else if (flags & 0x0040) {
      [a, d] = [fixed(at), fixed(at + 2)];
      at += 4;
    } else if (flags & 0x0080) {
      [a, b, c, d] = [fixed(at), fixed(at + 2), fixed(at + 4), fixed(at + 6)];
      at += 8;
    }
    found.push({ part, a, b, c, d, x, y });
    more = (flags & 0x0020) !== 0;
  }
  return found;
}

function simpleContours(outline: Buffer, contours: number): Point[][] {
  const ends = Array.from({ length: contours }, (_, index) => outline.readUInt16BE(10 + 2 * index));
  const count = (ends.at(-1) ?? -1) + 1;
  let at = 10 + 2 * contours;
  at += 2 + outline.readUInt16BE(at);
  const flags: number[] = [];
  while (flags.length < count) {
    const flag = outline[at++]!;
    const repeats = flag & 0x08 ? outline[at++]! : 0;
    for (let time = 0; time <= repeats; time += 1) flags.push(flag);
  }
  const coordinates = (short: number, same: number): number[] => {
    let value = 0;
    return flags.slice(0, count).map((flag) => {
      if (flag & short) value += flag & same ? outline[at++]! : -outline[at++]!;
      else if (!(flag & same)) {
        value += outline.readInt16BE(at);
        at += 2;
      }
      return value;
    });
  };
  const xs = coordinates(0x02, 0x10);
  const ys = coordinates(0x04, 0x20);
  return ends.map((end, index) => {
    const start = index === 0 ? 0 : ends[index - 1]! + 1;
    return Array.from({ length: end - start + 1 }, (_, i) => ({
      x: xs[start + i]!,
      y: ys[start + i]!,
      on: (flags[start + i]! & 1) === 1,
    }));
  });
}

/** Between two control points in a row lies a point of the curve, half-way. */
function strokesOf(points: readonly Point[]): Stroke[] {
  if (points.length < 2) return [];
  const middle = (p: Point, q: Point): Point => ({ x: (p.x + q.x) / 2, y: (p.y + q.y) / 2, on: true });
  const first = points[0]!.on ? points[0]! : points.at(-1)!.on ? points.at(-1)! : middle(points[0]!, points.at(-1)!);
  const rest = points[0]!.on ? points.slice(1) : points;
  const strokes: Stroke[] = [];
  let from = first;
  let control: Point | null = null;
  const curve = (via: Point, to: Point): void => {
    let [x0, y0] = [from.x, from.y];
    for (let step = 1; step <= CURVE_STEPS; step += 1) {
      const t = step / CURVE_STEPS;
      const x1 = (1 - t) ** 2 * from.x + 2 * t * (1 - t) * via.x + t * t * to.x;
      const y1 = (1 - t) ** 2 * from.y + 2 * t * (1 - t) * via.y + t * t * to.y;
      strokes.push({ x0, y0, x1, y1 });
      [x0, y0] = [x1, y1];
    }
    from = to;
  };
  for (const point of [...rest, first]) {
    if (point.on) {
      if (control) curve(control, point);
      else strokes.push({ x0: from.x, y0: from.y, x1: point.x, y1: point.y });
      from = point;
      control = null;
    } else {
      if (control) curve(control, middle(control, point));
      control = point;
    }
  }
  if (control) curve(control, first);
  return strokes;
}
