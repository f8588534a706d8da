import { PDFDocument } from 'pdf-lib';
import { describeDocument, drawSheets, missingIn, readFonts } from './draw-sheets.js';
import { layOutReport } from './lay-out-report.js';
import { type ReportFonts, type ReportPdfContent } from './report-content.js';
import { Typesetter } from './sheet.js';

/**
 * The characters of a report that one of the fonts cannot show, each once. They print as □ and the report names them
 * at its end; a caller may warn beforehand.
 */
export function findMissingGlyphs(content: ReportPdfContent, fonts: ReportFonts): string[] {
  return missingIn(content, readFonts(fonts));
}

/**
 * A signed report's PDF before it is signed: A4, with its fonts inside, and with a classic cross-reference table, which
 * the signature is appended to. Throws where a font is no TrueType font or a key image is no JPEG.
 */
export async function renderReportPdf(content: ReportPdfContent, fonts: ReportFonts): Promise<Uint8Array> {
  const read = readFonts(fonts);
  const document = await PDFDocument.create();
  // A copy, because pdf-lib reads from the start of the underlying ArrayBuffer, where a pooled Buffer holds other bytes.
  const images = await Promise.all(
    content.keyImages.slice(0, 4).map(({ jpeg }) => document.embedJpg(Uint8Array.from(jpeg))),
  );
  const ratios = images.map(({ width, height }) => width / height);
  const missing = missingIn(content, read);
  const sheets = layOutReport(content, new Typesetter(read.regular, read.bold), ratios, missing);

  drawSheets(document, sheets, read, images);
  const title = content.kind === 'ecg' ? '心电图诊断报告' : '影像诊断报告';
  describeDocument(
    document,
    `${title} ${content.reportNumber}`,
    `${content.readingInstitution} / ${content.examiningInstitution}`,
    content.times.reviewed ?? content.times.reported ?? new Date(0),
  );
  return document.save({ useObjectStreams: false, addDefaultPage: false });
}
