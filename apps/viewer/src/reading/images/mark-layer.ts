import { eventTarget, getRenderingEngine, metaData, utilities } from '@cornerstonejs/core';
import { annotation, Enums, type Types } from '@cornerstonejs/tools';
import type { ForeignMarks, Mark, MarkKind, MarkPoint } from '../../api/types.js';
import { sameMark } from '../marks/merge-marks.js';
import { engineId } from './engine.js';
import { frameAt, frameOf, whenFramesCome } from './frame-registry.js';
import { pointsFromKeys } from './keyed-points.js';
import { pointsToDraw, pointsToSave, rounded } from './mark-points.js';
import { calibrationOf, isKept, measuredValues } from './measured.js';
import { kindOfTool, toolOfKind, type ToldMark } from './reading-tools.js';

type Annotation = Types.Annotation & { data: { contour?: { polyline: Point[]; closed: boolean } } };
type Point = [number, number, number];

/** The tools compute the numbers of a mark a moment after its points. */
const SETTLE_MS = 250;
const FOREIGN_COLOUR = 'rgb(110, 190, 255)';

/** The UID of an annotation: its UUID as PS3.5 B.2 writes it; one that was read from the server has its own. */
const uidOf = (annotationUid: string): string =>
  /^[0-9.]+$/.test(annotationUid) ? annotationUid : `2.25.${BigInt(`0x${annotationUid.replaceAll('-', '')}`)}`;

const worldPoints = (one: Annotation): Point[] =>
  ((one.data.contour ? one.data.contour.polyline : one.data.handles?.points) ?? []) as Point[];

const spacingOf = (imageId: string): [number, number] => {
  const plane = metaData.get('imagePlaneModule', imageId) as {
    columnPixelSpacing?: number;
    rowPixelSpacing?: number;
  } | null;
  return [plane?.columnPixelSpacing || 1, plane?.rowPixelSpacing || 1];
};

const isSpeck = ([first, ...others]: Point[]): boolean =>
  others.length > 0 && others.every((point) => point.every((value, axis) => Math.abs(value - first![axis]!) < 0.01));

const MOVED_PIXELS = 2e-5;
/** Where a mark was last put. World coordinates have too few digits to come back exactly: asked again, it would be moved for ever. */
const settledAt = new WeakMap<Annotation, string>();

/**
 * Puts the points of a mark where they will be saved, so that its numbers are the same on every machine to the last digit. @returns whether
 * one moved, and the numbers are to be computed again
 */
function settle(one: Annotation): boolean {
  const imageId = one.metadata?.referencedImageId ?? '';
  const points = one.data.handles?.points;
  if (one.invalidated || one.data.contour || !points || !frameOf(imageId)?.sopInstanceUid) return false;
  const places = points.map((point) => utilities.worldToImageCoords(imageId, point) as MarkPoint);
  const key = JSON.stringify(places.map(rounded));
  if (settledAt.get(one) === key) return false;
  settledAt.set(one, key);
  let moved = false;
  for (const [at, [column, row]] of places.entries()) {
    const to = rounded([column, row]);
    if (Math.max(Math.abs(to[0] - column), Math.abs(to[1] - row)) < MOVED_PIXELS) continue;
    points[at] = utilities.imageToWorldCoords(imageId, [...to]) as Point;
    moved = true;
  }
  if (moved) one.invalidated = true;
  return moved;
}

/** A mark as it is drawn, or null while its numbers are not there or it is of no kind that is kept. */
function markOf(one: Annotation, before: Mark | undefined): Mark | null {
  const imageId = one.metadata?.referencedImageId ?? '';
  const frame = frameOf(imageId);
  const kind = kindOfTool(one.metadata?.toolName ?? '');
  // What is drawn on a plane through the images has no image to be kept with.
  if (!frame?.sopInstanceUid || !kind || !one.annotationUID) return null;
  // Moved, and its numbers still those of before.
  if (one.invalidated && kind !== 'arrow') return before ?? null;
  const drawn = worldPoints(one).map((point) => utilities.worldToImageCoords(imageId, point) as MarkPoint);
  const points = pointsToSave(kind, drawn, spacingOf(imageId)).map(rounded);
  const text = one.data.label?.trim() ?? '';
  const unmoved = before && JSON.stringify(before.points) === JSON.stringify(points);
  if (unmoved && (before.text ?? '') === text && (kind === 'arrow' || before.values.length > 0)) return before;
  const stats = (one.data.cachedStats as Record<string, Record<string, unknown>> | undefined)?.[`imageId:${imageId}`];
  if (!stats && kind !== 'arrow') return before ?? null;
  const values = measuredValues(stats ?? {}, frame.spacing, frame.values).flatMap(({ quantity, value, unit }) =>
    isKept(quantity) ? [{ quantity, value: Number(value.toPrecision(9)), unit }] : [],
  );
  return {
    id: uidOf(one.annotationUID),
    kind,
    sopInstanceUid: frame.sopInstanceUid,
    frame: frame.frame,
    points,
    ...(text ? { text } : {}),
    values,
    calibration: calibrationOf(stats ?? {}, frame.spacing),
  };
}

