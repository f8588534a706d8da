import { EcgFormatError } from '../ecg-format-error.js';
import { viewOf } from './scp-container.js';

/** Written instead of a number of tables: the default table is used (EN 1064, 5.5.3). */
const DEFAULT = 19_999;
const STRUCTURE = 9;
const LONGEST_CODE = 32;

interface Code {
  /** Bits behind the prefix: a signed number that is added to `value`. */
  readonly extraBits: number;
  readonly value: number;
  readonly switchesTable: boolean;
}

/** A binary tree: of node n, `next[2n]` follows a 0 and `next[2n + 1]` a 1; what is negative is the code -1 - c. 0 is nowhere. */
export interface HuffmanTable {
  readonly next: readonly number[];
  readonly codes: readonly Code[];
}

/**
 * The tables of section 2 (EN 1064, 5.5); without the section there are none, and samples are 16-bit numbers. A table of the file may
 * switch to another and back by codes of its own.
 *
 * @throws EcgFormatError damaged: cut short, a code that another one begins with, a code of no or over 32 bits.
 */
export function readHuffmanTables(section: Uint8Array | undefined): readonly HuffmanTable[] {
  if (!section) return [];
  const view = viewOf(section);
  if (section.length < 2) throw new EcgFormatError('damaged', 'Section 2 names no Huffman table.');
  const count = view.getUint16(0, true);
  if (count === DEFAULT) return [DEFAULT_TABLE];
  const tables: HuffmanTable[] = [];
  let at = 2;
  for (let table = 0; table < count; table++) {
    const structures = at + 2 <= section.length ? view.getUint16(at, true) : Infinity;
    at += 2;
    if (at + structures * STRUCTURE > section.length)
      throw new EcgFormatError('damaged', `Section 2 is too short for its ${count} Huffman tables.`);
    const builder = new TableBuilder();
    for (let i = 0; i < structures; i++, at += STRUCTURE) {
      const prefixBits = section[at]!;
      builder.add(prefixBits, view.getUint32(at + 5, true), {
        extraBits: section[at + 1]! - prefixBits,
        value: view.getInt16(at + 3, true),
        switchesTable: section[at + 2] === 0,
      });
    }
    tables.push(builder);
  }
  return tables;
}

class TableBuilder implements HuffmanTable {
  readonly next: number[] = [0, 0];
  readonly codes: Code[] = [];

  /** `bits` holds the code with its first bit lowest, as section 2 stores it. */
  add(prefixBits: number, bits: number, code: Code): void {
    if (prefixBits < 1 || prefixBits > LONGEST_CODE || code.extraBits < 0 || code.extraBits > 16)
      throw new EcgFormatError('damaged', `A Huffman code of ${prefixBits} + ${code.extraBits} bits cannot be.`);
    let node = 0;
    for (let i = 0; i < prefixBits; i++) {
      const slot = 2 * node + ((bits >>> i) & 1);
      const last = i === prefixBits - 1;
      const target = this.next[slot]!;
      if (target < 0 || (last && target !== 0))
        throw new EcgFormatError('damaged', 'In a Huffman table one code begins with another.');
      if (last) this.next[slot] = -1 - this.codes.length;
      else if (target !== 0) node = target;
      else {
        node = this.next.length / 2;
        this.next[slot] = node;
        this.next.push(0, 0);
      }
    }
    this.codes.push(code);
  }
}

/** EN 1064, C.3.7.6: 0 is '0', ±n is n ones, a zero and the sign, up to 8; then an escape for 8 and one for 16 bits. */
const DEFAULT_TABLE: HuffmanTable = (() => {
  const builder = new TableBuilder();
  const add = (code: string, value: number, extraBits = 0): void =>
    builder.add(code.length, parseInt([...code].toReversed().join(''), 2), { extraBits, value, switchesTable: false });
  add('0', 0);
  for (let size = 1; size <= 8; size++) {
    add(`${'1'.repeat(size)}00`, size);
    add(`${'1'.repeat(size)}01`, -size);
  }
  add('1111111110', 0, 8);
  add('1111111111', 0, 16);
  return builder;
})();
