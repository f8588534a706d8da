/**
 * The diagnostic report as PDF, pure: values and font bytes in, PDF bytes out; the signature is a port's business.
 * `renderReportPdf` gives A4 pages in Chinese with both fonts subset; `findMissingGlyphs` names what they cannot show.
 */
export { type EcgStrip } from './ecg-strip.js';
export { TEST_CA_NOTICE } from './lay-out-report.js';
export { findMissingGlyphs, renderReportPdf } from './render-report-pdf.js';
export { readTrueType, type TrueTypeFont } from './true-type.js';
export { type ReportFonts, type ReportImage, type ReportPdfContent } from './report-content.js';
