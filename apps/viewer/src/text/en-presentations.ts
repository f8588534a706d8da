import type { Messages } from './zh.js';

/** The words around presentation states: see `zh-presentations`. */
export const enPresentations: Messages['presentations'] = {
  name: 'Presentation state',
  others: 'A view kept elsewhere; applied when chosen',
  nobody: 'Who kept it is not said',
  failed: 'The presentation states did not arrive',
  notOfThis: (named) => `${named} is not of this image, which is shown as it is`,
  between: '; ',
  lacks: {
    kind: 'States of this kind cannot be applied here yet',
    mask: 'the subtraction it wants is not done',
    curves: 'its curves are not drawn',
    'colour-profile': 'colours are not corrected by its profile',
    'true-size': 'not shown in true size',
    aspect: 'not shown in its shape of pixels',
    modality: 'its transformation of grey values is not applied',
    matrix: 'some annotations have a place or a shape that is not known here, and are not drawn',
  },
};
