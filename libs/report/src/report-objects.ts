import type { ObjectReferences } from '#libs/persistence';

/** The objects that rows of report name: signed PDFs. */
export const REPORT_OBJECTS: readonly ObjectReferences[] = [
  {
    table: 'report_version',
    key: 'pdf_key',
    size: null,
    digest: { skip: '0', salt: `''` },
    id: `report_id || '/' || version`,
    organisation: `(SELECT organisation FROM report WHERE report.id = report_version.report_id)`,
  },
];
