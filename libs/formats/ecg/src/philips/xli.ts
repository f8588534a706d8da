import { EcgFormatError } from '../ecg-format-error.js';

const CODE_BITS = 10;
/** The last entry that the table can have; the code after it ends a lead. */
const LAST_ENTRY = 1022;
const END = 1023;
/** Bytes of one lead that are unpacked at most: LZW can claim 600 times what the file holds. 17 minutes at 500 Hz. */
const MOST_BYTES = 1 << 20;
const DELTA_BIAS = 64;

/**
 * The leads of an XLI stream (Philips; as published by sierra-ecg-tools). Each is: 32-bit length of its compressed bytes, 16 bits unused,
 * 16-bit first delta, all little endian; then LZW of 10-bit codes, most significant bit first, of the high bytes of all values followed by
 * their low bytes. The first two values are samples, each further one a second difference, biased by 64, that counts one sample later.
 *
 * @param most how many leads are read; what follows them in the stream is left.
 * @throws EcgFormatError truncated (ends within a lead), bad-xml (a code that no table has, values beyond 16 bits), unsupported (too long).
 */
export function xliLeads(bytes: Uint8Array, most: number): Int32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const leads: Int32Array[] = [];
  for (let at = 0; leads.length < most && at < bytes.length;) {
    const length = at + 8 <= bytes.length ? view.getInt32(at, true) : -1;
    const end = at + 8 + length;
    if (length < 0 || end > bytes.length)
      throw new EcgFormatError('truncated', `The XLI data end within lead ${leads.length + 1}.`);
    leads.push(samplesOf(unpackLzw(bytes.subarray(at + 8, end)), view.getInt16(at + 6, true)));
    at = end;
  }
  return leads;
}

/** An entry is where in the output it was first written and how long it is: no string is ever copied apart. */
function unpackLzw(packed: Uint8Array): Uint8Array {
  const starts = new Int32Array(LAST_ENTRY + 1);
  const lengths = new Int32Array(LAST_ENTRY + 1);
  let out = new Uint8Array(Math.min(MOST_BYTES, Math.max(1024, packed.length * 8)));
  let [size, next, previousStart, previousLength] = [0, 256, 0, 0];
  const codes = Math.floor((packed.length * 8) / CODE_BITS);
  for (let i = 0; i < codes; i++) {
    const code = codeAt(packed, i * CODE_BITS);
    if (code === END) break;
    const start = size;
    // The new entry is the previous string and the byte that follows it in the output, which is the first byte of this one.
    if (previousLength > 0 && next <= LAST_ENTRY) {
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next += 1;
    }
    if (code >= next) throw new EcgFormatError('bad-xml', 'The XLI data hold a code that is not in its table.');
    const length = code < 256 ? 1 : (lengths[code] ?? 0);
    if (size + length > MOST_BYTES) throw new EcgFormatError('unsupported', 'A lead of the XLI data is too long.');
    if (size + length > out.length) {
      const grown = new Uint8Array(Math.min(MOST_BYTES, 2 * (size + length)));
      grown.set(out.subarray(0, size));
      out = grown;
    }
    // Byte by byte: an entry may reach into what is being written.
    const from = starts[code] ?? 0;
    for (let k = 0; k < length; k++) out[size++] = code < 256 ? code : (out[from + k] ?? 0);
    [previousStart, previousLength] = [start, length];
  }
  return out.subarray(0, size);
}

function codeAt(packed: Uint8Array, bit: number): number {
  const at = bit >> 3;
  const word = ((packed[at] ?? 0) << 16) | ((packed[at + 1] ?? 0) << 8) | (packed[at + 2] ?? 0);
  return (word >> (24 - CODE_BITS - (bit & 7))) & ((1 << CODE_BITS) - 1);
}

function samplesOf(unpacked: Uint8Array, firstDelta: number): Int32Array {
  if (unpacked.length % 2 !== 0) throw new EcgFormatError('truncated', 'A lead of the XLI data ends within a value.');
  const count = unpacked.length / 2;
  const samples = new Int32Array(count);
  let delta = firstDelta;
  for (let i = 0; i < count; i++) {
    const value = (((unpacked[i] ?? 0) << 24) >> 16) | (unpacked[count + i] ?? 0);
    const [before = 0, last = 0] = i < 2 ? [] : [samples[i - 2], samples[i - 1]];
    const sample = i < 2 ? value : 2 * last - before - delta;
    if (i >= 2) delta = value - DELTA_BIAS;
    if (sample < -0x8000 || sample > 0x7fff)
      throw new EcgFormatError('bad-xml', 'The XLI data give samples beyond 16 bits.');
    samples[i] = sample;
  }
  return samples;
}
