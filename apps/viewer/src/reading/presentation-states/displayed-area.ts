import { numbers, text, type DicomJson } from '../../api/dicom-web.js';
import type { View } from '../images/presented.js';

const tag = {
  ImageHorizontalFlip: '00700041',
  ImageRotation: '00700042',
  DisplayedAreaTopLeftHandCorner: '00700052',
  DisplayedAreaBottomRightHandCorner: '00700053',
  PresentationSizeMode: '00700100',
  PresentationPixelSpacing: '00700101',
  PresentationPixelAspectRatio: '00700102',
  PresentationPixelMagnificationRatio: '00700103',
} as const;

/**
 * How the image is turned, and what of it is seen (PS3.3 C.10.4, C.10.6).
 * @param item of DisplayedAreaSelectionSequence; without one, all of the image
 */
export function viewOf(state: DicomJson, item: DicomJson | undefined, rows: number, columns: number): View {
  const [left, top] = numbers(item ?? {}, tag.DisplayedAreaTopLeftHandCorner);
  const [right, bottom] = numbers(item ?? {}, tag.DisplayedAreaBottomRightHandCorner);
  const whole = { left: 0, top: 0, right: columns, bottom: rows };
  const ratio = numbers(item ?? {}, tag.PresentationPixelMagnificationRatio)[0] ?? 0;
  const magnify = text(item ?? {}, tag.PresentationSizeMode) === 'MAGNIFY' && ratio > 0;
  return {
    quarters: Math.round((numbers(state, tag.ImageRotation)[0] ?? 0) / 90) % 4,
    flipped: text(state, tag.ImageHorizontalFlip) === 'Y',
    // Pixels count from 1. Which of them is the upper left one depends on how the image is turned.
    area:
      left === undefined || top === undefined || right === undefined || bottom === undefined
        ? whole
        : {
            left: Math.min(left, right) - 1,
            top: Math.min(top, bottom) - 1,
            right: Math.max(left, right),
            bottom: Math.max(top, bottom),
          },
    magnified: magnify ? ratio : null,
  };
}

export const wantsTrueSize = (item: DicomJson | undefined): boolean =>
  text(item ?? {}, tag.PresentationSizeMode) === 'TRUE SIZE';

/** Height of a pixel by its width, as it is to be shown; null where it is not said. */
export function shapeOfPixels(item: DicomJson | undefined): number | null {
  const spacing = numbers(item ?? {}, tag.PresentationPixelSpacing);
  const [height, width] = spacing.length === 2 ? spacing : numbers(item ?? {}, tag.PresentationPixelAspectRatio);
  return height && width ? height / width : null;
}

/** The place in the image of a point of the displayed area as it is seen, 0 to 1 from its upper left corner. */
export function placeInArea({ quarters, flipped, area }: View, x: number, y: number): [column: number, row: number] {
  const across = flipped ? 1 - x : x;
  const [u, v] = [
    [across, y],
    [y, 1 - across],
    [1 - across, 1 - y],
    [1 - y, across],
  ][quarters] as [number, number];
  return [area.left + u * (area.right - area.left), area.top + v * (area.bottom - area.top)];
}
