import { useState } from 'react';
import type { MarkKind, MarkPoint } from '../../api/types.js';
import type { CellHandle } from './image-cell.js';
import type { ImageViewport } from './image-viewport.js';
import { POINTS, withPoint } from './keyed-points.js';
import { TOOLS, type PointerTool } from './tool-table.js';

/** What the arrow keys have in hand: a cross that sets the points of a mark, or the window, size or place of the picture. */
export interface KeyedHand {
  readonly cell: string;
  readonly imageId: string;
  readonly tool: PointerTool;
  /** column and row under the cross */
  readonly at: MarkPoint;
  readonly points: readonly MarkPoint[];
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** CSS pixels of a step of the cross; with Shift it is one pixel of the image. */
const STEP = 16;

const isMark = (tool: PointerTool): tool is PointerTool & MarkKind =>
  TOOLS.some((one) => one.tool === tool && one.marks);

/** One pixel of the image the way that an arrow points on the screen, however the picture is turned. */
function onePixel(
  viewport: ImageViewport,
  [x, y]: readonly [number, number],
  way: readonly [number, number],
): MarkPoint {
  const [from, to] = [viewport.pixelAt([x, y]), viewport.pixelAt([x + way[0] * STEP, y + way[1] * STEP])];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  return Math.abs(dx) > Math.abs(dy) ? [Math.sign(dx), 0] : [0, Math.sign(dy)];
}

/** The tool in use by keys alone: Enter takes it in hand, arrows move, Enter sets a point or lets go, Escape lets go. */
export function useKeyedHand(
  tool: PointerTool,
  handle: CellHandle | undefined,
  place: (kind: MarkKind, imageId: string, points: readonly MarkPoint[]) => void,
) {
  const [kept, setHand] = useState<KeyedHand | null>(null);
  const imageId = handle?.frame?.imageId ?? '';
  // Another image, cell or tool: it is let go.
  const hand =
    kept && kept.tool === tool && kept.cell === handle?.id && (!isMark(tool) || kept.imageId === imageId) ? kept : null;

  const begin = (viewport: ImageViewport): void => {
    const at = viewport.pixelAt(viewport.middle());
    setHand({ cell: viewport.id, imageId, tool, at: [Math.round(at[0]), Math.round(at[1])], points: [] });
  };
  const set = (now: KeyedHand): void => {
    if (!isMark(now.tool)) return setHand(null);
    const next = withPoint(now.tool, now.points, now.at);
    if (!next) return;
    if (!next.complete) return setHand({ ...now, points: next.points });
    setHand(null);
    place(now.tool, now.imageId, next.points);
  };
  const move = (now: KeyedHand, way: readonly [number, number], fine: boolean, viewport: ImageViewport): void => {
    if (now.tool === 'window') return viewport.windowBy(way[0] * (fine ? 1 : 20), -way[1] * (fine ? 1 : 20));
    if (now.tool === 'zoom') return viewport.zoomBy((way[0] - way[1]) * (fine ? 0.02 : 0.15));
    if (now.tool === 'pan') return viewport.panBy([way[0] * (fine ? 1 : 40), way[1] * (fine ? 1 : 40)]);
    const canvas = viewport.placeOf(now.at);
    const [x, y] = fine ? onePixel(viewport, canvas, way) : [0, 0];
    const [width, height] = viewport.middle().map((half) => half * 2) as [number, number];
    const within = (value: number, most: number): number => Math.max(0, Math.min(most, value));
    const to: MarkPoint = fine
      ? [now.at[0] + x, now.at[1] + y]
      : viewport.pixelAt([within(canvas[0] + way[0] * STEP, width), within(canvas[1] + way[1] * STEP, height)]);
    return setHand({ ...now, at: to });
  };

  return {
    hand,
    points: isMark(tool) ? (POINTS[tool] ?? 0) : 0,
    /** @returns whether the key was for it */
    key: (event: KeyboardEvent): boolean => {
      if (!handle?.frame) return false;
      const way = ARROWS[event.key];
      if (!hand) {
        if (event.key !== 'Enter' || event.shiftKey || (!isMark(tool) && !['window', 'zoom', 'pan'].includes(tool)))
          return false;
        // What is drawn on a plane through the images has no image to be kept with.
        if (isMark(tool) && !handle.frame.sopInstanceUid) return false;
        handle.act(begin);
        return true;
      }
      if (event.key === 'Enter') set(hand);
      else if (event.key === 'Escape') setHand(null);
      else if (event.key === 'Backspace' && hand.points.length > 0)
        setHand({ ...hand, points: hand.points.slice(0, -1) });
      else if (way) handle.act((viewport) => move(hand, way, event.shiftKey, viewport));
      else return false;
      return true;
    },
  };
}
