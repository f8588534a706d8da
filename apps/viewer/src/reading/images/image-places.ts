import { metaData, type Types } from '@cornerstonejs/core';
import { utilities as toolUtilities } from '@cornerstonejs/tools';

const cross = (a: Types.Point3, b: Types.Point3): Types.Point3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export interface PlaneModule {
  usingDefaultValues?: boolean;
  frameOfReferenceUID?: string;
  imagePositionPatient: Types.Point3;
  rowCosines: Types.Point3;
  columnCosines: Types.Point3;
}

/** Millimetres from the plane of an image; infinite where it lies in no or another frame of reference. */
export function distanceToPlane(imageId: string, point: Types.Point3, frameOfReferenceUid: string): number {
  const lies = metaData.get('imagePlaneModule', imageId) as PlaneModule | undefined;
  if (!lies || lies.usingDefaultValues || lies.frameOfReferenceUID !== frameOfReferenceUid) return Infinity;
  const normal = cross(lies.rowCosines, lies.columnCosines);
  return Math.abs(
    normal.reduce((sum, value, axis) => sum + value * (point[axis]! - lies.imagePositionPatient[axis]!), 0),
  );
}

/** Letters at the top, right, bottom and left edges, from the camera. */
export function lettersOf({ viewUp, viewPlaneNormal }: Types.ICamera): [string, string, string, string] {
  if (!viewUp || !viewPlaneNormal) return ['', '', '', ''];
  const right = cross(viewUp, viewPlaneNormal);
  const { getOrientationStringLPS, invertOrientationStringLPS } = toolUtilities.orientation;
  const top = getOrientationStringLPS(viewUp);
  const side = getOrientationStringLPS(right);
  return [top, side, invertOrientationStringLPS(top), invertOrientationStringLPS(side)];
}