interface Plane {
  frameOfReferenceUID?: string;
  rowCosines: Point;
  columnCosines: Point;
}
const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** @param told whose numbers are written beside it, where they are not to be computed here */
function annotationOf(mark: Mark, imageId: string, locked: boolean, told?: ToldMark): Annotation {
  const plane = metaData.get('imagePlaneModule', imageId) as Plane;
  const [row, column] = [plane.rowCosines, plane.columnCosines];
  const points = pointsToDraw(mark.kind, mark.points).map((point) => utilities.imageToWorldCoords(imageId, point));
  const contour = mark.kind === 'freehand' ? { contour: { polyline: points as Point[], closed: true } } : {};
  const nowhere = (): Point => [0, 0, 0];
  return {
    annotationUID: mark.id,
    highlighted: false,
    invalidated: true,
    isLocked: locked,
    isVisible: true,
    metadata: {
      toolName: toolOfKind(mark.kind) ?? '',
      FrameOfReferenceUID: plane.frameOfReferenceUID as string,
      // Regions look for their pixels in this plane.
      viewPlaneNormal: cross(column, row),
      viewUp: column.map((one) => -one) as Point,
      referencedImageId: imageId,
    },
    data: {
      label: mark.text ?? '',
      ...(told ? { told } : {}),
      cachedStats: {},
      handles: {
        points: mark.kind === 'freehand' ? [] : (points as Point[]),
        activeHandleIndex: null,
        ...(mark.kind === 'arrow' ? { arrowFirst: true } : {}),
        textBox: {
          hasMoved: false,
          worldPosition: nowhere(),
          worldBoundingBox: {
            topLeft: nowhere(),
            topRight: nowhere(),
            bottomLeft: nowhere(),
            bottomRight: nowhere(),
          },
        },
      },
      ...contour,
    },
  } as unknown as Annotation;
}

/** Keeps what Cornerstone draws and the marks of the reading the same, both ways. There is one at a time. */
export class MarkLayer {
  private marks: readonly Mark[] = [];
  private foreign: readonly (Mark & { from: string })[] = [];
  private locked = true;
  /** Annotations of `marks` or `foreign` that are drawn, or were finished by hand. */
  private readonly own = new Set<string>();
  private readonly others = new Set<string>();
  /** Drawn here, and so never locked. */
  private readonly handmade = new Set<string>();
  private readonly leave: (() => void)[] = [];
  private settling: ReturnType<typeof setTimeout> | undefined;
  /** What is taken away by us says nothing about the marks. */
  private quiet = false;

  constructor(private readonly changed: (marks: readonly Mark[]) => void) {
    const { ANNOTATION_COMPLETED, ANNOTATION_MODIFIED, ANNOTATION_REMOVED } = Enums.Events;
    const on = (type: string, what: (uid: string) => unknown): void => {
      const listener = (event: Event): void => {
        const uid = (event as CustomEvent<{ annotation: Annotation }>).detail.annotation.annotationUID;
        if (uid && !this.others.has(uid)) what(uid);
      };
      eventTarget.addEventListener(type, listener as EventListener);
      this.leave.push(() => eventTarget.removeEventListener(type, listener as EventListener));
    };
    on(ANNOTATION_COMPLETED, (uid) => {
      const one = annotation.state.getAnnotation(uid) as Annotation | undefined;
      if (!one) return undefined;
      // A press that went nowhere measures nothing.
      if (isSpeck(worldPoints(one))) return annotation.state.removeAnnotation(uid);
      this.own.add(uid);
      this.handmade.add(uid);
      return this.collectSoon();
    });
    on(ANNOTATION_MODIFIED, (uid) => this.own.has(uid) && this.collectSoon());
    on(ANNOTATION_REMOVED, (uid) => {
      if (!this.own.delete(uid) || this.quiet) return;
      const left = this.marks.filter(({ id }) => id !== uidOf(uid));
      if (left.length === this.marks.length) return;
      this.marks = left;
      this.changed(left);
    });
    this.leave.push(whenFramesCome(() => this.draw()));
  }

