import type { ReportSubject } from './domain/report-subject.js';
import type { ReportText, TemplateUsed } from './domain/report-text.js';

export interface ReportTextFilter {
  readKind: 'imaging' | 'ecg';
  /** beside the network's own: those of this account */
  ownerId: string;
  after?: string;
  limit: number;
}

export interface ReportTextWords {
  name: string;
  findings: string;
  impression: string;
}

export abstract class ReportTextsRepository {
  abstract subjects(): Promise<ReportSubject[]>;
  /** In order of their ids. */
  abstract list(filter: ReportTextFilter): Promise<ReportText[]>;
  abstract lock(id: string): Promise<ReportText | undefined>;
  abstract add(
    text: Omit<ReportText, 'version' | 'subject' | 'group'> & { subject: string | null },
    savedBy: string,
  ): Promise<void>;
  /** A new version; the caller holds the lock. @returns its number */
  abstract change(id: string, words: ReportTextWords, savedBy: string): Promise<number>;
  abstract remove(id: string): Promise<void>;
  /** Those of these that are versions of templates which this person may use, or might when they were inserted. */
  abstract known(used: readonly TemplateUsed[], ownerId: string): Promise<TemplateUsed[]>;
}
