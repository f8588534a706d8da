import { PDFDocument } from 'pdf-lib';
import { describeDocument, drawSheets, missingIn, readFonts } from './draw-sheets.js';
import { type EcgPdfContent, layOutEcgSheet } from './lay-out-ecg-sheet.js';
import { type ReportFonts } from './report-content.js';
import { Typesetter } from './sheet.js';

/**
 * An ECG by itself as PDF: one page, as large as its paper geometry needs and drawn 1:1, with its fonts inside; no report and not signed.
 * Throws where a font is no TrueType font.
 */
export async function renderEcgPdf(content: EcgPdfContent, fonts: ReportFonts): Promise<Uint8Array> {
  const read = readFonts(fonts);
  const document = await PDFDocument.create();
  const { strip, ...words } = content;
  const missing = missingIn([words, strip.page.notes, strip.page.labels], read);
  drawSheets(document, [layOutEcgSheet(content, new Typesetter(read.regular, read.bold), missing)], read);
  describeDocument(document, `心电图 ${content.patient.number}`, content.institution, content.arrived);
  return document.save({ addDefaultPage: false });
}
