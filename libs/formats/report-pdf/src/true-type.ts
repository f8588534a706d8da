/**
 * Reads a TrueType font and makes a small one with the glyphs of a text (OpenType 1.9: head, hhea, hmtx, maxp, loca,
 * glyf, cmap formats 4 and 12). Written because pdf-lib's own subset of a CJK font loses most outlines.
 */
export interface TrueTypeFont {
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly boundingBox: readonly [number, number, number, number];
  /** 0 where the font has no glyph for the code point. */
  glyphOf(codePoint: number): number;
  /** In font units. */
  advanceOf(glyph: number): number;
  /** The outline's bytes; empty for a blank. */
  outlineOf(glyph: number): Buffer;
  /** A table's bytes; throws RangeError where the font has none. */
  table(tag: string): Buffer;
}

function readTables(bytes: Buffer): (tag: string) => Buffer {
  const tables = new Map<string, Buffer>();
  for (let index = 0; index < bytes.readUInt16BE(4); index++) {
    const at = 12 + 16 * index;
    const offset = bytes.readUInt32BE(at + 8);
    tables.set(bytes.toString('latin1', at, at + 4), bytes.subarray(offset, offset + bytes.readUInt32BE(at + 12)));
  }
  return (tag) => {
    const table = tables.get(tag);
    if (table === undefined) throw new RangeError(`the font has no table ${tag}: a TrueType font is wanted`);
    return table;
  };
}

