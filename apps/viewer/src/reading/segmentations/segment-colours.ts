import { fromCieLab, type Colour } from '../images/cie-lab.js';

/** Told apart on grey, by the colour-blind too (Okabe and Ito's, brightened for a dark surround). */
const PALETTE: readonly Colour[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 200, 140],
  [240, 228, 66],
  [90, 130, 255],
  [235, 110, 40],
  [220, 130, 190],
  [160, 220, 90],
];

/** @param lab RecommendedDisplayCIELabValue (PS3.3 C.10.7.1.1); where it is missing, one of a palette, by `index` */
export const colourOf = (lab: readonly number[], index: number): Colour =>
  lab.length === 3 ? fromCieLab(lab) : PALETTE[index % PALETTE.length]!;
