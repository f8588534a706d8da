import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { type PixelDescription, UndecodableFrame } from '#libs/ports';
import { Codecs } from './codecs.js';

const codecs = new Codecs();
const grey: PixelDescription = {
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  rows: 1,
  columns: 4,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  pixelRepresentation: 0,
  photometricInterpretation: 'MONOCHROME2',
  planarConfiguration: 0,
};
const colour: PixelDescription = {
  ...grey,
  columns: 2,
  samplesPerPixel: 3,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  photometricInterpretation: 'RGB',
};
const decoded = async (bytes: number[], d: PixelDescription) => [
  ...(await codecs.decode(Uint8Array.from(bytes), d)).pixels,
];
const rle = (segments: number[][]) => {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments.length);
  let at = 64;
  for (const [i, segment] of segments.entries()) {
    header.writeUInt32LE(at, 4 + 4 * i);
    at += segment.length;
  }
  return [...header, ...segments.flat()];
};

describe('what a stream is', () => {
  const jpeg = (kind: number) => `1.2.840.10008.1.2.4.${kind}`;
  it.each([
    [jpeg(70), jpeg(50)],
    [jpeg(57), jpeg(50)],
    [jpeg(55), jpeg(50)],
    [jpeg(50), jpeg(50)],
    [jpeg(51), jpeg(51)],
    [jpeg(90), jpeg(90)],
  ])('baseline JPEG under %s is %s', async (named, is) => {
    const stream = await codecs.encodeJpeg({ width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) });
    expect(codecs.syntaxOf(stream, named)).toBe(is);
  });

  it('is what it is called where nothing can be told', () => {
    expect(codecs.syntaxOf(Uint8Array.of(0xff, 0xd8, 0xff), jpeg(70))).toBe(jpeg(70));
    expect(codecs.syntaxOf(new Uint8Array(), jpeg(50))).toBe(jpeg(50));
  });
});

