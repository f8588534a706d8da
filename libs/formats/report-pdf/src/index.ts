/**
 * The diagnostic report as PDF, pure: values and font bytes in, PDF bytes out; the signature is a port's business.
 * `renderReportPdf` gives A4 pages in Chinese with both fonts subset; `findMissingGlyphs` names what they cannot show. `renderEcgPdf` gives
 * an ECG by itself, unread, to scale.
 */
export { type EcgStrip } from './ecg-strip.js';
export { type EcgPdfContent, type EcgPdfMeasurement } from './lay-out-ecg-sheet.js';
export { TEST_CA_NOTICE } from './lay-out-report.js';
export { renderEcgPdf } from './render-ecg-pdf.js';
export { findMissingGlyphs, renderReportPdf } from './render-report-pdf.js';
export { readTrueType, type TrueTypeFont } from './true-type.js';
export { type ReportFonts, type ReportImage, type ReportPdfContent } from './report-content.js';
