import { UndecodableFrame } from '#libs/ports';

/**
 * For each 16 bits ahead: the symbol above, the length of its code below; 0 where no code begins so (T.81 Annex C).
 * Tables for DC and lossless are kept under 0–3, those for AC under 16–19.
 */
export function readHuffmanTables(body: Uint8Array, tables: Array<Uint16Array | undefined>): void {
  for (let at = 0; at + 17 <= body.length;) {
    const selector = body[at]! & 0x1f;
    const counts = body.subarray(at + 1, at + 17);
    at += 17;
    const table = new Uint16Array(65_536);
    let code = 0;
    for (let length = 1; length <= 16; length += 1) {
      for (let i = 0; i < counts[length - 1]!; i += 1, at += 1, code += 1) {
        table.fill((body[at]! << 8) | length, code << (16 - length), (code + 1) << (16 - length));
      }
      code <<= 1;
    }
    tables[selector] = table;
  }
}

/** Bits of entropy-coded data: a zero after 0xFF is stuffing, any other byte there is a marker and the end. */
export class BitReader {
  #held = 0;
  #count = 0;
  #invented = 0;

  constructor(
    private readonly bytes: Uint8Array,
    public position: number,
  ) {}

  /** The next Huffman coded symbol. */
  symbol(table: Uint16Array): number {
    this.#fill();
    const entry = table[(this.#held >>> (this.#count - 16)) & 0xffff]!;
    if (entry === 0) throw new UndecodableFrame('corrupt', 'a JPEG code that is in no table');
    this.#count -= entry & 0xff;
    return entry >> 8;
  }

  /** The next `size` bits, at most 16, as they are. */
  bits(size: number): number {
    if (size === 0) return 0;
    this.#fill();
    this.#count -= size;
    return (this.#held >>> this.#count) & ((1 << size) - 1);
  }

  /** A signed value of `size` bits (T.81 F.2.2.1 EXTEND); 16 stands for 32,768 without bits (H.1.2.2). */
  value(size: number): number {
    if (size === 16) return 32_768;
    if (size > 16) throw new UndecodableFrame('corrupt', 'a JPEG value of more than 16 bits');
    const bits = this.bits(size);
    return size > 0 && bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
  }

  skipRestart(): void {
    this.assertNotExhausted();
    const marker = this.bytes[this.position + 1] ?? 0;
    if (this.bytes[this.position] !== 0xff || marker < 0xd0 || marker > 0xd7) {
      throw new UndecodableFrame('corrupt', 'a JPEG restart marker is missing');
    }
    this.position += 2;
    this.#held = this.#count = this.#invented = 0;
  }

  /** Zeros stand in beyond the end; using them means the stream was cut. */
  assertNotExhausted(): void {
    if (this.#invented > this.#count) throw new UndecodableFrame('corrupt', 'the JPEG stream ends early');
  }

  #fill(): void {
    while (this.#count <= 16) {
      let byte = this.bytes[this.position];
      if (byte === undefined || (byte === 0xff && this.bytes[this.position + 1] !== 0)) {
        byte = 0;
        this.#invented += 8;
        if (this.#invented > 64) throw new UndecodableFrame('corrupt', 'the JPEG stream ends early');
      } else {
        this.position += byte === 0xff ? 2 : 1;
      }
      this.#held = (this.#held << 8) | byte;
      this.#count += 8;
    }
  }
}
