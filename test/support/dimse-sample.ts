import { CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN } from './dimse-client.js';

/** A CT image of `size` bytes of pixel data, made up: its data set (Explicit VR Little Endian) and the Part 10 file around it. */
export interface SampleInstance {
  sopInstanceUid: string;
  dataSet: Buffer;
  file: Buffer;
}

export function sampleInstance(sopInstanceUid: string, size = FRAME_LENGTH): SampleInstance {
  const rows = Math.ceil(size / (COLUMNS * 2));
  const pixels = Buffer.alloc(rows * COLUMNS * 2);
  for (let at = 0; at < pixels.length; at += 2) pixels.writeUInt16LE((at * 31) & 0x0fff, at);
  const dataSet = Buffer.concat([dataSetHead(sopInstanceUid, rows, 1), pixels]);
  return { sopInstanceUid, dataSet, file: Buffer.concat([fileMeta(sopInstanceUid), dataSet]) };
}

/** Pixel data of one frame of a large sample. */
export const FRAME_LENGTH = 512 * 512 * 2;

/** What stands before the pixels in a file of many frames, for one too large to be made in memory. */
export function largeSampleHead(sopInstanceUid: string, frames: number): Buffer {
  return Buffer.concat([fileMeta(sopInstanceUid), dataSetHead(sopInstanceUid, 512, frames)]);
}

const COLUMNS = 512;

function dataSetHead(sopInstanceUid: string, rows: number, frames: number): Buffer {
  const pixelHeader = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]);
  pixelHeader.writeUInt32LE(rows * COLUMNS * 2 * frames, 8);
  return Buffer.concat([
    text(0x0008, 0x0016, 'UI', CT_IMAGE_STORAGE),
    text(0x0008, 0x0018, 'UI', sopInstanceUid),
    text(0x0008, 0x0060, 'CS', 'CT'),
    text(0x0010, 0x0010, 'PN', 'Sample^One'),
    text(0x0010, 0x0020, 'LO', 'S-1'),
    text(0x0020, 0x000d, 'UI', '2.25.111'),
    text(0x0020, 0x000e, 'UI', '2.25.111.1'),
    number(0x0028, 0x0002, 1),
    text(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    text(0x0028, 0x0008, 'IS', String(frames)),
    number(0x0028, 0x0010, rows),
    number(0x0028, 0x0011, COLUMNS),
    number(0x0028, 0x0100, 16),
    number(0x0028, 0x0101, 12),
    number(0x0028, 0x0102, 11),
    number(0x0028, 0x0103, 0),
    pixelHeader,
  ]);
}

function fileMeta(sopInstanceUid: string): Buffer {
  const version = Buffer.from([0x02, 0, 0x01, 0, 0x4f, 0x42, 0, 0, 2, 0, 0, 0, 0, 1]);
  const meta = Buffer.concat([
    version,
    text(0x0002, 0x0002, 'UI', CT_IMAGE_STORAGE),
    text(0x0002, 0x0003, 'UI', sopInstanceUid),
    text(0x0002, 0x0010, 'UI', EXPLICIT_LITTLE_ENDIAN),
    text(0x0002, 0x0012, 'UI', '2.25.111.2'),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM', 'latin1'), short(0x0002, 0x0000, 'UL', length), meta]);
}

function text(group: number, element: number, vr: string, value: string): Buffer {
  const padding = vr === 'UI' ? '\0' : ' ';
  return short(group, element, vr, Buffer.from(value.length % 2 === 0 ? value : value + padding, 'latin1'));
}

function number(group: number, element: number, value: number): Buffer {
  return short(group, element, 'US', Buffer.from([value & 255, value >> 8]));
}

function short(group: number, element: number, vr: string, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(group);
  header.writeUInt16LE(element, 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}
