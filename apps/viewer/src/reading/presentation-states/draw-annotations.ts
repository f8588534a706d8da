import type { View } from '../images/presented.js';
import type { Painting } from '../images/picture-cover.js';
import type { Annotation, Point, Units } from './annotations.js';
import { placeInArea } from './displayed-area.js';

/** In CSS pixels. */
const LINE = 1.5;
const TEXT = 14;
const POINT = 4;
const HALO = 'rgb(0 0 0 / 75%)';
/** A filled shape is seen through: what it is over stays to be read. */
const FILLED = 0.3;
/** Straight pieces between two points of a smooth line. */
const PIECES = 12;

type Place = (units: Units, point: Point) => Point;

/** Shapes and words over an image, upright and of one size however it is turned and enlarged. */
export const drawingOf =
  (annotations: readonly Annotation[], view: View): Painting =>
  (context, place) => {
    const at: Place = (units, [x, y]) => (units === 'pixel' ? place(x, y) : place(...placeInArea(view, x, y)));
    for (const one of annotations) {
      context.save();
      if (one.kind === 'shape') drawShape(context, one, at);
      else drawText(context, one, at);
      context.restore();
    }
  };

function drawShape(context: CanvasRenderingContext2D, shape: Annotation & { kind: 'shape' }, at: Place): void {
  const points = shape.points.map((point) => at(shape.units, point));
  const path = pathOf(shape.shape, points);
  if (!path) return;
  const colour = `rgb(${shape.colour.join(' ')})`;
  if (shape.filled || shape.shape === 'point') {
    context.fillStyle = colour;
    context.globalAlpha = shape.shape === 'point' ? 1 : FILLED;
    context.fill(path);
    context.globalAlpha = 1;
  }
  context.lineJoin = 'round';
  // Told apart from what is bright, too.
  context.strokeStyle = HALO;
  context.lineWidth = (LINE + 1.5) * devicePixelRatio;
  context.stroke(path);
  if (shape.dashed) context.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  context.strokeStyle = colour;
  context.lineWidth = LINE * devicePixelRatio;
  context.stroke(path);
}

const between = ([x, y]: Point, [x2, y2]: Point): number => Math.hypot(x2 - x, y2 - y);

function pathOf(kind: (Annotation & { kind: 'shape' })['shape'], points: readonly Point[]): Path2D | null {
  const path = new Path2D();
  const [first, second, third, fourth] = points;
  if (!first) return null;
  if (kind === 'point') path.arc(...first, POINT * devicePixelRatio, 0, 2 * Math.PI);
  else if (!second) return null;
  else if (kind === 'circle') path.arc(...first, between(first, second), 0, 2 * Math.PI);
  else if (kind === 'ellipse') {
    // The ends of the longer axis, then those of the shorter (PS3.3 C.10.5.1.2).
    if (!third || !fourth) return null;
    const centre = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2] as const;
    const angle = Math.atan2(second[1] - first[1], second[0] - first[0]);
    path.ellipse(...centre, between(first, second) / 2, between(third, fourth) / 2, angle, 0, 2 * Math.PI);
  } else {
    const line = kind === 'interpolated' ? smoothed(points) : points;
    for (const [x, y] of line) path.lineTo(x, y);
    if (between(first, points.at(-1)!) < 0.5) path.closePath();
  }
  return path;
}

/** Through every point, by Catmull and Rom. */
export function smoothed(points: readonly Point[]): Point[] {
  const closed = points.length > 2 && between(points[0]!, points.at(-1)!) < 0.5;
  const neighbour = (index: number): Point => {
    if (!closed) return points[Math.max(0, Math.min(points.length - 1, index))]!;
    const count = points.length - 1;
    return points[(index + count) % count]!;
  };
  const line: Point[] = [points[0]!];
  for (let index = 0; index + 1 < points.length; index += 1) {
    const four = [index - 1, index, index + 1, index + 2].map(neighbour) as [Point, Point, Point, Point];
    for (let piece = 1; piece <= PIECES; piece += 1) line.push(catmullRom(four, piece / PIECES));
  }
  return line;
}

const catmullRom = (four: readonly [Point, Point, Point, Point], t: number): Point =>
  [0, 1].map((axis) => {
    const [a, b, c, d] = four.map((point) => point[axis]!) as [number, number, number, number];
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2 + (3 * b - a - 3 * c + d) * t ** 3);
  }) as unknown as Point;

function drawText(context: CanvasRenderingContext2D, words: Annotation & { kind: 'text' }, at: Place): void {
  const size = TEXT * devicePixelRatio;
  context.font = `${size}px sans-serif`;
  context.textBaseline = 'top';
  context.lineJoin = 'round';
  const { box, anchor, lines } = words;
  const height = lines.length * size * 1.25;
  const width = Math.max(...lines.map((line) => context.measureText(line).width));
  const aim = anchor && at(anchor.units, anchor.at);
  let [x, y] = aim ? [aim[0] + size / 2, aim[1] - height / 2] : [0, 0];
  if (box) {
    const corners = box.corners.map((corner) => at(box.units, corner));
    const [left, right] = [0, 1].map((index) => corners[index]![0]).sort((a, b) => a - b) as [number, number];
    y = Math.min(...corners.map((corner) => corner[1]));
    const free = right - left - width;
    x = left + (box.align === 'right' ? free : box.align === 'center' ? free / 2 : 0);
  }
  const colour = `rgb(${words.colour.join(' ')})`;
  if (box && aim && anchor.tied) {
    const from = [Math.max(x, Math.min(x + width, aim[0])), Math.max(y, Math.min(y + height, aim[1]))] as const;
    const line = pathOf('polyline', [from, aim])!;
    context.strokeStyle = colour;
    context.lineWidth = LINE * devicePixelRatio;
    context.stroke(line);
  }
  context.strokeStyle = HALO;
  context.lineWidth = 3 * devicePixelRatio;
  context.fillStyle = colour;
  for (const [index, line] of lines.entries()) {
    const top = y + index * size * 1.25;
    context.strokeText(line, x, top);
    context.fillText(line, x, top);
  }
}
