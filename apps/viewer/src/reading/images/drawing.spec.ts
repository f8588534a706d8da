import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '../../api/dicom-web.js';
import { drawingOf, prepare, sampleBytes } from './drawing.js';

const image = (changed: Record<string, string | number> = {}): DicomJson =>
  Object.fromEntries(
    Object.entries({
      '00083002': '1.2.840.10008.1.2.1',
      '00080060': 'CT',
      '00280002': 1,
      '00280004': 'MONOCHROME2',
      '00280100': 16,
      '00280101': 12,
      '00280102': 11,
      ...changed,
    }).map(([tag, value]) => [tag, { vr: 'US', Value: [value] }]),
  );

describe('who makes samples of a frame', () => {
  it.each([
    ['12 bits of 16', {}],
    ['JPEG 2000', { '00083002': '1.2.840.10008.1.2.4.90' }],
    ['baseline YBR_PARTIAL_422', { '00083002': '1.2.840.10008.1.2.4.50', '00280004': 'YBR_PARTIAL_422' }],
  ])('the browser: %s', (_, changed) => expect(drawingOf(image(changed)).by).toBe('browser'));

  it.each([
    ['JPEG of 12 bits', { '00083002': '1.2.840.10008.1.2.4.51' }],
    ['big endian', { '00083002': '1.2.840.10008.1.2.2' }],
    ['deep colours', { '00280002': 3, '00280004': 'RGB', '00280101': 16, '00280102': 15 }],
    ['single bits', { '00280100': 1, '00280101': 1, '00280102': 0 }],
    ['values above the lowest bits', { '00280102': 15 }],
    ['an overlay in the pixel cells', { '60000102': 12 }],
  ])('the server: %s', (_, changed) => expect(drawingOf(image(changed)).by).toBe('server'));

  it.each([
    ['H.264', '102', false],
    ['HEVC', '107', false],
    ['fragmentable MPEG-2', '100.1', true],
  ])('the browser as it plays: %s', (_, end, mpeg2) => {
    const video = image({ '00083002': `1.2.840.10008.1.2.4.${end}`, '00280008': 20, '00280010': 48, '00280011': 64 });
    expect(drawingOf(video)).toEqual({ by: 'player', stream: { frames: 20, columns: 64, rows: 48, mpeg2 } });
  });

  it.each([
    ['floating-point', { '00280100': 64 }],
    ['colour-model', { '00280004': 'HSV' }],
  ])('nobody: %s', (why, changed) => expect(drawingOf(image(changed))).toEqual({ by: 'nobody', why }));
});

it('makes square of what is not, in pixels; a spacing in the patient stays', async () => {
  const wide = { vr: 'IS', Value: [1, 3] };
  const { dataset } = await prepare({ ...image(), '00280034': wide });
  expect(dataset['00280030']).toEqual({ vr: 'DS', Value: [1 / 3, 1] });
  const spacing = { vr: 'DS', Value: [0.5, 0.5] };
  expect((await prepare({ ...image(), '00280034': wide, '00280030': spacing })).dataset['00280030']).toBe(spacing);
});

it('says nobody can draw a palette that is not there', async () => {
  expect((await prepare(image({ '00280004': 'PALETTE COLOR' }))).drawing).toEqual({ by: 'nobody', why: 'palette' });
});

describe('uncompressed bytes', () => {
  const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
  const grey = { bitsAllocated: 16, bitsStored: 12, highBit: 11, signed: false, colour: false };

  it('lose what is not the value', () => {
    expect(sampleBytes(words(0xf123, 0x0fff), grey)).toEqual(words(0x123, 0xfff));
    expect(sampleBytes(words(0x1230), { ...grey, highBit: 15 })).toEqual(words(0x123));
  });

  it('keep the upper eight bits of a colour, of words and of double words', () => {
    const colour = { bitsAllocated: 16, bitsStored: 16, highBit: 15, signed: false, colour: true };
    expect([...sampleBytes(words(0xab12, 0x00ff, 0xff00), colour)]).toEqual([0xab, 0, 0xff]);
    const deep = new Uint8Array(Uint32Array.of(0xab000000, 0x00ffffff).buffer);
    expect([...sampleBytes(deep, { ...colour, bitsAllocated: 32, bitsStored: 32, highBit: 31 })]).toEqual([0xab, 0]);
  });

  it('come apart where they hold single bits', () => {
    const bits = { ...grey, bitsAllocated: 1, bitsStored: 1, highBit: 0 };
    expect([...sampleBytes(Uint8Array.of(0b101), bits)]).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
  });
});
