import { describe, expect, it } from '@jest/globals';
import { locateFrames } from './frames.js';
import { readAttributes } from './read-attributes.js';
import { type WritableDataset, writeDataset } from './write-dataset.js';

const geometry = (frames: number, bits: number): WritableDataset => ({
  '00280002': { vr: 'US', Value: [1] },
  '00280008': { vr: 'IS', Value: [frames] },
  '00280010': { vr: 'US', Value: [3] },
  '00280011': { vr: 'US', Value: [3] },
  '00280100': { vr: 'US', Value: [bits] },
});

function locate(dataset: WritableDataset, uid: string) {
  const bytes = writeDataset(dataset, uid);
  const { attributes, pixelData } = readAttributes(bytes, uid);
  return { bytes, at: pixelData!.offset, table: locateFrames(bytes, uid, attributes, pixelData!) };
}

describe('locateFrames', () => {
  it('slices native frames, and counts bits where frames do not begin at a byte', () => {
    const uid = '1.2.840.10008.1.2.1';
    const words = locate({ ...geometry(2, 16), '7FE00010': { vr: 'OW', bytes: new Uint8Array(36) } }, uid);
    expect(words.table.frames.map(({ fragments }) => fragments)).toEqual([
      [{ offset: words.at, length: 18 }],
      [{ offset: words.at + 18, length: 18 }],
    ]);
    const bits = locate({ ...geometry(2, 1), '7FE00010': { vr: 'OB', bytes: new Uint8Array(4) } }, uid);
    expect(bits.table.frames[1]).toEqual({ fragments: [{ offset: bits.at + 1, length: 2 }], bitOffset: 1 });
  });

  const jpeg = '1.2.840.10008.1.2.4.50';
  const first = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
  const last = Uint8Array.of(1, 2, 0xff, 0xd9);

  it('joins fragments of one frame, and finds several by their markers', () => {
    const one = locate({ ...geometry(1, 8), '7FE00010': { vr: 'OB', fragments: [first, last] } }, jpeg);
    expect(one.table.frames[0]?.fragments).toHaveLength(2);
    const fragments = [first, last, first, last, last];
    const two = locate({ ...geometry(2, 8), '7FE00010': { vr: 'OB', fragments } }, jpeg);
    expect(two.table.frames.map((frame) => frame.fragments.length)).toEqual([2, 3]);
  });

  it('says so when fragments cannot be told apart', () => {
    const fragments = Array.from({ length: 4 }, () => Uint8Array.of(0, 0));
    expect(() => locate({ ...geometry(3, 8), '7FE00010': { vr: 'OB', fragments } }, jpeg)).toThrow(
      expect.objectContaining({ code: 'frames-unclear' }),
    );
  });
});
