import { defineStates } from '#libs/kernel';

/** FHIR's status codes (DiagnosticReport.status). A final version never changes; an amendment is a further version. */
export const REPORT_STATES = defineStates({
  name: 'report',
  initial: 'preliminary',
  final: ['entered-in-error'],
  table: {
    preliminary: { sign: 'final' },
    final: { amend: 'amended', withdraw: 'entered-in-error' },
    amended: { amend: 'amended', withdraw: 'entered-in-error' },
    'entered-in-error': {},
  },
});
export type ReportStatus = (typeof REPORT_STATES.states)[number];
