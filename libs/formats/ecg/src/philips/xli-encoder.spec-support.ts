/**
 * XLI from samples, for tests: written from the description of the format, with a table of strings as LZW was first published, and so
 * independent of the decoder.
 */
export function encodeXli(leads: readonly (readonly number[])[]): Buffer {
  return Buffer.concat(leads.map(encodeLead));
}

function encodeLead(samples: readonly number[]): Buffer {
  const at = (i: number): number => samples[i] ?? 0;
  // The second difference that leads to sample i: the first stands in the header, the others one place before, biased by 64.
  const difference = (i: number): number => 2 * at(i - 1) - at(i - 2) - at(i);
  const values = samples.map((sample, i) => (i < 2 ? sample : i + 1 < samples.length ? difference(i + 1) + 64 : 0));
  const bytes = [...values.map((value) => (value >> 8) & 255), ...values.map((value) => value & 255)];
  const packed = packTenBits([...lzwCodes(bytes), 1023]);
  const header = Buffer.alloc(8);
  header.writeInt32LE(packed.length, 0);
  header.writeInt16LE(1, 4);
  header.writeInt16LE(samples.length > 2 ? difference(2) : 0, 6);
  return Buffer.concat([header, packed]);
}

function lzwCodes(bytes: readonly number[]): number[] {
  const table = new Map<string, number>(Array.from({ length: 256 }, (_, i) => [String.fromCharCode(i), i]));
  const codes: number[] = [];
  let word = '';
  for (const byte of bytes) {
    const longer = word + String.fromCharCode(byte);
    if (table.has(longer)) {
      word = longer;
      continue;
    }
    codes.push(table.get(word) ?? 0);
    if (table.size <= 1022) table.set(longer, table.size);
    word = String.fromCharCode(byte);
  }
  if (word !== '') codes.push(table.get(word) ?? 0);
  return codes;
}

/** Codes of ten bits, the most significant bit first. */
export function packTenBits(codes: readonly number[]): Buffer {
  const bits = codes.map((code) => code.toString(2).padStart(10, '0')).join('');
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
  return Buffer.from(Array.from({ length: whole.length / 8 }, (_, i) => parseInt(whole.slice(8 * i, 8 * i + 8), 2)));
}
