import type { Colour } from './cie-lab.js';
import { frameOf } from './frame-registry.js';
import { bitsOf, isOver, type DrawnOver, type OverlayPlane } from './overlay-planes.js';
import { addCover, coversChanged, keepFew } from './picture-cover.js';
import { presentationOf, whenPresented } from './presented.js';
import type { Frame } from './series.js';
import { isOpen } from './shutter.js';

const GRAPHICS: Colour = [255, 255, 255];
const REGION: Colour = [255, 220, 60];
/** A region is seen through. */
const REGION_OPACITY = 115;

let lifted = false;
/** The picture without them, for as long as somebody wants to see what is behind. */
export function liftDrawnOver(lift: boolean): void {
  lifted = lift;
  coversChanged();
}

export const hasDrawnOver = (frame: Frame | undefined): boolean =>
  frame !== undefined && (overOf(frame)?.shutter != null || planesOver(frame).length > 0);

/** What the file has drawn over its image, or in its place the presentation state that it is shown by. */
const overOf = ({ imageId, over }: Frame): DrawnOver | null => presentationOf(imageId)?.over ?? over;

const planesOver = (frame: Frame): OverlayPlane[] =>
  overOf(frame)?.overlays.filter((plane) => isOver(plane, frame.frame)) ?? [];

export const overlaysOf = (frame: Frame): OverlayPlane[] => planesOver(frame).filter(({ type }) => type !== 'shutter');

export const isShuttered = (frame: Frame): boolean =>
  overOf(frame)?.shutter != null || planesOver(frame).some(({ type }) => type === 'shutter');

const kept = new Map<string, HTMLCanvasElement>();
const coming = new Set<string>();

/** Once, before anything else that is drawn over pictures. */
export function drawOverPictures(): void {
  addCover((imageId) => {
    const frame = lifted ? undefined : frameOf(imageId);
    const over = frame && overOf(frame);
    if (!over || !hasDrawnOver(frame)) return null;
    const canvas = kept.get(imageId);
    if (canvas) return canvas;
    if (!coming.has(imageId)) void draw(imageId, frame, over);
    return null;
  });
  whenPresented(() => {
    kept.clear();
    coming.clear();
    coversChanged();
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
          pixels.data.set([...shutter.colour, 255], 4 * at);
    for (const plane of planesOver(frame)) {
      const paint = paintOf(plane);
      const isSet = await bitsOf(plane, frame.frame, imageId.slice('wadors:'.length));
      for (let at = 0; at < plane.rows * plane.columns; at += 1) {
        const row = plane.top + Math.floor(at / plane.columns);
        const column = plane.left + (at % plane.columns);
        if (row < 0 || column < 0 || row >= rows || column >= columns || !isSet(at)) continue;
        pixels.data.set(paint, 4 * (row * columns + column));
      }
    }
  } catch {
    // The picture is there without them; what arrives late is drawn when it is looked at again.
    coming.delete(imageId);
    return;
  }
  // It may have been shown otherwise in the meantime.
  if (overOf(frame) !== over) return;
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  kept.set(imageId, canvas);
  keepFew(kept);
  coming.delete(imageId);
  coversChanged();
}

function paintOf({ type, colour }: OverlayPlane): number[] {
  if (type === 'region') return [...(colour ?? REGION), REGION_OPACITY];
  return [...(colour ?? GRAPHICS), 255];
}
