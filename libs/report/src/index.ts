/**
 * Reports: signed, versioned, immutable. A version's canonical JSON is signed by its reviewer (detached CMS), its PDF carries a PAdES
 * signature of the same key, the author's signature from the submission lies beside it, and all three cover the list of instances that
 * were read. 电子签名法 第13条: each key is opened by its signer's password alone.
 */
export { ComposeEcgPdf, type EcgSheetSubject, type EcgSheetView } from './compose-ecg-pdf.js';
export { ReportFontFiles } from './compose-report-pdf.js';
export { REPORT_SIGNED, type ReportSigned } from './domain/report.events.js';
export { ageAt, type Report, type ReportContent, type SignedReport } from './domain/report.js';
export { REPORT_STATES, type ReportStatus } from './domain/report.states.js';
export { REPORT_OBJECTS } from './report-objects.js';
export { ReportModule } from './report.module.js';
export { ReportRepository, type ReportFilter } from './report.repository.js';
export { SignReport } from './sign-report.js';
export { VerifyReport, type ReportVerdict } from './verify-report.js';
