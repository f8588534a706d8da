import { describe, expect, it } from '@jest/globals';
import { tonesOf, type ImageValues, type Pipeline } from './tones.js';

const hounsfield: ImageValues = { modality: { slope: 1, intercept: -1024 }, stored: [0, 4095] };
const pipeline = (changed: Partial<Pipeline>): Pipeline => ({
  modality: { slope: 1, intercept: -1024 },
  voi: { center: 40, width: 81, windowFunction: 'LINEAR' },
  presentation: 'identity',
  palette: null,
  ...changed,
});
const table = (first: number, bits: number, ...entries: number[]) => ({ first, bits, entries });
const greys = (image: ImageValues, changed: Partial<Pipeline>) => {
  const tones = tonesOf(image, pipeline(changed))!;
  const wholes = Math.round(tones.upper - tones.lower);
  const { length } = tones.curve!;
  const at = (value: number) => Math.round(tones.curve![(value * (length - 1)) / wholes]![0]);
  return [tones.lower, tones.upper, ...Array.from({ length: wholes + 1 }, (_, value) => at(value))];
};

describe('a window', () => {
  it('is in the values that the state makes, not in those of the image', () => {
    expect(tonesOf(hounsfield, pipeline({}))).toMatchObject({ lower: -0.5, upper: 79.5, curve: null, inverted: false });
    // Twice as steep, from elsewhere: 40 is stored 20, which the image calls -1004.
    const steep = tonesOf(hounsfield, pipeline({ modality: { slope: 2, intercept: 0 } }));
    expect(steep).toMatchObject({ lower: -1024.25, upper: -984.25 });
    // Without a Modality LUT stored values are meant.
    expect(tonesOf(hounsfield, pipeline({ modality: null }))).toMatchObject({ lower: -1024.5, upper: -944.5 });
  });

  it('turns round where the state counts the other way', () => {
    const turned = { modality: { slope: -1, intercept: 0 }, presentation: 'inverse' as const };
    expect(tonesOf(hounsfield, pipeline(turned))).toMatchObject({ lower: -1103.5, upper: -1023.5, inverted: false });
    expect(tonesOf(hounsfield, pipeline({ presentation: 'inverse' }))).toMatchObject({ inverted: true });
  });

  it('is the whole range where there is none, and never without width', () => {
    expect(tonesOf(hounsfield, pipeline({ voi: null }))).toMatchObject({ lower: -1024, upper: 3071 });
    const step = tonesOf(hounsfield, pipeline({ voi: { center: 40, width: 1, windowFunction: 'LINEAR' } }))!;
    expect(step.upper).toBeGreaterThan(step.lower);
  });
});

describe('a curve', () => {
  it('is a VOI LUT, and what a Presentation LUT makes of it', () => {
    const voi = table(0, 8, 0, 255, 51);
    expect(greys(hounsfield, { voi })).toEqual([0, 2, 0, 255, 51]);
    expect(greys(hounsfield, { voi, presentation: table(0, 8, 255, 128, 0) })).toEqual([0, 2, 255, 0, 255]);
  });

  it('is a Modality LUT, over the stored values that it maps', () => {
    const voi = { center: 50, width: 100, windowFunction: 'LINEAR_EXACT' as const };
    expect(greys(hounsfield, { modality: table(10, 16, 0, 100, 50), voi })).toEqual([-1014, -1012, 0, 255, 128]);
  });

  it('is a palette', () => {
    const palette = [table(0, 8, 0, 255), table(0, 8, 10, 20), table(0, 16, 0, 65_535)];
    const voi = { center: 0.5, width: 2, windowFunction: 'LINEAR' as const };
    const tones = tonesOf(hounsfield, pipeline({ voi, palette }))!;
    expect(tones).toMatchObject({ lower: -0.5, upper: 0.5, inverted: false });
    expect([tones.curve![0], tones.curve!.at(-1)]).toEqual([
      [0, 10, 0],
      [255, 20, 255],
    ]);
  });
});

it('leaves an image alone whose own table is another than the state wants', () => {
  const own = table(0, 16, 7, 9);
  const image: ImageValues = { modality: own, stored: [0, 1] };
  expect(tonesOf(image, pipeline({}))).toBeNull();
  expect(tonesOf(image, pipeline({ modality: table(0, 16, 7, 8) }))).toBeNull();
  expect(tonesOf(image, pipeline({ modality: table(0, 16, 7, 9), voi: null }))).toMatchObject({ lower: 7, upper: 9 });
});