  /** @param locked the reader may not change them */
  show(marks: readonly Mark[], elsewhere: readonly ForeignMarks[], locked: boolean): void {
    const before = this.marks;
    this.marks = marks;
    this.foreign = elsewhere.flatMap(({ marks: theirs, ...document }) =>
      theirs.map((mark) => ({ ...mark, from: sourceOf(document) })),
    );
    this.quiet = true;
    for (const uid of this.own) {
      const [old, mark] = [before, marks].map((all) => all.find(({ id }) => id === uidOf(uid)));
      // One that has just been drawn is in neither yet.
      if (!old && !mark) continue;
      if (mark && sameMark(old, mark)) annotation.locking.setAnnotationLocked(uid, locked && !this.handmade.has(uid));
      else if (old) annotation.state.removeAnnotation(uid);
    }
    this.quiet = false;
    this.locked = locked;
    this.draw();
  }

  private draw(): void {
    const drawn = new Set([...this.own].map(uidOf));
    let any = false;
    const add = (mark: Mark, uids: Set<string>, locked: boolean, told?: ToldMark): void => {
      const frame = frameAt(mark.sopInstanceUid, mark.frame);
      if (drawn.has(mark.id) || uids.has(mark.id) || !frame || !toolOfKind(mark.kind)) return;
      uids.add(mark.id);
      const one = annotationOf(mark, frame.imageId, locked, told);
      annotation.state.addAnnotation(one, one.metadata!.FrameOfReferenceUID!);
      if (locked) annotation.locking.setAnnotationLocked(mark.id, true);
      if (told) annotation.config.style.setAnnotationStyles(mark.id, foreignStyle);
      any = true;
    };
    for (const mark of this.marks) add(mark, this.own, this.locked);
    for (const mark of this.foreign) add(mark, this.others, true, mark);
    if (any) getRenderingEngine(engineId)?.render();
  }

  private collectSoon(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.collect(), SETTLE_MS);
  }

  private collect(): void {
    const before = new Map(this.marks.map((mark) => [mark.id, mark]));
    const after = new Map(before);
    let moved = false;
    for (const uid of this.own) {
      const one = annotation.state.getAnnotation(uid) as Annotation | undefined;
      if (one && settle(one)) moved = true;
      const mark = one && markOf(one, before.get(uidOf(uid)));
      if (mark) after.set(mark.id, mark);
    }
    if (moved) getRenderingEngine(engineId)?.render();
    const marks = [...after.values()];
    if (marks.length === this.marks.length && marks.every((mark) => before.get(mark.id) === mark)) return;
    this.marks = marks;
    this.changed(marks);
  }

  /** Takes the mark away that is picked out, else the one that was made last; says whether there was one. */
  undo(): boolean {
    const mine = annotation.state
      .getAllAnnotations()
      .filter(
        (one) => !one.isLocked && !this.others.has(one.annotationUID ?? '') && kindOfTool(one.metadata?.toolName ?? ''),
      );
    const picked = annotation.selection.getAnnotationsSelected();
    const last = mine.find((one) => picked.includes(one.annotationUID ?? '')) ?? mine.at(-1);
    if (!last?.annotationUID) return false;
    annotation.state.removeAnnotation(last.annotationUID);
    getRenderingEngine(engineId)?.render();
    return true;
  }

  /** A mark whose points were set by keys, as if it had been drawn. */
  place(kind: MarkKind, imageId: string, points: readonly MarkPoint[], text = ''): void {
    const id = utilities.uuidv4();
    const saved = pointsFromKeys(kind, points, spacingOf(imageId));
    const mark = { ...frameOf(imageId)!, id, kind, points: saved, text, values: [], calibration: 'unknown' as const };
    const one = annotationOf(mark, imageId, false);
    this.own.add(id);
    this.handmade.add(id);
    annotation.state.addAnnotation(one, one.metadata!.FrameOfReferenceUID!);
    getRenderingEngine(engineId)?.render();
    this.collectSoon();
  }

  remove(mark: Mark): void {
    const uid = [...this.own].find((one) => uidOf(one) === mark.id);
    if (uid) annotation.state.removeAnnotation(uid);
    else {
      this.marks = this.marks.filter((one) => one !== mark);
      this.changed(this.marks);
    }
    getRenderingEngine(engineId)?.render();
  }

  destroy(): void {
    clearTimeout(this.settling);
    if (this.settling) this.collect();
    for (const stop of this.leave) stop();
    annotation.state.removeAllAnnotations();
  }
}

/** Who made a document: the institution, else the observer, else the machine. */
const sourceOf = ({ institution, observer, manufacturer }: Omit<ForeignMarks, 'marks'>): string =>
  institution || observer || manufacturer || 'DICOM SR';

const foreignStyle = Object.fromEntries(
  ['color', 'colorHighlighted', 'colorSelected', 'colorLocked', 'textBoxColor', 'textBoxColorLocked'].map((name) => [
    name,
    FOREIGN_COLOUR,
  ]),
);
