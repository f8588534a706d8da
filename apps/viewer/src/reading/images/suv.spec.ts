import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '../../api/dicom-web.js';
import { acquisitionOf, suvOf } from './suv.js';

const DOSE = 370_000_000;
const HALF_LIFE = 6586.2;

function pet(
  changed: Record<string, string | number | string[] | undefined> = {},
  drug: typeof changed = {},
): DicomJson {
  const attributes = (values: typeof changed): DicomJson =>
    Object.fromEntries(
      Object.entries(values).flatMap(([tag, value]) =>
        value === undefined ? [] : [[tag, { vr: 'LO', Value: Array.isArray(value) ? value : [value] }]],
      ),
    );
  return {
    ...attributes({
      '00080021': '20260105',
      '00080031': '100000',
      '00080022': '20260105',
      '00080032': '100000.500',
      '00101030': 70,
      '00181242': 180_000,
      '00280051': ['NORM', 'ATTN', 'DECY'],
      '00541001': 'BQML',
      '00541102': 'START',
      '00541300': 90_000,
      ...changed,
    }),
    '00540016': {
      vr: 'SQ',
      Value: [attributes({ '00181072': '090000', '00181074': DOSE, '00181075': HALF_LIFE, ...drug })],
    },
  };
}
const factor = (dataset: DicomJson, earliest = acquisitionOf(dataset)) => {
  const suv = suvOf(dataset, earliest);
  return 'factor' in suv ? suv.factor : suv.lacks;
};
const after = (seconds: number) => expect.closeTo(70_000 / (DOSE * 0.5 ** (seconds / HALF_LIFE)), 12);

describe('the factor from Bq/ml to SUV by body weight', () => {
  it('is that of the dose left at the beginning of the series', () => expect(factor(pet())).toEqual(after(3600)));

  it('goes back over midnight where only the time of the injection is told', () =>
    expect(factor(pet({ '00080031': '003000', '00080032': '003000' }, { '00181072': '233000' }))).toEqual(after(3600)));

  it('takes the whole date and time of the injection, in its own zone', () => {
    expect(factor(pet({}, { '00181078': '20260105083000.0' }))).toEqual(after(5400));
    expect(factor(pet({ '00080201': '+0800' }, { '00181078': '20260105013000+0100' }))).toEqual(after(5400));
  });

  it('does not let a dose decay that images are corrected back to', () =>
    expect(factor(pet({ '00541102': 'ADMIN', '00080031': undefined }))).toEqual(after(0)));

  it('finds the time of the scan by the frame where the series has a later one', () => {
    const decay = (Math.LN2 / HALF_LIFE) * 180;
    const average = (HALF_LIFE / Math.LN2) * Math.log(decay / (1 - Math.exp(-decay)));
    expect(average).toBeGreaterThan(89);
    expect(factor(pet({ '00080031': '180000' }))).toEqual(after(3600.5 - 90 + average));
  });

  it('is one where the values are SUV already', () => expect(factor(pet({ '00541001': 'GML' }))).toBe(1));

  it.each([
    ['units', { '00541001': 'CNTS' }, {}],
    ['units', { '00541001': 'GML', '00541006': 'LBM' }, {}],
    ['corrections', { '00280051': ['DECY'] }, {}],
    ['decay', { '00541102': 'NONE' }, {}],
    ['weight', { '00101030': undefined }, {}],
    ['weight', { '00101030': 0 }, {}],
    ['dose', {}, { '00181074': undefined }],
    ['dose', {}, { '00181074': 370 }],
    ['half-life', {}, { '00181075': undefined }],
    ['times', {}, { '00181072': undefined }],
    ['times', {}, { '00181078': '20260101090000' }],
    ['times', { '00080031': '180000', '00541300': undefined }, {}],
  ])('is not guessed without %s', (lack, changed, drug) => expect(factor(pet(changed, drug))).toEqual([lack]));

  it('says all that is missing', () =>
    expect(factor(pet({ '00101030': undefined }, { '00181074': undefined }))).toEqual(['weight', 'dose']));
});
