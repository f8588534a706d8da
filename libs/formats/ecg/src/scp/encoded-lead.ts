import { EcgFormatError } from '../ecg-format-error.js';
import type { HuffmanTable } from './huffman-tables.js';
import { viewOf } from './scp-container.js';

/**
 * `count` samples of one lead of section 5 or 6: the codes, then the differences undone (EN 1064, 5.8.3 and C.3.6). The first table is
 * in use at the start of each lead. Memory is taken only for samples that the bytes can hold.
 *
 * @throws EcgFormatError truncated (fewer samples than `count`), damaged (a code that no table has).
 */
export function decodeLead(
  data: Uint8Array,
  count: number,
  tables: readonly HuffmanTable[],
  differences: number,
): Int32Array {
  if (count > (tables.length > 0 ? data.length * 8 : data.length / 2)) throw tooShort(count);
  const values = tables.length > 0 ? huffmanValues(data, count, tables) : plainValues(data, count);
  if (differences === 1) for (let i = 1; i < count; i++) values[i]! += values[i - 1]!;
  else if (differences === 2) for (let i = 2; i < count; i++) values[i]! += 2 * values[i - 1]! - values[i - 2]!;
  return values;
}

function plainValues(data: Uint8Array, count: number): Int32Array {
  const view = viewOf(data);
  return Int32Array.from({ length: count }, (_, i) => view.getInt16(2 * i, true));
}

function huffmanValues(data: Uint8Array, count: number, tables: readonly HuffmanTable[]): Int32Array {
  const values = new Int32Array(count);
  const end = data.length * 8;
  let at = 0;
  let table = tables[0]!;
  for (let i = 0; i < count;) {
    let node = 0;
    do {
      if (at >= end) throw tooShort(count);
      node = table.next[2 * node + ((data[at >> 3]! >> (7 - (at & 7))) & 1)]!;
      at++;
    } while (node > 0);
    if (node === 0) throw new EcgFormatError('damaged', 'The samples use a Huffman code that is in no table.');
    const { extraBits, value, switchesTable } = table.codes[-1 - node]!;
    let extra = 0;
    if (at + extraBits > end) throw tooShort(count);
    for (let bit = 0; bit < extraBits; bit++, at++) extra = (extra << 1) | ((data[at >> 3]! >> (7 - (at & 7))) & 1);
    if (!switchesTable) values[i++] = value + (extraBits > 0 ? (extra << (32 - extraBits)) >> (32 - extraBits) : 0);
    else {
      const next = tables[value - 1];
      if (!next)
        throw new EcgFormatError('damaged', `The samples switch to Huffman table ${value}, which is not there.`);
      table = next;
    }
  }
  return values;
}

function tooShort(count: number): EcgFormatError {
  return new EcgFormatError('truncated', `The bytes of a lead end before its ${count} samples.`);
}
