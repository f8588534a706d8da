import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '../../api/dicom-web.js';
import { fitFrames, type PlacedImage } from './fit-frames.js';
import { colourOf } from './segment-colours.js';
import { segmentationsOf, type Segmentation, type SegmentationFrame } from './segmentation.js';

const leaning = [1, 0, 0, 0, 0.9483237, -0.3173047];
const placeAt = (z: number, x = -125) => ({
  position: [x, -123.5, z],
  orientation: leaning,
  spacing: [0.488, 0.488],
});
const image = (name: string, z: number, changed: Partial<PlacedImage> = {}): PlacedImage => ({
  imageId: name,
  sopInstanceUid: name,
  frame: 1,
  rows: 512,
  columns: 512,
  frameOfReferenceUid: '1.2',
  place: placeAt(z),
  ...changed,
});
const frame = (number: number, changed: Partial<SegmentationFrame>): SegmentationFrame => ({
  frame: number,
  segment: 1,
  sources: [],
  place: placeAt(0),
  ...changed,
});
const of = (...frames: SegmentationFrame[]) =>
  ({ rows: 512, columns: 512, frameOfReferenceUid: '1.2', frames }) as unknown as Segmentation;
const named = (sopInstanceUid: string, number: number | null = null) => [{ sopInstanceUid, frame: number }];
const over = (segmentation: Segmentation, images: PlacedImage[]) => {
  const fit = fitFrames(segmentation, images);
  return (
    fit && { misfits: fit.misfits, over: [...fit.over].map(([id, frames]) => [id, frames.map((one) => one.frame)]) }
  );
};
const images = [image('a', 0), image('b', 5)];

describe('the image of a frame', () => {
  it('is the one that it names, and where it names none the one at its place', () => {
    const frames = [frame(1, { sources: named('b'), place: placeAt(5) }), frame(2, { place: placeAt(5.001) })];
    expect(over(of(...frames), images)).toEqual({ misfits: 0, over: [['b', [1, 2]]] });
  });

  it.each([
    ['at another place', { sources: named('a'), place: placeAt(0.1) }],
    ['a fifth of a pixel beside', { sources: named('a'), place: placeAt(0, -124.9) }],
    ['not leaning', { sources: named('a'), place: { ...placeAt(0), orientation: [1, 0, 0, 0, 1, 0] } }],
    ['of another pixel size', { sources: named('a'), place: { ...placeAt(0), spacing: [0.489, 0.489] } }],
  ])('is none: %s', (_, changed) => expect(over(of(frame(1, changed)), images)).toEqual({ misfits: 1, over: [] }));

  it('is none where rows or the frame of reference differ', () => {
    expect(over(of(frame(1, { sources: named('a') })), [image('a', 0, { rows: 256 })])).toEqual({
      misfits: 1,
      over: [],
    });
    expect(over(of(frame(1, {})), [image('a', 0, { frameOfReferenceUid: '1.3' })])).toBeNull();
  });

  it('is known by its name alone where there are no places, and by its number among several', () => {
    const shot = [1, 2].map((number) => image(`s${number}`, 0, { sopInstanceUid: 's', frame: number, place: null }));
    const one = frame(1, { sources: named('s', 2), place: null });
    expect(over(of(one), shot)).toEqual({ misfits: 0, over: [['s2', [1]]] });
    expect(over(of(frame(1, { place: null })), shot)).toBeNull();
  });
});

describe('a label map', () => {
  const us = (...values: number[]) => ({ vr: 'US', Value: values });
  const labelled = (changed: DicomJson) => ({
    '00280100': us(16),
    '00620001': { vr: 'CS', Value: ['LABELMAP'] },
    '00620002': { vr: 'SQ', Value: [0, 3, 700].map((number) => ({ '00620004': us(number), '00620005': us(number) })) },
    ...changed,
  });

  it('has frames of all segments at once, and none of what is around them', async () => {
    const [read] = await segmentationsOf([labelled({})]);
    expect(read).toMatchObject({ type: 'labelmap', bytes: 2, frames: [{ frame: 1, segment: null }] });
    expect(read!.segments.map(({ number }) => number)).toEqual([3, 700]);
    const [padded] = await segmentationsOf([labelled({ '00280120': us(3) })]);
    expect(padded!.segments.map(({ number }) => number)).toEqual([0, 700]);
  });

  it('has the colours of its palette', async () => {
    const colours: DicomJson = { '00280004': { vr: 'CS', Value: ['PALETTE COLOR'] } };
    for (const [index, entries] of [
      [255, 0],
      [10, 20],
      [0, 90],
    ].entries()) {
      colours[`0028110${index + 1}`] = us(2, 3, 8);
      colours[`0028120${index + 1}`] = us(...entries);
    }
    const [read] = await segmentationsOf([labelled(colours)]);
    expect(read!.segments.map(({ colour }) => colour)).toEqual([
      [255, 10, 0],
      [0, 20, 90],
    ]);
  });
});

it('takes a colour from CIELAB under D50', () => {
  expect(colourOf([35_579, 53_666, 50_860], 0)).toEqual([255, 0, 0]);
  expect(colourOf([65_535, 32_896, 32_896], 0)).toEqual([255, 255, 255]);
  expect(colourOf([], 9)).toEqual(colourOf([], 1));
});
