import type { Messages } from './zh.js';

/** The words around segmentations: see `zh-segmentations`. */
export const enSegmentations: Messages['segmentations'] = {
  name: 'Segments',
  nobody: 'Who made it is not said',
  by: { MANUAL: 'by hand', SEMIAUTOMATIC: 'semi-automatic', AUTOMATIC: 'by software' },
  coming: 'on the way',
  failed: 'The segments did not arrive',
  notDrawn: 'Segmentations of this type cannot be drawn here yet.',
  misfits: (frames) =>
    `${frames} ${frames === 1 ? 'frame lies' : 'frames lie'} otherwise than any image, and ${frames === 1 ? 'is' : 'are'} not drawn.`,
};
