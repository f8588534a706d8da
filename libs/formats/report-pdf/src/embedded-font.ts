import { type PDFDocument, PDFHexString, PDFName, type PDFRef, PDFString } from 'pdf-lib';
import { type TrueTypeFont, subsetTrueType } from './true-type.js';

const hex4 = (value: number) => value.toString(16).padStart(4, '0').toUpperCase();

function utf16Hex(codePoint: number): string {
  return Buffer.from(String.fromCodePoint(codePoint), 'utf16le').swap16().toString('hex').toUpperCase();
}

/** ToUnicode (ISO 32000-1 9.10.3), in blocks of at most 100. */
function toUnicode(codePoints: readonly number[]): string {
  const rows = codePoints.map((codePoint, index) => `<${hex4(index + 1)}> <${utf16Hex(codePoint)}>`);
  const blocks: string[] = [];
  for (let at = 0; at < rows.length; at += 100) {
    const block = rows.slice(at, at + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def /CMapType 2 def',
    '1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange',
    ...blocks,
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n');
}

export interface EmbeddedFont {
  readonly ref: PDFRef;
  /** The text as the operand of Tj; a character that was not embedded becomes the missing-glyph box. */
  encode(text: string): PDFHexString;
}

/** Puts the glyphs of the given characters into the document as a Type 0 font (ISO 32000-1 9.7). */
export function embedFont(
  document: PDFDocument,
  font: TrueTypeFont,
  name: string,
  characters: ReadonlySet<string>,
): EmbeddedFont {
  const { context } = document;
  const codePoints = [...characters].map((character) => character.codePointAt(0)!).sort((a, b) => a - b);
  const glyphs = new Map(codePoints.map((codePoint, index) => [codePoint, index + 1]));
  const scale = (units: number) => Math.round((units * 1000) / font.unitsPerEm);
  const widths = codePoints.map((codePoint) => scale(font.advanceOf(font.glyphOf(codePoint))));
  const baseFont = PDFName.of(`QIAOAA+${name}`);
  const subset = subsetTrueType(font, codePoints);
  const descriptor = context.obj({
    Type: 'FontDescriptor',
    FontName: baseFont,
    Flags: 4,
    FontBBox: font.boundingBox.map(scale),
    ItalicAngle: 0,
    Ascent: scale(font.ascent),
    Descent: scale(font.descent),
    CapHeight: scale(font.ascent),
    StemV: 80,
    FontFile2: context.register(context.flateStream(subset, { Length1: subset.length })),
  });
  const descendant = context.obj({
    Type: 'Font',
    Subtype: 'CIDFontType2',
    BaseFont: baseFont,
    CIDSystemInfo: { Registry: PDFString.of('Adobe'), Ordering: PDFString.of('Identity'), Supplement: 0 },
    FontDescriptor: context.register(descriptor),
    DW: 1000,
    W: [1, widths],
    CIDToGIDMap: 'Identity',
  });
  const ref = context.register(
    context.obj({
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: baseFont,
      Encoding: 'Identity-H',
      DescendantFonts: [context.register(descendant)],
      ToUnicode: context.register(context.flateStream(toUnicode(codePoints))),
    }),
  );
  return {
    ref,
    encode: (text) => PDFHexString.of([...text].map((c) => hex4(glyphs.get(c.codePointAt(0)!) ?? 0)).join('')),
  };
}
