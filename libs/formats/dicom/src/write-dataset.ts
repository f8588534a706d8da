import { deflateRawSync } from 'node:zlib';
import { DicomFormatError } from './dicom-format-error.js';
import { EXPLICIT_VR_LITTLE_ENDIAN, transferSyntaxOf } from './transfer-syntaxes.js';
import { followsCharacterSet, isLongVr, unitOf } from './value-representations.js';

/** One value to write: a name is one PN string with `=` between its groups, a tag (AT) eight hexadecimal digits. */
export type WritableValue = string | number | WritableDataset;

export interface WritableElement {
  readonly vr: string;
  readonly Value?: readonly WritableValue[];
  /** Value of OB, OW, OF and the like, little endian; padded to even length. */
  readonly bytes?: Uint8Array;
  /** Encapsulated pixel data: one fragment each, behind an empty basic offset table. */
  readonly fragments?: readonly Uint8Array[];
}

/** Keys are tags of eight hexadecimal digits; they are written in rising order. */
export interface WritableDataset {
  readonly [tag: string]: WritableElement;
}

interface Target {
  readonly explicit: boolean;
  readonly big: boolean;
  /** Absent: UTF-8. */
  readonly encode?: (text: string) => Buffer;
}

const UNDEFINED = 0xffffffff;

function word(value: number, size: 2 | 4, big: boolean): Buffer {
  const bytes = Buffer.alloc(size);
  if (size === 2) {
    if (big) bytes.writeUInt16BE(value);
    else bytes.writeUInt16LE(value);
  } else if (big) bytes.writeUInt32BE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

function tagBytes(tag: number, big: boolean): Buffer {
  return Buffer.concat([word(tag >>> 16, 2, big), word(tag & 0xffff, 2, big)]);
}

type NumberWriter = (view: DataView, value: number, little: boolean) => void;
const NUMBERS: Readonly<Record<string, NumberWriter>> = {
  US: (view, value, little) => view.setUint16(0, value, little),
  SS: (view, value, little) => view.setInt16(0, value, little),
  UL: (view, value, little) => view.setUint32(0, value, little),
  SL: (view, value, little) => view.setInt32(0, value, little),
  FL: (view, value, little) => view.setFloat32(0, value, little),
  FD: (view, value, little) => view.setFloat64(0, value, little),
  UV: (view, value, little) => view.setBigUint64(0, BigInt(value), little),
  SV: (view, value, little) => view.setBigInt64(0, BigInt(value), little),
};

function numberBytes(vr: string, value: number, big: boolean): Buffer {
  const bytes = Buffer.alloc(unitOf(vr)!);
  NUMBERS[vr]!(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), value, !big);
  return bytes;
}

function inOrder(vr: string, bytes: Uint8Array, big: boolean): Buffer {
  const even = bytes.length % 2 === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : undefined;
  const value = even ?? Buffer.concat([bytes, Buffer.alloc(1)]);
  const unit = unitOf(vr) ?? 1;
  if (!big || unit === 1) return value;
  const copy = Buffer.from(value);
  return unit === 2 ? copy.swap16() : unit === 4 ? copy.swap32() : copy.swap64();
}

function isDataset(value: WritableValue): value is WritableDataset {
  return typeof value === 'object';
}

function valueBytes(element: WritableElement, target: Target): Buffer {
  const { vr, Value = [], bytes } = element;
  if (bytes) return inOrder(vr, bytes, target.big);
  if (vr === 'SQ') {
    const items = Value.filter(isDataset).map((item) => {
      const body = datasetBytes(item, target);
      return Buffer.concat([tagBytes(0xfffee000, target.big), word(body.length, 4, target.big), body]);
    });
    return Buffer.concat(items);
  }
  if (vr === 'AT') return Buffer.concat(Value.map((value) => tagBytes(Number.parseInt(String(value), 16), target.big)));
  if (vr in NUMBERS) return Buffer.concat(Value.map((value) => numberBytes(vr, Number(value), target.big)));
  const joined = Value.map(String).join('\\');
  const text = target.encode && followsCharacterSet(vr) ? target.encode(joined) : Buffer.from(joined, 'utf8');
  return text.length % 2 === 0 ? text : Buffer.concat([text, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
}

function headerBytes(tag: number, vr: string, length: number, target: Target): Buffer {
  const start = tagBytes(tag, target.big);
  if (!target.explicit) return Buffer.concat([start, word(length, 4, target.big)]);
  const letters = Buffer.from(vr, 'latin1');
  if (isLongVr(vr)) return Buffer.concat([start, letters, Buffer.alloc(2), word(length, 4, target.big)]);
  if (length > 0xffff) throw new DicomFormatError('too-large', `A value of VR ${vr} cannot hold ${length} bytes.`);
  return Buffer.concat([start, letters, word(length, 2, target.big)]);
}

function fragmentBytes(fragments: readonly Uint8Array[]): Buffer[] {
  const item = (bytes: Uint8Array): Buffer[] => {
    const value = inOrder('OB', bytes, false);
    return [tagBytes(0xfffee000, false), word(value.length, 4, false), value];
  };
  return [...item(Buffer.alloc(0)), ...fragments.flatMap(item), tagBytes(0xfffee0dd, false), word(0, 4, false)];
}

function datasetBytes(dataset: WritableDataset, target: Target): Buffer {
  const parts: Buffer[] = [];
  const tags = Object.keys(dataset).sort((a, b) => Number.parseInt(a, 16) - Number.parseInt(b, 16));
  for (const key of tags) {
    const element = dataset[key]!;
    const tag = Number.parseInt(key, 16);
    if (element.fragments) {
      parts.push(headerBytes(tag, element.vr, UNDEFINED, target), ...fragmentBytes(element.fragments));
    } else {
      const value = valueBytes(element, target);
      parts.push(headerBytes(tag, element.vr, value.length, target), value);
    }
  }
  return Buffer.concat(parts);
}

/**
 * Bytes of a data set, sequences and items with defined lengths, text in UTF-8 or by `encode` (put what it is into 00080005 yourself).
 * The same input gives the same bytes. Throws DicomFormatError `unknown-transfer-syntax`, or `too-large` for a value
 * that its VR cannot hold.
 */
export function writeDataset(
  dataset: WritableDataset,
  transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN,
  encode?: (text: string) => Buffer,
): Buffer {
  const syntax = transferSyntaxOf(transferSyntaxUid);
  if (!syntax)
    throw new DicomFormatError('unknown-transfer-syntax', `Transfer syntax ${transferSyntaxUid} is unknown.`);
  const bytes = datasetBytes(dataset, { explicit: syntax.explicit, big: syntax.bigEndian, ...(encode && { encode }) });
  return syntax.deflated ? deflateRawSync(bytes) : bytes;
}

/** Bytes of elements in rising order, to stand among others. */
export function writeElements(dataset: WritableDataset, target: { explicit: boolean; bigEndian: boolean }): Buffer {
  return datasetBytes(dataset, { explicit: target.explicit, big: target.bigEndian });
}
