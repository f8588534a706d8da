import type { ReportSubject } from './report-subject.js';

export const REPORT_TEXT_KINDS = ['template', 'phrase'] as const;
export type ReportTextKind = (typeof REPORT_TEXT_KINDS)[number];

/** A template (模板) fills findings and impression; a phrase (短语) goes to the caret, and has its words in `findings`. */
export interface ReportText {
  readonly id: string;
  readonly kind: ReportTextKind;
  readonly readKind: 'imaging' | 'ecg';
  /** null: for every examination of that kind */
  readonly subject: Pick<ReportSubject, 'code' | 'name'> | null;
  /** null: the network's */
  readonly ownerId: string | null;
  readonly version: number;
  /** under which it is looked for: the groups of ECG statements (术语); null: none */
  readonly group: string | null;
  readonly name: string;
  readonly findings: string;
  readonly impression: string;
}

/** Which version of a template a draft was made of. */
export interface TemplateUsed {
  id: string;
  version: number;
}
