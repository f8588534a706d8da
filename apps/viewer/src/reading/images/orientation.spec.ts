import { describe, expect, it } from '@jest/globals';
import { edgeLetters } from './orientation.js';
import type { Frame } from './series.js';

const projection: Frame = {
  imageId: 'x',
  sopInstanceUid: '1',
  frame: 1,
  seriesNumber: '1',
  instanceNumber: '1',
  spacing: { of: 'pixels' },
  values: { unit: 'grey', factor: 1 },
  lacksForSuv: [],
  lossy: false,
  derived: false,
  modality: 'DX',
  oriented: false,
  drawing: { by: 'browser' },
  modalityLut: null,
  voiLut: null,
  over: null,
  patientOrientation: ['L', 'F'],
};
const turned = (quarters: number, flipped = false) => edgeLetters(projection, [], { quarters, flipped }).join('');

describe('letters at the edges', () => {
  it('are those of the camera where the image lies in the patient', () => {
    expect(
      edgeLetters({ ...projection, oriented: true }, ['A', 'L', 'P', 'R'], { quarters: 1, flipped: false }),
    ).toEqual(['A', 'L', 'P', 'R']);
  });

  it('turn with a projection: top, right, bottom, left', () => {
    expect([0, 1, 2, 3].map((quarters) => turned(quarters))).toEqual(['HLFR', 'RHLF', 'FRHL', 'LFRH']);
  });

  it('are flipped before they are turned', () => {
    expect(turned(0, true)).toBe('HRFL');
    expect(turned(1, true)).toBe('LHRF');
  });

  it('are left away where nobody says', () => {
    expect(edgeLetters({ ...projection, patientOrientation: null }, [], { quarters: 0, flipped: false })).toEqual([
      '',
      '',
      '',
      '',
    ]);
  });
});
