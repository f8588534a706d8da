import type { Messages } from '../../text/index.js';
import type { ValueMeaning } from './measured.js';

export interface WindowPreset {
  name: keyof Messages['images']['preset'];
  width: number;
  center: number;
}

/** In Hounsfield units; keys 1 to 5 choose presets, 0 goes back to the image's own window. */
const ctPresets: readonly WindowPreset[] = [
  { name: 'lung', width: 1500, center: -600 },
  { name: 'mediastinum', width: 400, center: 40 },
  { name: 'bone', width: 2000, center: 500 },
  { name: 'brain', width: 80, center: 40 },
  { name: 'abdomen', width: 350, center: 50 },
];

/** From nothing to so many SUV. */
const suvPresets: readonly (readonly [WindowPreset['name'], number])[] = [
  ['suv5', 5],
  ['suv7', 7],
  ['suv10', 10],
  ['suv20', 20],
];

export function presetsFor(modality: string, { unit, factor }: ValueMeaning): readonly WindowPreset[] {
  if (unit === 'SUV')
    return suvPresets.map(([name, most]) => ({ name, width: most / factor, center: most / factor / 2 }));
  return modality === 'CT' ? ctPresets : [];
}
