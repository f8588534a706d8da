import type { StackViewport } from '@cornerstonejs/core';
import { frameOf } from './frame-registry.js';
import type { LookupTable } from './lookup-tables.js';

/** As many points as a curve is drawn through; the viewport's own changes of it take the time of their square. */
const MOST_POINTS = 1024;

interface Line {
  getRange: () => [number, number];
  getSize: () => number;
  setNodes: (nodes: { x: number; r: number; g: number; b: number; midpoint: number; sharpness: number }[]) => void;
}
const lineOf = (viewport: StackViewport): Line | undefined =>
  (viewport as unknown as { getTransferFunction?: () => Line | undefined }).getTransferFunction?.();

const curves = new WeakMap<Line, LookupTable>();

/**
 * Shows the picture through its file's VOI LUT (PS3.3 C.11.2.1.1), which the viewport knows nothing of: its straight line from black to
 * white becomes the table's curve. A window that is moved stretches it. To be called when the viewport has set up an image or its window,
 * before that is drawn.
 */
export function applyVoiCurve(viewport: StackViewport): void {
  const line = lineOf(viewport);
  const image = viewport.getCornerstoneImage();
  if (!line || !image) return;
  const table = frameOf(image.imageId)?.voiLut;
  const drawn = line.getSize() > 2 ? curves.get(line) : undefined;
  if (table === drawn || (!table && !drawn)) return;
  if (!table) return straighten(viewport);
  setShades(line, shadesOf(table), viewport);
  curves.set(line, table);
}

/** Back to the viewport's own line. */
export function straighten(viewport: StackViewport): void {
  const line = lineOf(viewport);
  if (!line || !curves.delete(line)) return;
  setShades(line, [0, 1], viewport);
}

function setShades(line: Line, shades: readonly number[], viewport: StackViewport): void {
  const [from, to] = line.getRange();
  const inverted = viewport.getProperties().invert === true;
  line.setNodes(
    shades.map((shade, index) => {
      const grey = inverted ? 1 - shade : shade;
      const x = from + ((to - from) * index) / (shades.length - 1);
      return { x, r: grey, g: grey, b: grey, midpoint: 0.5, sharpness: 0 };
    }),
  );
}

/** From black (0) to white (1), at even distances over the values that the table maps. */
function shadesOf({ entries, bits }: LookupTable): number[] {
  const count = Math.min(entries.length, MOST_POINTS);
  const most = 2 ** bits - 1;
  return Array.from(
    { length: count },
    (_, index) => entries[Math.round((index * (entries.length - 1)) / (count - 1))]! / most,
  );
}
