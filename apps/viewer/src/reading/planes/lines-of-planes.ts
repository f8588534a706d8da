import type { CellHandle } from '../images/image-cell.js';
import { meetingOf, turned } from './oblique.js';
import type { PlaneName } from './plane.js';
import { placeOfImage } from './plane-images.js';
import type { PlanesState } from './use-planes.js';
import type { Vector } from './volume.js';

type Place = readonly [x: number, y: number];

/** Where another plane cuts the image of a cell. */
export interface PlaneLine {
  readonly name: PlaneName;
  /** in the patient */
  readonly direction: Vector;
  /** in the cell */
  readonly along: Place;
}

export interface CellLines {
  readonly name: PlaneName;
  /** what the image's plane is turned about, and where all planes meet */
  readonly normal: Vector;
  readonly meeting: Vector;
  readonly centre: Place;
  readonly size: Place;
  readonly lines: readonly PlaneLine[];
  /** Which way about the normal is clockwise on the screen. */
  readonly clockwise: 1 | -1;
}

const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const CENTIMETRE = 10;

/** The lines in each cell of the three planes; null while not all are on the screen. */
export function linesOfPlanes(
  planes: PlanesState,
  handles: readonly (CellHandle | undefined)[],
): readonly CellLines[] | null {
  if (planes.step !== 'ready') return null;
  const { id, normals, pivot } = planes.lie;
  const lies = planes.planes.map(({ name }, index) => {
    let imageId = '';
    handles[index]?.act((viewport) => {
      imageId = viewport.shown();
    });
    // One that is being cut anew will go through the place that it was turned about.
    const point = placeOfImage(imageId, id) ?? (id > 0 || imageId ? pivot : null);
    return point && { point, normal: normals[name] };
  });
  if (!lies.every((one) => one !== null)) return null;
  const meeting = meetingOf(lies);
  const cells = planes.planes.map(({ name }, index): CellLines | null => {
    const { normal } = lies[index]!;
    let lines: CellLines | null = null;
    handles[index]?.act((viewport) => {
      const centre = viewport.canvasOf(meeting);
      const on = (direction: Vector): Place => {
        const to = viewport.canvasOf(
          meeting.map((value, axis) => value + direction[axis]! * CENTIMETRE) as unknown as Vector,
        );
        const [x, y] = [to[0] - centre[0], to[1] - centre[1]];
        const length = Math.hypot(x, y) || 1;
        return [x / length, y / length];
      };
      const others = planes.planes.flatMap((other, at): PlaneLine[] => {
        if (at === index) return [];
        const direction = cross(normal, lies[at]!.normal);
        return [{ name: other.name, direction, along: on(direction) }];
      });
      const [first] = others;
      const places = [centre, ...others.map(({ along }) => along)];
      if (!first || !places.flat().every(Number.isFinite)) return;
      const [x, y] = on(turned(first.direction, normal, 0.1));
      const clockwise = first.along[0] * y - first.along[1] * x > 0 ? 1 : -1;
      const size = viewport.middle().map((half) => 2 * half) as [number, number];
      lines = { name, normal, meeting, centre, size, lines: others, clockwise };
    });
    return lines;
  });
  return cells.every((one) => one !== null) ? cells : null;
}

/** From the centre along a line to where it leaves the cell, less a margin; 0 where it is not in it. */
export function reach(centre: Place, along: Place, size: Place, margin: number): number {
  // Of a plane that lies as the screen does, while the image is still the one before.
  if (Math.hypot(...along) < 1e-6) return 0;
  const ways = [0, 1].map((axis) => {
    const [at, towards, most] = [centre[axis]!, along[axis]!, size[axis]!];
    if (Math.abs(towards) < 1e-9) return at >= margin && at <= most - margin ? Infinity : 0;
    return ((towards > 0 ? most - margin : margin) - at) / towards;
  });
  return Math.max(0, Math.min(...ways));
}

/** By how much a direction is turned to point to a place: about the normal, by the right hand. */
export function angleTo(
  direction: Vector,
  { normal, meeting }: Pick<CellLines, 'normal' | 'meeting'>,
  place: Vector,
): number {
  const to = place.map((value, axis) => value - meeting[axis]!) as unknown as Vector;
  const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return Math.atan2(dot(normal, cross(direction, to)), dot(direction, to));
}
