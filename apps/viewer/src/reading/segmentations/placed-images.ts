import { metaData } from '@cornerstonejs/core';
import type { LoadedSeries } from '../images/series.js';
import type { PlacedImage } from './fit-frames.js';

interface PlaneModule {
  usingDefaultValues?: boolean;
  frameOfReferenceUID?: string;
  imagePositionPatient?: number[];
  imageOrientationPatient?: number[];
  rowPixelSpacing?: number;
  columnPixelSpacing?: number;
  rows: number;
  columns: number;
}

/** Where the images of a series lie, whose metadata the image loader knows. */
export const placedImages = ({ frames }: LoadedSeries): PlacedImage[] =>
  frames.flatMap(({ imageId, sopInstanceUid, frame }) => {
    const lies = metaData.get('imagePlaneModule', imageId) as PlaneModule | undefined;
    if (!lies || !sopInstanceUid) return [];
    const {
      usingDefaultValues,
      imagePositionPatient: position,
      imageOrientationPatient: orientation,
      rowPixelSpacing: down,
      columnPixelSpacing: across,
    } = lies;
    const place =
      !usingDefaultValues && position && orientation && down && across
        ? { position, orientation, spacing: [down, across] }
        : null;
    return [
      {
        imageId,
        sopInstanceUid,
        frame,
        rows: lies.rows,
        columns: lies.columns,
        frameOfReferenceUid: lies.frameOfReferenceUID ?? '',
        place,
      },
    ];
  });
