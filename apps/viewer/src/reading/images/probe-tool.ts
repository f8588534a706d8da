import type { Types } from '@cornerstonejs/core';
import { ProbeTool as CornerstoneProbeTool } from '@cornerstonejs/tools';

type Target = Types.IImageData | Types.CPUIImageData;

/**
 * Cornerstone's probe looks for its pixel at the image's place in the stack, though each image of a stack holds one slice only: it told no
 * value on any image but the first.
 */
export class ProbeTool extends CornerstoneProbeTool {
  protected override getTargetImageData(targetId: string): Target {
    const image = super.getTargetImageData(targetId);
    // What is on no viewport has no image, whatever its type says.
    const pixels = (image as Target | undefined)?.voxelManager;
    if (!pixels || !targetId.startsWith('imageId:')) return image;
    const getAtIJKPoint = ([column, row]: Types.Point3) => pixels.getAtIJKPoint([column, row, 0]);
    return { ...image, voxelManager: Object.create(pixels, { getAtIJKPoint: { value: getAtIJKPoint } }) } as Target;
  }
}