describe('native frames', () => {
  it('drops overlay bits and extends the sign', async () => {
    const bytes = [0x01, 0xf0, 0xff, 0x0f, 0x00, 0x08, 0x00, 0x00];
    expect(await decoded(bytes, grey)).toEqual([1, 4095, 2048, 0]);
    expect(await decoded(bytes, { ...grey, pixelRepresentation: 1 })).toEqual([1, -1, -2048, 0]);
  });

  it('shifts down from the high bit', async () => {
    expect(await decoded([0x10, 0, 0, 0x80, 0, 0, 0, 0], { ...grey, highBit: 15 })).toEqual([1, 2048, 0, 0]);
  });

  it('reads big endian, and 8-bit samples that were written as words', async () => {
    const uid = '1.2.840.10008.1.2.2';
    expect(await decoded([0, 1, 1, 0, 0, 0, 0, 2], { ...grey, transferSyntaxUid: uid })).toEqual([1, 256, 0, 2]);
    const words = { ...colour, transferSyntaxUid: uid, pixelDataVr: 'OW' } as const;
    expect(await decoded([2, 1, 4, 3, 6, 5], words)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('brings planes together and single bits apart', async () => {
    expect(await decoded([1, 2, 3, 4, 5, 6], { ...colour, planarConfiguration: 1 })).toEqual([1, 3, 5, 2, 4, 6]);
    expect(await decoded([0b1010], { ...grey, bitsAllocated: 1, bitsStored: 1, highBit: 0 })).toEqual([0, 1, 0, 1]);
  });

  it('upsamples YBR_FULL_422 and says so', async () => {
    const frame = await codecs.decode(Uint8Array.of(10, 20, 30, 40), {
      ...colour,
      photometricInterpretation: 'YBR_FULL_422',
    });
    expect([...frame.pixels]).toEqual([10, 30, 40, 20, 30, 40]);
    expect(frame.photometricInterpretation).toBe('YBR_FULL');
  });

  it('inflates frames that are deflated one by one', async () => {
    const bytes = deflateRawSync(Buffer.from([1, 0, 2, 0, 3, 0, 4, 0]));
    expect(await decoded([...bytes], { ...grey, transferSyntaxUid: '1.2.840.10008.1.2.8.1' })).toEqual([1, 2, 3, 4]);
  });
});

describe('RLE', () => {
  const d = { ...grey, transferSyntaxUid: '1.2.840.10008.1.2.5' };
  it('unpacks runs and literals, the high byte first', async () => {
    expect(
      await decoded(
        rle([
          [253, 1],
          [3, 1, 2, 3, 4],
        ]),
        d,
      ),
    ).toEqual([257, 258, 259, 260]);
  });
  it.each([
    ['a cut header', [1, 0, 0, 0], 'corrupt'],
    [
      'a cut segment',
      rle([
        [253, 1],
        [3, 1, 2],
      ]),
      'corrupt',
    ],
    ['too few segments', rle([[253, 1]]), 'mismatch'],
  ])('refuses %s', async (_what, bytes, code) => {
    await expect(decoded(bytes, d)).rejects.toMatchObject({ name: 'UndecodableFrame', code });
  });
});

describe('JPEG', () => {
  const uid = '1.2.840.10008.1.2.4.50';
  it('gives back what it encoded, nearly', async () => {
    const data = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => [200, 100, 50][i % 3]!);
    const jpeg = await codecs.encodeJpeg({ width: 64, height: 48, channels: 3, data }, { quality: 95 });
    const frame = await codecs.decode(jpeg, { ...colour, transferSyntaxUid: uid, rows: 48, columns: 64 });
    expect(Math.max(...Array.from(frame.pixels, (value, i) => Math.abs(value - data[i]!)))).toBeLessThanOrEqual(3);
    expect(frame.photometricInterpretation).toBe('RGB');
    const flat = { width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(77) } as const;
    const eight = { ...grey, rows: 8, columns: 8, bitsAllocated: 8, bitsStored: 8, highBit: 7, transferSyntaxUid: uid };
    const threefold = { ...eight, samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL' };
    expect((await codecs.decode(await codecs.encodeJpeg(flat), threefold)).pixels[0]).toBe(77);
  });

  it('refuses data that does not fit its dimensions', async () => {
    const image = { width: 2, height: 2, channels: 1, data: new Uint8Array(3) } as const;
    await expect(codecs.encodeJpeg(image)).rejects.toThrow(RangeError);
  });

  it('tells an image of another size from a broken one', async () => {
    const jpeg = await codecs.encodeJpeg({ width: 8, height: 8, channels: 1, data: new Uint8Array(64) });
    const d = { ...grey, transferSyntaxUid: uid, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
    await expect(codecs.decode(jpeg, d)).rejects.toMatchObject({ code: 'mismatch' });
    await expect(codecs.decode(jpeg.subarray(0, 20), d)).rejects.toMatchObject({ code: 'corrupt' });
  });
});

it.each(['50', '57', '70', '80', '90', '201'])('…4.%s refuses noise in words', async (kind) => {
  const d = { ...grey, transferSyntaxUid: `1.2.840.10008.1.2.4.${kind}` };
  const noise = Uint8Array.from({ length: 200 }, (_, i) => (i * 37) & 0xff);
  await expect(codecs.decode(noise, d)).rejects.toThrow(UndecodableFrame);
  await expect(codecs.decode(new Uint8Array(0), d)).rejects.toThrow(UndecodableFrame);
});

it('says unsupported of a syntax it does not know', async () => {
  const d = { ...grey, transferSyntaxUid: '1.2.840.10008.1.2.4.102' };
  await expect(decoded([0], d)).rejects.toMatchObject({ code: 'unsupported' });
});

describe('encoding without loss', () => {
  const noise = (count: number, bits: number, signed: boolean) => {
    let seed = 7;
    return Array.from({ length: count }, (_, i) => {
      seed = (seed * 48_271) % 2_147_483_647;
      const value = i % 5 === 0 ? seed % 2 ** bits : (i >> 4) % 2 ** bits;
      return signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
    });
  };
  const deep = { ...grey, rows: 40, columns: 37 };
  const shapes: [string, PixelDescription, Uint8Array | Int16Array | Uint16Array][] = [
    ['8 bits', { ...deep, bitsAllocated: 8, bitsStored: 8, highBit: 7 }, Uint8Array.from(noise(1480, 8, false))],
    ['12 bits', deep, Uint16Array.from(noise(1480, 12, false))],
    [
      '16 bits, signed',
      { ...deep, bitsStored: 16, highBit: 15, pixelRepresentation: 1 },
      Int16Array.from(noise(1480, 16, true)),
    ],
    ['colour', { ...colour, rows: 20, columns: 37 }, Uint8Array.from(noise(2220, 8, false))],
  ];
  const syntaxes = ['1.2.840.10008.1.2.5', ...['80', '201', '202'].map((kind) => `1.2.840.10008.1.2.4.${kind}`)];
  const cases = shapes.flatMap(([name, d, pixels]) => syntaxes.map((uid) => [name, uid, d, pixels] as const));
  it.each(cases)('%s in %s comes back as it was', async (_, uid, d, pixels) => {
    expect(codecs.encodes(uid)).toBe(true);
    const { samplesPerPixel, photometricInterpretation } = d;
    const encoded = await codecs.encode({ pixels, samplesPerPixel, photometricInterpretation }, d, uid);
    const again = await codecs.decode(encoded.bytes, {
      ...d,
      transferSyntaxUid: uid,
      photometricInterpretation: encoded.photometricInterpretation,
    });
    expect([...again.pixels]).toEqual([...pixels]);
    expect(again.photometricInterpretation).toBe(photometricInterpretation);
  });

  it('refuses what has no encoder', async () => {
    const frame = { pixels: Uint8Array.of(0, 1, 0, 1), samplesPerPixel: 1, photometricInterpretation: 'MONOCHROME2' };
    const bit = { ...grey, bitsAllocated: 1, bitsStored: 1, highBit: 0 };
    for (const uid of [...syntaxes, '1.2.840.10008.1.2.4.90'])
      await expect(codecs.encode(frame, bit, uid)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
