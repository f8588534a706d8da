import {
  type PDFDocument,
  PDFName,
  PDFNumber,
  PDFOperator,
  PDFOperatorNames as Op,
  type PDFImage,
  type PDFPage,
  PDFString,
} from 'pdf-lib';
import { type EmbeddedFont, embedFont } from './embedded-font.js';
import { type ReportFonts } from './report-content.js';
import { clean, type Sheet } from './sheet.js';
import { readTrueType, type TrueTypeFont } from './true-type.js';

const PORTION = 5000;
const number = (value: number) => PDFNumber.of(Math.round(value * 1000) / 1000);
const operator = (name: Op, ...values: number[]) => PDFOperator.of(name, values.map(number));

function colour(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** Every text of the content, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (ArrayBuffer.isView(value) || value instanceof Date || typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

export interface ReadFonts {
  readonly regular: TrueTypeFont;
  readonly bold: TrueTypeFont;
}

/** Throws where a font is no TrueType font. */
export function readFonts(fonts: ReportFonts): ReadFonts {
  return { regular: readTrueType(fonts.regular), bold: readTrueType(fonts.bold) };
}

/** The characters of a content, however deep, that one of the fonts cannot show, each once. */
export function missingIn(content: unknown, { regular, bold }: ReadFonts): string[] {
  const characters = new Set(clean(textsOf(content).join('')).replaceAll('\n', ''));
  return [...characters].filter((one) => [regular, bold].some((font) => font.glyphOf(one.codePointAt(0)!) === 0));
}

function charactersOf(sheets: readonly Sheet[], bold: boolean): Set<string> {
  const texts = sheets.flatMap(({ marks }) =>
    marks.flatMap((mark) => (mark.type === 'text' && (mark.style.bold ?? false) === bold ? [mark.text] : [])),
  );
  return new Set(texts.join(''));
}

interface Resources {
  readonly regular: EmbeddedFont;
  readonly bold: EmbeddedFont;
  readonly imageNames: readonly PDFName[];
}

/** The page's marks as operators; PDF counts from the bottom. */
function draw(page: PDFPage, sheet: Sheet, { regular, bold, imageNames }: Resources): void {
  page.node.setFontDictionary(PDFName.of('F1'), regular.ref);
  page.node.setFontDictionary(PDFName.of('F2'), bold.ref);
  const operators: PDFOperator[] = [];
  for (const mark of sheet.marks) {
    if (mark.type === 'text') {
      const isBold = mark.style.bold ?? false;
      operators.push(
        operator(Op.NonStrokingColorRgb, ...colour(mark.style.colour ?? '#000000')),
        PDFOperator.of(Op.BeginText),
        PDFOperator.of(Op.SetFontAndSize, [PDFName.of(isBold ? 'F2' : 'F1'), number(mark.style.size)]),
        operator(Op.MoveText, mark.x, sheet.height - mark.y),
        PDFOperator.of(Op.ShowText, [(isBold ? bold : regular).encode(mark.text)]),
        PDFOperator.of(Op.EndText),
      );
    } else if (mark.type === 'paths') {
      operators.push(
        operator(Op.StrokingColorRgb, ...colour(mark.stroke.colour)),
        operator(Op.SetLineWidth, mark.stroke.width),
        operator(Op.SetLineJoinStyle, 1),
      );
      for (const path of mark.paths) {
        for (const [index, [x, y]] of path.entries()) {
          operators.push(operator(index === 0 ? Op.MoveTo : Op.LineTo, x, sheet.height - y));
        }
        operators.push(PDFOperator.of(Op.StrokePath));
      }
    } else {
      operators.push(
        PDFOperator.of(Op.PushGraphicsState),
        operator(
          Op.ConcatTransformationMatrix,
          mark.width,
          0,
          0,
          mark.height,
          mark.x,
          sheet.height - mark.y - mark.height,
        ),
        PDFOperator.of(Op.DrawObject, [imageNames[mark.image]!]),
        PDFOperator.of(Op.PopGraphicsState),
      );
    }
  }
  // In portions: an ECG of a fast device has more strokes than a call can have arguments.
  for (let at = 0; at < operators.length; at += PORTION) page.pushOperators(...operators.slice(at, at + PORTION));
}

/** A page for each sheet, with what the sheets use of the fonts inside. */
export function drawSheets(
  document: PDFDocument,
  sheets: readonly Sheet[],
  { regular, bold }: ReadFonts,
  images: readonly PDFImage[] = [],
): void {
  const embedded = {
    regular: embedFont(document, regular, 'ReportSans', charactersOf(sheets, false)),
    bold: embedFont(document, bold, 'ReportSans-Bold', charactersOf(sheets, true)),
  };
  for (const sheet of sheets) {
    const page = document.addPage([sheet.width, sheet.height]);
    const imageNames = images.map((image, index) => {
      const name = PDFName.of(`I${index + 1}`);
      page.node.setXObject(name, image.ref);
      return name;
    });
    draw(page, sheet, { ...embedded, imageNames });
  }
}

/** The document's words about itself, with a time of its content: the same content gives the same bytes. */
export function describeDocument(document: PDFDocument, title: string, subject: string, time: Date): void {
  document.setTitle(title);
  document.setSubject(subject);
  document.setProducer('Qiao');
  document.setCreator('Qiao');
  document.setCreationDate(time);
  document.setModificationDate(time);
  document.catalog.set(PDFName.of('Lang'), PDFString.of('zh-CN'));
}
