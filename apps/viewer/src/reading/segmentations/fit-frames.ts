import type { PlanePlace, Segmentation, SegmentationFrame } from './segmentation.js';

/** An image that frames of a segmentation may lie over. */
export interface PlacedImage {
  readonly imageId: string;
  readonly sopInstanceUid: string;
  /** Counts from 1. */
  readonly frame: number;
  readonly rows: number;
  readonly columns: number;
  readonly frameOfReferenceUid: string;
  /** Null where the image has none. */
  readonly place: PlanePlace | null;
}

/** Frames whose pixels are the pixels of an image, and those of which no image is. */
export interface Fit {
  readonly over: ReadonlyMap<string, readonly SegmentationFrame[]>;
  /** They lie otherwise than any image of the series: nothing is stretched to fit. */
  readonly misfits: number;
}

/** Millimetres between pixels that count as one place: decimal strings are rounded. */
const SAME_PLACE = 0.02;
/** Of a unit vector, and part of a spacing: a twentieth of a pixel at the end of 512. */
const SAME_PART = 1e-4;

const within = (a: readonly number[], b: readonly number[], most: number): boolean =>
  a.length === b.length && a.every((value, index) => Math.abs(value - b[index]!) <= most);

const samePlace = (a: PlanePlace, b: PlanePlace): boolean =>
  within(a.position, b.position, SAME_PLACE) &&
  within(a.orientation, b.orientation, SAME_PART) &&
  within(a.spacing, b.spacing, SAME_PART * Math.min(...a.spacing));

/** Finds the image of each frame: among those it names, else where it lies in the patient. Null: it is of other images. */
export function fitFrames(segmentation: Segmentation, images: readonly PlacedImage[]): Fit | null {
  const byInstance = new Map<string, PlacedImage[]>();
  for (const image of images)
    byInstance.set(image.sopInstanceUid, [...(byInstance.get(image.sopInstanceUid) ?? []), image]);
  const beside = images.filter(({ frameOfReferenceUid }) => frameOfReferenceUid === segmentation.frameOfReferenceUid);
  const over = new Map<string, SegmentationFrame[]>();
  let [fitting, meant] = [0, false];
  for (const frame of segmentation.frames) {
    const named = frame.sources.flatMap((source) =>
      (byInstance.get(source.sopInstanceUid) ?? []).filter(
        (one) => source.frame === null || source.frame === one.frame,
      ),
    );
    if (named.length > 0) meant = true;
    const image = (named.length > 0 ? named : beside).find(
      (one) =>
        one.rows === segmentation.rows &&
        one.columns === segmentation.columns &&
        // An image that has no place, such as a radiograph, is known by its name alone.
        (frame.place && one.place ? samePlace(frame.place, one.place) : named.length > 0),
    );
    if (!image) continue;
    fitting += 1;
    over.set(image.imageId, [...(over.get(image.imageId) ?? []), frame]);
  }
  return meant || fitting > 0 ? { over, misfits: segmentation.frames.length - fitting } : null;
}
