import { buildFileMeta, writeDataset } from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';

/** Bits of H.264 (ITU-T H.264 7.2, 9.1). */
class Bits {
  private readonly bytes: number[] = [];
  private held = 0;
  private count = 0;

  u(value: number, bits: number): this {
    for (let bit = bits - 1; bit >= 0; bit -= 1) {
      this.held = (this.held << 1) | ((value >> bit) & 1);
      this.count += 1;
      if (this.count < 8) continue;
      this.bytes.push(this.held);
      [this.held, this.count] = [0, 0];
    }
    return this;
  }

  /** Exp-Golomb codes. */
  ue(...values: number[]): this {
    for (const value of values) {
      const length = 32 - Math.clz32(value + 1);
      this.u(0, length - 1).u(value + 1, length);
    }
    return this;
  }

  /** Whole bytes, behind zeros up to the next one. */
  aligned(samples: Uint8Array): this {
    while (this.count > 0) this.u(0, 1);
    this.bytes.push(...samples);
    return this;
  }

  /** A NAL unit: with its stop bit, and no start code within it. */
  unit(type: number): Buffer {
    this.u(1, 1);
    while (this.count > 0) this.u(0, 1);
    const out = [type];
    for (const byte of this.bytes) {
      if (byte <= 3 && out.length > 2 && out.at(-1) === 0 && out.at(-2) === 0) out.push(3);
      out.push(byte);
    }
    return Buffer.from(out);
  }
}

/** Sides of the picture, in pixels. */
export const VIDEO_SIZE = { columns: 64, rows: 48 } as const;
const [ACROSS, DOWN] = [VIDEO_SIZE.columns / 16, VIDEO_SIZE.rows / 16];
const SEQUENCE = new Bits()
  .u(0x42c00a, 24)
  .ue(0, 0, 2, 0)
  .u(0, 1)
  .ue(ACROSS - 1, DOWN - 1)
  .u(0b1100, 4)
  .unit(0x67);
const PICTURE = new Bits().ue(0, 0).u(0, 2).ue(0, 0, 0).u(0, 3).ue(0, 0, 0).u(0b100, 3).unit(0x68);

/** A picture of one grey, every sample of it as it is (I_PCM), that needs no other. */
function evenPicture(luma: number, number: number): Buffer {
  const bits = new Bits()
    .ue(0, 7, 0)
    .u(0, 4)
    .ue(number % 2)
    .u(0, 2)
    .ue(0, 1);
  const samples = new Uint8Array(384).fill(luma, 0, 256).fill(128, 256);
  for (let block = 0; block < ACROSS * DOWN; block += 1) bits.ue(25).aligned(samples);
  return bits.unit(0x65);
}

const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * index);
  return bytes;
};
const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
};
const box = (name: string, ...parts: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  return Buffer.concat([u32(body.length + 8), Buffer.from(name, 'latin1'), body]);
};
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** An MP4 file (ISO/IEC 14496-12) of H.264, a picture of one grey each. @param lumas 16 (black) to 235 (white) */
export function greyVideo(lumas: readonly number[], perSecond: number): Buffer {
  const { columns, rows } = VIDEO_SIZE;
  const pictures = lumas.map((luma, index) => {
    const unit = evenPicture(luma, index);
    return Buffer.concat([u32(unit.length), unit]);
  });
  const [count, duration] = [lumas.length, lumas.length * 1000];
  const type = box('ftyp', 'isom', u32(512), 'isomavc1');
  const description = box(
    'avc1',
    u32(0),
    u16(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, columns, rows),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(24, 0xffff),
    box(
      'avcC',
      Buffer.from([1, 0x42, 0xc0, 0x0a, 0xff, 0xe1]),
      u16(SEQUENCE.length),
      SEQUENCE,
      Buffer.from([1]),
      u16(PICTURE.length),
      PICTURE,
    ),
  );
  const movie = (first: number): Buffer =>
    box(
      'moov',
      box(
        'mvhd',
        u32(0, 0, 0, perSecond * 1000, duration, 0x10000),
        u16(0x100, 0),
        u32(0, 0),
        MATRIX,
        u32(0, 0, 0, 0, 0, 0, 2),
      ),
      box(
        'trak',
        box('tkhd', u32(3, 0, 0, 1, 0, duration, 0, 0), u16(0, 0, 0, 0), MATRIX, u32(columns * 65_536, rows * 65_536)),
        box(
          'mdia',
          box('mdhd', u32(0, 0, 0, perSecond * 1000, duration), u16(0x55c4, 0)),
          box('hdlr', u32(0, 0), 'vide', u32(0, 0, 0), 'video\0'),
          box(
            'minf',
            box('vmhd', u32(1, 0, 0)),
            box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))),
            box(
              'stbl',
              box('stsd', u32(0, 1), description),
              box('stts', u32(0, 1, count, 1000)),
              box('stsc', u32(0, 1, 1, count, 1)),
              box('stsz', u32(0, 0, count, ...pictures.map(({ length }) => length))),
              box('stco', u32(0, 1, first)),
            ),
          ),
        ),
      ),
    );
  const first = type.length + movie(0).length + 8;
  return Buffer.concat([type, movie(first), box('mdat', ...pictures)]);
}

