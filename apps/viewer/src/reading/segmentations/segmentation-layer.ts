import type { Colour } from '../images/cie-lab.js';
import { addCover, coversChanged, keepFew } from '../images/picture-cover.js';
import type { Fit } from './fit-frames.js';
import { Masks, type Mask } from './masks.js';
import type { Segment, Segmentation, SegmentationFrame } from './segmentation.js';

/** A segmentation over the images of one series. */
export interface FittedSegmentation {
  readonly segmentation: Segmentation;
  readonly fit: Fit;
}

/** How things are with what is shown over an image. */
export type LayerState = { readonly coming: boolean; readonly error: unknown };

export const segmentKey = (segmentation: Segmentation, segment: Segment): string =>
  `${segmentation.uid}/${segment.number}`;

/** How much of a segment's colour is seen over the image where a pixel is wholly within it. */
const OPACITY = 0.45;
/** Images on each side whose masks are fetched while one is looked at. */
const AHEAD = 2;

/** Draws the segments that are to be shown over every picture of the page that they fit. */
export class SegmentationLayer {
  private readonly masks: Masks;
  private fitted: readonly FittedSegmentation[] = [];
  private shown: ReadonlySet<string> = new Set();
  private readonly painted = new Map<string, HTMLCanvasElement | null>();
  private readonly remove: () => void;
  private state: LayerState = { coming: false, error: null };

  constructor(
    study: string,
    private readonly told: (state: LayerState) => void,
  ) {
    this.masks = new Masks(study, () => this.anew());
    this.remove = addCover((imageId) => this.over(imageId));
  }

  /** @param shown keys of segments */
  show(fitted: readonly FittedSegmentation[], shown: ReadonlySet<string>): void {
    this.fitted = fitted;
    this.shown = shown;
    this.masks.forgive();
    this.anew();
  }

  destroy(): void {
    this.remove();
    this.masks.close();
    coversChanged();
  }

  private anew(): void {
    this.painted.clear();
    this.tell({ coming: false, error: null });
    coversChanged();
  }

  private tell(state: LayerState): void {
    if (state.coming === this.state.coming && state.error === this.state.error) return;
    this.state = state;
    this.told(state);
  }

  private over(imageId: string): HTMLCanvasElement | null {
    if (this.shown.size === 0) return null;
    const before = this.painted.get(imageId);
    if (before !== undefined) return before;
    const canvas = this.paint(imageId);
    this.painted.set(imageId, canvas);
    keepFew(this.painted);
    return canvas;
  }

  /** Segments may overlap: each lies over those before it. */
  private paint(imageId: string): HTMLCanvasElement | null {
    this.masks.forgetWaiting();
    let canvas: HTMLCanvasElement | null = null;
    for (const { segmentation, fit } of this.fitted) {
      const frames = this.visible(segmentation, fit.over.get(imageId));
      if (frames.length === 0) continue;
      canvas ??= Object.assign(document.createElement('canvas'), {
        width: segmentation.columns,
        height: segmentation.rows,
      });
      for (const { frame, segments, labelled } of frames) {
        const mask = this.masks.of(segmentation, frame);
        if (mask === 'coming') this.tell({ ...this.state, coming: true });
        else if ('error' in mask) this.tell({ ...this.state, error: mask.error });
        else colourIn(canvas, mask, labelled ? ofLabels(segments) : ofSegment(segments[0]!, segmentation.whole));
      }
      this.ahead(segmentation, fit, imageId);
    }
    return canvas;
  }

  private visible(
    segmentation: Segmentation,
    frames: readonly SegmentationFrame[] | undefined,
  ): { frame: number; segments: Segment[]; labelled: boolean }[] {
    return (frames ?? []).flatMap(({ frame, segment: number }) => {
      const segments = segmentation.segments.filter(
        (one) => (number === null || one.number === number) && this.shown.has(segmentKey(segmentation, one)),
      );
      return segments.length > 0 ? [{ frame, segments, labelled: number === null }] : [];
    });
  }

  private ahead(segmentation: Segmentation, { over }: Fit, imageId: string): void {
    const ids = [...over.keys()];
    const at = ids.indexOf(imageId);
    for (const near of ids.slice(Math.max(0, at - AHEAD), at + AHEAD + 1))
      for (const { frame } of this.visible(segmentation, over.get(near))) this.masks.of(segmentation, frame);
  }
}

/** What a pixel is painted with; undefined: nothing. */
type Paint = (value: number) => { colour: Colour; part: number } | undefined;

const ofSegment =
  ({ colour }: Segment, whole: number): Paint =>
  (value) =>
    value > 0 ? { colour, part: Math.min(1, value / whole) } : undefined;

function ofLabels(segments: readonly Segment[]): Paint {
  const paints = new Map(segments.map(({ number, colour }) => [number, { colour, part: 1 }]));
  return (value) => paints.get(value);
}

function colourIn(canvas: HTMLCanvasElement, mask: Mask, paint: Paint): void {
  const own = document.createElement('canvas');
  [own.width, own.height] = [canvas.width, canvas.height];
  const pixels = new ImageData(canvas.width, canvas.height);
  for (let at = 0; at < mask.length; at += 1) {
    const painted = paint(mask[at]!);
    if (!painted) continue;
    pixels.data.set(painted.colour, 4 * at);
    pixels.data[4 * at + 3] = Math.round(255 * OPACITY * painted.part);
  }
  own.getContext('2d')!.putImageData(pixels, 0, 0);
  canvas.getContext('2d')!.drawImage(own, 0, 0);
}
