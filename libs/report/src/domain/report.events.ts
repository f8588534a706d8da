export const REPORT_SIGNED = 'report-signed';
export interface ReportSigned {
  reportId: string;
  version: number;
}
