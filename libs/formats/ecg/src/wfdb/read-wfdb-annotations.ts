import { EcgFormatError } from '../ecg-format-error.js';

export interface WfdbAnnotation {
  /** of the record's frames, from 0 */
  readonly sample: number;
  /** as in ecgcodes.h of the WFDB library: 1 is a normal beat, 5 a ventricular one, 28 a change of rhythm */
  readonly code: number;
  readonly subtype: number;
  readonly channel: number;
  readonly number: number;
  /** '' when none; a rhythm's name, for one */
  readonly text: string;
}

const SKIP = 59;
const NUMBER = 60;
const SUBTYPE = 61;
const CHANNEL = 62;
const TEXT = 63;

/**
 * Annotations in the MIT format of annot(5), WFDB Applications Guide: words of 16 bits, 6 of them the code and 10 the samples since the
 * annotation before.
 *
 * @throws EcgFormatError truncated when the end mark is missing, damaged when a field belongs to no annotation.
 */
export function readWfdbAnnotations(bytes: Uint8Array): WfdbAnnotation[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: { sample: number; code: number; subtype: number; channel: number; number: number; text: string }[] = [];
  let [sample, channel, number] = [0, 0, 0];
  for (let at = 0; at + 2 <= bytes.length;) {
    const word = view.getUint16(at, true);
    const [code, value] = [word >> 10, word & 0x3ff];
    at += 2;
    if (word === 0) return found;
    const last = found.at(-1);
    if (code === SKIP) {
      if (at + 4 > bytes.length) break;
      // Two words, the high one first.
      sample += (view.getInt16(at, true) << 16) | view.getUint16(at + 2, true);
      at += 4;
    } else if (code < SKIP) {
      sample += value;
      found.push({ sample, code, subtype: 0, channel, number, text: '' });
    } else if (!last) {
      throw new EcgFormatError('damaged', 'The WFDB annotations begin with a field of no annotation.');
    } else if (code === TEXT) {
      if (at + value > bytes.length) break;
      last.text = new TextDecoder('utf-8').decode(bytes.subarray(at, at + value)).replace(/\0+$/, '');
      at += value + (value & 1);
    } else if (code === NUMBER) number = last.number = signedByte(value);
    else if (code === SUBTYPE) last.subtype = signedByte(value);
    else if (code === CHANNEL) channel = last.channel = value & 0xff;
  }
  throw new EcgFormatError('truncated', 'The WFDB annotations have no end mark.');
}

function signedByte(value: number): number {
  return (value << 24) >> 24;
}