/** The lookup of a cmap of format 12, or of format 4 where there is no other. */
function readCharacterMap(cmap: Buffer): (codePoint: number) => number {
  const offsets = Array.from({ length: cmap.readUInt16BE(2) }, (_, index) => cmap.readUInt32BE(8 + 8 * index));
  const format = (wanted: number) => offsets.find((offset) => cmap.readUInt16BE(offset) === wanted);
  const segmented = format(12);
  if (segmented !== undefined) {
    const count = cmap.readUInt32BE(segmented + 12);
    return (codePoint) => {
      let low = 0;
      let high = count - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        const at = segmented + 16 + 12 * middle;
        const start = cmap.readUInt32BE(at);
        if (codePoint < start) high = middle - 1;
        else if (codePoint > cmap.readUInt32BE(at + 4)) low = middle + 1;
        else return cmap.readUInt32BE(at + 8) + codePoint - start;
      }
      return 0;
    };
  }
  const basic = format(4);
  if (basic === undefined) throw new RangeError('the font has no character map of format 4 or 12');
  const doubled = cmap.readUInt16BE(basic + 6);
  return (codePoint) => {
    if (codePoint > 0xffff) return 0;
    for (let index = 0; index < doubled; index += 2) {
      if (codePoint > cmap.readUInt16BE(basic + 14 + index)) continue;
      const start = cmap.readUInt16BE(basic + 16 + doubled + index);
      if (codePoint < start) return 0;
      const delta = cmap.readUInt16BE(basic + 16 + 2 * doubled + index);
      const rangeAt = basic + 16 + 3 * doubled + index;
      const range = cmap.readUInt16BE(rangeAt);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = cmap.readUInt16BE(rangeAt + range + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

export function readTrueType(font: Uint8Array): TrueTypeFont {
  const table = readTables(Buffer.from(font.buffer, font.byteOffset, font.byteLength));
  const head = table('head');
  const hhea = table('hhea');
  const hmtx = table('hmtx');
  const loca = table('loca');
  const glyf = table('glyf');
  const long = head.readInt16BE(50) === 1;
  const location = (glyph: number) => (long ? loca.readUInt32BE(glyph * 4) : loca.readUInt16BE(glyph * 2) * 2);
  const metrics = hhea.readUInt16BE(34);
  return {
    unitsPerEm: head.readUInt16BE(18),
    ascent: hhea.readInt16BE(4),
    descent: hhea.readInt16BE(6),
    boundingBox: [head.readInt16BE(36), head.readInt16BE(38), head.readInt16BE(40), head.readInt16BE(42)],
    glyphOf: readCharacterMap(table('cmap')),
    advanceOf: (glyph) => hmtx.readUInt16BE(Math.min(glyph, metrics - 1) * 4),
    outlineOf: (glyph) => glyf.subarray(location(glyph), location(glyph + 1)),
    table,
  };
}

/** Where a composite outline names its parts ("glyf" table, component flags). */
function componentOffsets(outline: Buffer): number[] {
  const offsets: number[] = [];
  if (outline.length < 10 || outline.readInt16BE(0) >= 0) return offsets;
  for (let at = 10, more = true; more;) {
    const flags = outline.readUInt16BE(at);
    offsets.push(at + 2);
    at += 4 + (flags & 0x0001 ? 4 : 2);
    if (flags & 0x0008) at += 2;
    else if (flags & 0x0040) at += 4;
    else if (flags & 0x0080) at += 8;
    more = (flags & 0x0020) !== 0;
  }
  return offsets;
}

function assemble(tables: readonly (readonly [string, Buffer])[]): Buffer {
  const header = Buffer.alloc(12 + 16 * tables.length);
  header.writeUInt32BE(0x00010000, 0);
  header.writeUInt16BE(tables.length, 4);
  const power = 2 ** Math.floor(Math.log2(tables.length));
  header.writeUInt16BE(power * 16, 6);
  header.writeUInt16BE(Math.log2(power), 8);
  header.writeUInt16BE((tables.length - power) * 16, 10);
  const bodies: Buffer[] = [header];
  let offset = header.length;
  for (const [index, [tag, body]] of tables.entries()) {
    const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
    let sum = 0;
    for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0;
    header.write(tag, 12 + 16 * index, 'latin1');
    header.writeUInt32BE(sum, 16 + 16 * index);
    header.writeUInt32BE(offset, 20 + 16 * index);
    header.writeUInt32BE(body.length, 24 + 16 * index);
    bodies.push(padded);
    offset += padded.length;
  }
  return Buffer.concat(bodies);
}

/**
 * A font whose glyph n (from 1) is that of `codePoints[n - 1]`: one glyph a character, so that a reader gets back
 * exactly the characters that were written. Glyph 0 is the font's own mark for a missing character.
 */
export function subsetTrueType(font: TrueTypeFont, codePoints: readonly number[]): Buffer {
  const originals = [0, ...codePoints.map((codePoint) => font.glyphOf(codePoint))];
  const parts = new Map<number, number>();
  const outlines: Buffer[] = [];
  // Parts of composite outlines are appended behind; the list grows while it is walked.
  for (let index = 0; index < originals.length; index++) {
    const outline = Buffer.from(font.outlineOf(originals[index]!));
    for (const at of componentOffsets(outline)) {
      const part = outline.readUInt16BE(at);
      const known = parts.get(part) ?? originals.push(part) - 1;
      parts.set(part, known);
      outline.writeUInt16BE(known, at);
    }
    outlines.push(Buffer.concat([outline, Buffer.alloc(-outline.length & 3)]));
  }
  const count = originals.length;
  const loca = Buffer.alloc(4 * (count + 1));
  const hmtx = Buffer.alloc(4 * count);
  let offset = 0;
  for (const [index, outline] of outlines.entries()) {
    offset += outline.length;
    loca.writeUInt32BE(offset, 4 * (index + 1));
    hmtx.writeUInt16BE(font.advanceOf(originals[index]!), 4 * index);
    // The left side bearing of an outline that starts at the origin's xMin.
    if (outline.length > 0) hmtx.writeInt16BE(outline.readInt16BE(2), 4 * index + 2);
  }
  const head = Buffer.from(font.table('head'));
  head.writeInt16BE(1, 50);
  const hhea = Buffer.from(font.table('hhea'));
  hhea.writeUInt16BE(count, 34);
  const maxp = Buffer.from(font.table('maxp'));
  maxp.writeUInt16BE(count, 4);
  return assemble([
    ['glyf', Buffer.concat(outlines)],
    ['head', head],
    ['hhea', hhea],
    ['hmtx', hmtx],
    ['loca', loca],
    ['maxp', maxp],
  ]);
}