export interface FilmedVideo {
  name: string;
  study: string;
  patient: { id: string; name: string };
  /** Which of the video syntaxes it is said to be in. */
  syntax: string;
  stream: Buffer;
  frames: number;
  perSecond: number;
  /** Of its series. */
  number?: number;
  /** Of how many bytes the stream is cut into fragments. */
  cut: number;
}

const ENDOSCOPY = '1.2.840.10008.5.1.4.1.1.77.1.1.1';

/** Video Endoscopic Image (PS3.3 A.32.5) around a stream, as a capture station writes it. */
export function videoFile({
  name,
  study,
  patient,
  syntax,
  stream,
  frames,
  perSecond,
  cut,
  number = 1,
}: FilmedVideo): Buffer {
  const us = (value: number) => ({ vr: 'US', Value: [value] });
  const sopInstanceUid = sampleUid('video', name);
  const fragments = Array.from({ length: Math.ceil(stream.length / cut) }, (_, index) =>
    stream.subarray(index * cut, (index + 1) * cut),
  );
  const dataset = writeDataset({
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY'] },
    '00080016': { vr: 'UI', Value: [ENDOSCOPY] },
    '00080018': { vr: 'UI', Value: [sopInstanceUid] },
    '00080020': { vr: 'DA', Value: ['20261110'] },
    '00080030': { vr: 'TM', Value: ['101500'] },
    '00080060': { vr: 'CS', Value: ['ES'] },
    '0008103E': { vr: 'LO', Value: [name] },
    '00081030': { vr: 'LO', Value: ['胃镜'] },
    '00100010': { vr: 'PN', Value: [patient.name] },
    '00100020': { vr: 'LO', Value: [patient.id] },
    '00181063': { vr: 'DS', Value: [1000 / perSecond] },
    '00180040': { vr: 'IS', Value: [perSecond] },
    '0020000D': { vr: 'UI', Value: [sampleUid('video study', study)] },
    '0020000E': { vr: 'UI', Value: [sampleUid('video series', name)] },
    '00200011': { vr: 'IS', Value: [number] },
    '00200013': { vr: 'IS', Value: [1] },
    '00280002': us(3),
    '00280004': { vr: 'CS', Value: ['YBR_PARTIAL_420'] },
    '00280006': us(0),
    '00280008': { vr: 'IS', Value: [frames] },
    '00280009': { vr: 'AT', Value: ['00181063'] },
    '00280010': us(VIDEO_SIZE.rows),
    '00280011': us(VIDEO_SIZE.columns),
    '00280100': us(8),
    '00280101': us(8),
    '00280102': us(7),
    '00280103': us(0),
    '00282110': { vr: 'CS', Value: ['01'] },
    '7FE00010': { vr: 'OB', fragments },
  });
  return Buffer.concat([buildFileMeta({ sopClassUid: ENDOSCOPY, sopInstanceUid, transferSyntaxUid: syntax }), dataset]);
}
