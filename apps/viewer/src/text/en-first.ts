import type { FirstMessages } from './zh-first.js';

/** The words of the first picture: see `zh`. */
export const enFirst: FirstMessages = {
  common: {
    loading: 'Loading…',
    unknownName: 'name unknown',
    male: 'male',
    female: 'female',
    otherSex: 'other',
  },
  age: { years: (n) => `${n} y`, months: (n) => `${n} mo`, weeks: (n) => `${n} wk`, days: (n) => `${n} d` },
  instances: {
    interrupted: (have) => `${have}, sender broke off`,
    inPicture: (have, of) => (of ? `Incomplete ${have}/${of}` : `Incomplete ${have}`),
  },
  images: {
    preview: 'preview',
    lossy: 'lossy',
    window: (w, c) => `W ${w} L ${c}`,
  },
};
