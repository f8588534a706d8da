import { frameOf } from './frame-registry.js';
import { bitsOf, isOver, type DrawnOver, type OverlayPlane } from './overlay-planes.js';
import { addCover, coversChanged, keepFew } from './picture-cover.js';
import type { Frame } from './series.js';
import { isOpen } from './shutter.js';

const GRAPHICS = [255, 255, 255, 255];
/** A region is seen through. */
const REGION = [255, 220, 60, 115];

let lifted = false;
/** The picture without them, for as long as somebody wants to see what is behind. */
export function liftDrawnOver(lift: boolean): void {
  lifted = lift;
  coversChanged();
}

export const hasDrawnOver = (frame: Frame | undefined): boolean =>
  frame?.over != null && (frame.over.shutter !== null || overlaysOf(frame).length > 0);

export const overlaysOf = ({ over, frame }: Frame): OverlayPlane[] =>
  over ? over.overlays.filter((plane) => isOver(plane, frame)) : [];

const kept = new Map<string, HTMLCanvasElement>();
const coming = new Set<string>();

/** Once, before anything else that is drawn over pictures. */
export function drawOverPictures(): void {
  addCover((imageId) => {
    const frame = lifted ? undefined : frameOf(imageId);
    if (!frame?.over || !hasDrawnOver(frame)) return null;
    const canvas = kept.get(imageId);
    if (canvas) return canvas;
    if (!coming.has(imageId)) void draw(imageId, frame, frame.over);
    return null;
  });
}

async function draw(imageId: string, frame: Frame, over: DrawnOver): Promise<void> {
  coming.add(imageId);
  const { columns, rows, shutter } = over;
  const canvas = Object.assign(document.createElement('canvas'), { width: columns, height: rows });
  const pixels = new ImageData(columns, rows);
  try {
    if (shutter)
      for (let at = 0; at < rows * columns; at += 1)
        if (!isOpen(shutter, Math.floor(at / columns) + 1, (at % columns) + 1))
          pixels.data.set([shutter.grey, shutter.grey, shutter.grey, 255], 4 * at);
    for (const plane of overlaysOf(frame)) {
      const isSet = await bitsOf(plane, frame.frame, imageId.slice('wadors:'.length));
      for (let at = 0; at < plane.rows * plane.columns; at += 1) {
        const row = plane.top + Math.floor(at / plane.columns);
        const column = plane.left + (at % plane.columns);
        if (row < 0 || column < 0 || row >= rows || column >= columns || !isSet(at)) continue;
        pixels.data.set(plane.type === 'region' ? REGION : GRAPHICS, 4 * (row * columns + column));
      }
    }
  } catch {
    // The picture is there without them; what arrives late is drawn when it is looked at again.
    coming.delete(imageId);
    return;
  }
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  kept.set(imageId, canvas);
  keepFew(kept);
  coming.delete(imageId);
  coversChanged();
}
