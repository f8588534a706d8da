import type { Colour } from './cie-lab.js';
import type { DrawnOver } from './overlay-planes.js';
import type { Painting } from './picture-cover.js';

/** From values of an image to what is seen of them. */
export interface Tones {
  /** Values, in the unit of the image's, of the darkest and the brightest. */
  readonly lower: number;
  readonly upper: number;
  readonly windowFunction: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
  readonly inverted: boolean;
  /** Instead of a straight line: colours at even distances from `lower` to `upper`. */
  readonly curve: readonly Colour[] | null;
}

/** In pixels of the image, from the upper left corner of its first. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface View {
  /** Clockwise; before `flipped`. */
  readonly quarters: number;
  /** Left and right have changed places. */
  readonly flipped: boolean;
  readonly area: Area;
  /** Pixels of the screen to one of the image; null: as large as the area fits. */
  readonly magnified: number | null;
}

/** How a presentation state wants an image to be seen. Equal parts of images are the same object: what did not change is not applied anew. */
export interface ImagePresentation {
  /** Null: as the file itself says. */
  readonly tones: Tones | null;
  readonly view: View;
  /** In place of what the file has drawn over its image. */
  readonly over: DrawnOver;
  readonly drawing: Painting | null;
}

let presented: ReadonlyMap<string, ImagePresentation> = new Map();
const listeners = new Set<() => void>();

/** Null where the image is shown as its file says. */
export const presentationOf = (imageId: string): ImagePresentation | null => presented.get(imageId) ?? null;

/** By image id; all others are shown as their files say. */
export function presentImages(images: ReadonlyMap<string, ImagePresentation>): void {
  presented = images;
  for (const listener of listeners) listener();
}

/** @returns ends it */
export function whenPresented(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
