import { Enums, getShouldUseCPURendering, type StackViewport, type Types } from '@cornerstonejs/core';

/** What lies over an image: as many pixels as it has, transparent where nothing is. Null: nothing. */
export type Cover = (imageId: string) => HTMLCanvasElement | null;

/**
 * What is drawn over a picture in the pixels of the screen.
 * @param place of a point of the image, in its pixels from the upper left corner of the first, on the canvas
 */
export type Painting = (
  context: CanvasRenderingContext2D,
  place: (column: number, row: number) => readonly [number, number],
) => void;
export type Painter = (imageId: string) => Painting | null;

const covers = new Set<Cover>();
const painters = new Set<Painter>();
const pictures = new Set<PictureCover>();

/** In every viewport, over those that were added before it. @returns takes it away */
export function addCover(cover: Cover): () => void {
  covers.add(cover);
  return () => covers.delete(cover);
}

/** Over all covers. */
export function addPainter(painter: Painter): void {
  painters.add(painter);
}

/** A cover or a painter has something else to give. */
export function coversChanged(): void {
  for (const picture of pictures) picture.draw();
}

/** Pixels of covers that are kept by whoever gives them. */
const MOST_KEPT = 16 * 1024 * 1024;

/** Lets the oldest go where they are too many, never the last. */
export function keepFew(canvases: Map<string, HTMLCanvasElement | null>): void {
  const sizeOf = (canvas: HTMLCanvasElement | null): number => (canvas ? canvas.width * canvas.height : 0);
  let size = [...canvases.values()].reduce((sum, canvas) => sum + sizeOf(canvas), 0);
  for (const [imageId, canvas] of canvases) {
    if (size <= MOST_KEPT || canvases.size === 1) return;
    canvases.delete(imageId);
    size -= sizeOf(canvas);
  }
}

/** Where a point of the image, in its pixels from the upper left corner of the first, lies for the viewport. */
export function pointOfPixel(viewport: StackViewport, column: number, row: number): Types.Point3 {
  const { origin, direction, spacing } = viewport.getImageData()!;
  // On the GPU an image's origin is the centre of its first pixel, on the CPU its corner.
  const first = getShouldUseCPURendering() ? 0 : -0.5;
  const [across, down] = [(column + first) * spacing[0]!, (row + first) * spacing[1]!];
  return [0, 1, 2].map(
    (axis) => origin[axis]! + direction[axis]! * across + direction[3 + axis]! * down,
  ) as Types.Point3;
}

/** From pixels of the image, counted from the upper left corner of the first, to those of the canvas. */
export function placeOfPixels(viewport: StackViewport): [number, number, number, number, number, number] {
  const at = (column: number, row: number): Types.Point2 => {
    const [x, y] = viewport.worldToCanvas(pointOfPixel(viewport, column, row));
    return [x * devicePixelRatio, y * devicePixelRatio];
  };
  const [[x, y], right, below] = [at(0, 0), at(1, 0), at(0, 1)];
  return [right[0] - x, right[1] - y, below[0] - x, below[1] - y, x, y];
}

/** A canvas between the picture of a viewport and its marks, whose pixels are those of the image, as it is turned and enlarged. */
export class PictureCover {
  private readonly canvas = document.createElement('canvas');
  private empty = true;

  constructor(
    private readonly element: HTMLElement,
    private readonly viewport: StackViewport,
  ) {
    this.canvas.className = 'picture-cover-canvas';
    viewport.getCanvas().after(this.canvas);
    pictures.add(this);
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.draw);
  }

  readonly draw = (): void => {
    const image = this.viewport.getCornerstoneImage();
    const found = image ? [...covers].flatMap((cover) => cover(image.imageId) ?? []) : [];
    const paintings = image ? [...painters].flatMap((painter) => painter(image.imageId) ?? []) : [];
    const nothing = found.length === 0 && paintings.length === 0;
    if (nothing && this.empty) return;
    const { width, height } = this.viewport.getCanvas();
    // Setting the size empties it.
    Object.assign(this.canvas, { width, height });
    this.empty = nothing;
    if (this.empty) return;
    const context = this.canvas.getContext('2d')!;
    context.imageSmoothingEnabled = false;
    const [a, b, c, d, x, y] = placeOfPixels(this.viewport);
    context.setTransform(a, b, c, d, x, y);
    for (const cover of found) context.drawImage(cover, 0, 0);
    context.resetTransform();
    for (const paint of paintings)
      paint(context, (column, row) => [a * column + c * row + x, b * column + d * row + y]);
  };

  destroy(): void {
    pictures.delete(this);
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.draw);
    this.canvas.remove();
  }
}
