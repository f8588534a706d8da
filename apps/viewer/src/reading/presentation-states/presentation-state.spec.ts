import { describe, expect, it } from '@jest/globals';
import { annotationsOf, layersOf } from './annotations.js';
import { smoothed } from './draw-annotations.js';
import { itemsFor, lacksOf, presentationStateOf, refersTo } from './presentation-state.js';

const cs = (value: string) => ({ vr: 'CS', Value: [value] });
const numbers = (...values: number[]) => ({ vr: 'FL', Value: values });
const sequence = (...values: object[]) => ({ vr: 'SQ', Value: values });
const image = (sopInstanceUid: string, ...frames: number[]) => ({
  '00081155': { vr: 'UI', Value: [sopInstanceUid] },
  ...(frames.length > 0 ? { '00081160': { vr: 'IS', Value: frames } } : {}),
});
const state = {
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.11.1'] },
  '00080018': { vr: 'UI', Value: ['1.2.3'] },
  '00080070': { vr: 'LO', Value: ['House'] },
  '00081115': sequence({ '00081140': sequence(image('a'), image('b', 2, 3)) }),
  '00700080': cs('WET READ'),
  '00700082': { vr: 'DA', Value: ['20261104'] },
  '00700083': { vr: 'TM', Value: ['093015.5'] },
};

describe('a presentation state', () => {
  it('says what it is, who kept it and when, and of which images it is', () => {
    const read = presentationStateOf(state)!;
    expect(read).toMatchObject({ kind: 'grayscale', label: 'WET READ', creator: 'House', created: '2026-11-04 09:30' });
    const refers = (sopInstanceUid: string, frame: number) => refersTo(read.refers, { sopInstanceUid, frame });
    expect([refers('a', 7), refers('b', 1), refers('b', 3), refers('c', 1)]).toEqual([true, false, true, false]);
    expect(presentationStateOf({ '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.66.4'] } })).toBeNull();
  });

  it('says of some images what it does not say of others', () => {
    const each = { '00283110': sequence({ n: numbers(1), '00081140': sequence(image('b')) }, { n: numbers(2) }) };
    const said = (sopInstanceUid: string) =>
      itemsFor(each, '00283110', { sopInstanceUid, frame: 1 }).map((item) => item['n']?.Value?.[0]);
    expect([said('a'), said('b')]).toEqual([[2], [1, 2]]);
  });

  it('names what it wants and is not done', () => {
    const lacks = (more: object) => lacksOf(presentationStateOf({ ...state, ...more })!);
    expect(lacks({})).toEqual([]);
    expect(lacks({ '00286100': sequence({}), '50021001': cs('X') })).toEqual(['mask', 'curves']);
    const colour = { '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.11.2'] }, '00282000': { vr: 'OB' } };
    expect([lacks(colour), lacks({ ...colour, '00282002': cs('SRGB') })]).toEqual([['colour-profile'], []]);
    expect(lacks({ '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.11.4'] } })).toEqual(['kind']);
  });
});

describe('annotations', () => {
  const layers = layersOf({
    '00700060': sequence(
      { '00700002': cs('UPPER'), '00700062': numbers(2), '00700066': numbers(0x8000) },
      { '00700002': cs('LOWER'), '00700062': numbers(1), '00700401': numbers(35_579, 53_666, 50_860) },
    ),
  });
  const shape = (units: string, kind: string, ...data: number[]) => ({
    '00700005': cs(units),
    '00700022': numbers(...data),
    '00700023': cs(kind),
    '00700024': cs('Y'),
  });

  it('lie in the order of their layers, in the colours of these', async () => {
    const words = {
      '00700006': { vr: 'ST', Value: ['one\r\ntwo'] },
      '00700004': cs('PIXEL'),
      '00700014': numbers(3, 4),
    };
    const read = await annotationsOf(
      [
        { '00700002': cs('UPPER'), '00700008': sequence(words) },
        { '00700002': cs('LOWER'), '00700009': sequence(shape('DISPLAY', 'CIRCLE', 0, 0, 1, 0.5)) },
      ],
      layers,
    );
    expect(read).toEqual([
      {
        kind: 'shape',
        units: 'display',
        shape: 'circle',
        points: [
          [0, 0],
          [1, 0.5],
        ],
        filled: true,
        dashed: false,
        colour: [255, 0, 0],
      },
      {
        kind: 'text',
        lines: ['one', 'two'],
        box: null,
        anchor: { units: 'pixel', at: [3, 4], tied: false },
        colour: [128, 128, 128],
      },
    ]);
  });

  it('are told where they are not known here', async () => {
    const group = { '00700002': cs('UPPER'), '00700009': sequence(shape('MATRIX', 'POINT', 1, 1)) };
    expect(await annotationsOf([group], layers)).toEqual([null]);
  });

  it('take long rows of points from where they lie', async () => {
    const bytes = new Uint8Array(Float32Array.from([1.5, 2, 3, 4]).buffer);
    const far = {
      ...shape('PIXEL', 'POLYLINE'),
      '00700022': { vr: 'FL', InlineBinary: btoa(String.fromCharCode(...bytes)) },
    };
    const [read] = await annotationsOf([{ '00700002': cs('UPPER'), '00700009': sequence(far) }], layers);
    expect(read).toMatchObject({
      points: [
        [1.5, 2],
        [3, 4],
      ],
    });
  });

  it('go smoothly through their points, round a closed line too', () => {
    const square = [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
      [0, 0],
    ] as const;
    const line = smoothed(square);
    expect(line).toHaveLength(49);
    for (const point of square) expect(line).toContainEqual(point);
    // Out beyond the sides, alike on each.
    expect(Math.min(...line.map(([, y]) => y))).toBeCloseTo(10 - Math.max(...line.map(([x]) => x)));
  });
});
