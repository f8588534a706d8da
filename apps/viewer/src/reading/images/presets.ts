import type { Messages } from '../../text/index.js';

export interface WindowPreset {
  name: keyof Messages['images']['preset'];
  width: number;
  center: number;
}

/** Window presets in Hounsfield units; keys 1 to 5 choose them, 0 goes back to the image's own. */
const ctPresets: readonly WindowPreset[] = [
  { name: 'lung', width: 1500, center: -600 },
  { name: 'mediastinum', width: 400, center: 40 },
  { name: 'bone', width: 2000, center: 500 },
  { name: 'brain', width: 80, center: 40 },
  { name: 'abdomen', width: 350, center: 50 },
];

export const presetsFor = (modality: string): readonly WindowPreset[] => (modality === 'CT' ? ctPresets : []);
