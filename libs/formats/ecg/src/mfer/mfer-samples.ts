import { EcgFormatError } from '../ecg-format-error.js';
import { mferInteger } from './mfer-values.js';

export interface MferChannel {
  readonly blockLength: number;
  readonly dataType: number;
}

interface DataType {
  readonly width: number;
  read(view: DataView, at: number, little: boolean): number;
}

/** Data types of ISO 22077-1 tag 0x0A that hold whole numbers. */
const TYPES: Readonly<Record<number, DataType>> = {
  0: { width: 2, read: (view, at, little) => view.getInt16(at, little) },
  1: { width: 2, read: (view, at, little) => view.getUint16(at, little) },
  2: { width: 4, read: (view, at, little) => view.getInt32(at, little) },
  3: { width: 1, read: (view, at) => view.getUint8(at) },
  5: { width: 1, read: (view, at) => view.getInt8(at) },
  6: { width: 4, read: (view, at, little) => view.getUint32(at, little) },
};

/**
 * The samples of each channel: a sequence holds one block of each channel in turn.
 *
 * @param sequences undefined where the file does not say: as many as it holds
 * @throws EcgFormatError truncated, no-waveform, unsupported (a data type without whole numbers, a value beyond 32 bits)
 */
export function mferSamples(
  data: Uint8Array,
  channels: readonly MferChannel[],
  sequences: number | undefined,
  little: boolean,
): Int32Array[] {
  const types = channels.map(({ dataType }) => {
    const type = TYPES[dataType];
    if (!type) throw new EcgFormatError('unsupported', `The MFER data type ${dataType} is not read.`);
    return type;
  });
  const sequenceBytes = channels.reduce((sum, { blockLength }, i) => sum + blockLength * (types[i]?.width ?? 0), 0);
  const held = Math.floor(data.length / sequenceBytes);
  const count = sequences ?? held;
  if (count > held) throw new EcgFormatError('truncated', `The MFER waveform holds ${held} of ${count} sequences.`);
  if (count === 0) throw new EcgFormatError('no-waveform', 'The MFER waveform holds no samples.');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let offset = 0;
  return channels.map(({ blockLength }, channel) => {
    const type = types[channel] ?? TYPES[0];
    const samples = new Int32Array(count * blockLength);
    if (!type) return samples;
    for (let sequence = 0, to = 0; sequence < count; sequence += 1) {
      let at = sequence * sequenceBytes + offset;
      for (let i = 0; i < blockLength; i += 1, at += type.width) {
        const value = type.read(view, at, little);
        if (value > 0x7fff_ffff) throw new EcgFormatError('unsupported', 'An MFER sample is beyond 31 bits.');
        samples[to++] = value;
      }
    }
    offset += blockLength * type.width;
    return samples;
  });
}

/** The sample that is 0 V: of the kind of its channel's samples, signed or not; signed where the writer chose another width. */
export function mferOffset(value: Uint8Array, dataType: number, little: boolean): number {
  return value.length === TYPES[dataType]?.width
    ? mferSample(value, dataType, little)
    : mferInteger(value, little, true);
}

/** The value that stands for no sample, read as a sample of its channel is. */
export function mferSample(value: Uint8Array, dataType: number, little: boolean): number {
  const type = TYPES[dataType];
  if (!type || value.length !== type.width)
    throw new EcgFormatError('damaged', 'The MFER null value is of another size than its samples.');
  return type.read(new DataView(value.buffer, value.byteOffset, value.byteLength), 0, little);
}
