import type { StackViewport } from '@cornerstonejs/core';
import type { Colour } from './cie-lab.js';
import { frameOf } from './frame-registry.js';
import type { LookupTable } from './lookup-tables.js';
import { presentationOf } from './presented.js';

/** As many points as a curve is drawn through; the viewport's own changes of it take the time of their square. */
const MOST_POINTS = 1024;

interface Line {
  getRange: () => [number, number];
  getSize: () => number;
  setNodes: (nodes: { x: number; r: number; g: number; b: number; midpoint: number; sharpness: number }[]) => void;
}
const lineOf = (viewport: StackViewport): Line | undefined =>
  (viewport as unknown as { getTransferFunction?: () => Line | undefined }).getTransferFunction?.();

/** A VOI LUT of a file, or the colours of a presentation state. */
type Curve = LookupTable | readonly Colour[];

const isTable = (curve: Curve): curve is LookupTable => 'entries' in curve && 'bits' in curve;

const curves = new WeakMap<Line, Curve>();
const BLACK_TO_WHITE: readonly Colour[] = [
  [0, 0, 0],
  [255, 255, 255],
];

function curveFor(imageId: string): Curve | null {
  const tones = presentationOf(imageId)?.tones;
  return tones ? tones.curve : (frameOf(imageId)?.voiLut ?? null);
}

/**
 * Shows the picture through its file's VOI LUT (PS3.3 C.11.2.1.1) or the curve of a presentation state, which the viewport knows nothing
 * of: its straight line from black to white becomes the curve. A window that is moved stretches it. To be called when the viewport has
 * set up an image or its window, before that is drawn.
 */
export function applyVoiCurve(viewport: StackViewport): void {
  const line = lineOf(viewport);
  const image = viewport.getCornerstoneImage();
  if (!line || !image) return;
  const curve = curveFor(image.imageId);
  const drawn = line.getSize() > 2 ? curves.get(line) : undefined;
  if (curve === drawn || (!curve && !drawn)) return;
  if (!curve) return straighten(viewport);
  setShades(line, isTable(curve) ? shadesOf(curve) : curve, viewport);
  curves.set(line, curve);
}

/** Back to the viewport's own line. */
export function straighten(viewport: StackViewport): void {
  const line = lineOf(viewport);
  if (!line || !curves.delete(line)) return;
  setShades(line, BLACK_TO_WHITE, viewport);
}

function setShades(line: Line, shades: readonly Colour[], viewport: StackViewport): void {
  const [from, to] = line.getRange();
  const inverted = viewport.getProperties().invert === true;
  line.setNodes(
    shades.map((shade, index) => {
      const [r, g, b] = shade.map((part) => (inverted ? 255 - part : part) / 255) as [number, number, number];
      const x = from + ((to - from) * index) / (shades.length - 1);
      return { x, r, g, b, midpoint: 0.5, sharpness: 0 };
    }),
  );
}

/** From black to white, at even distances over the values that the table maps. */
function shadesOf({ entries, bits }: LookupTable): Colour[] {
  const count = Math.min(entries.length, MOST_POINTS);
  const most = 2 ** bits - 1;
  return Array.from({ length: count }, (_, index) => {
    const grey = (255 * entries[Math.round((index * (entries.length - 1)) / (count - 1))]!) / most;
    return [grey, grey, grey];
  });
}
