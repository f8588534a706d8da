import type { OrganisationScope } from '#libs/identity';
import type { Report, SignedReport } from './domain/report.js';

export interface ReportFilter {
  patientNumber?: string;
  /** organisation whose number that is */
  patientOrganisation?: string;
  patientId?: string;
  idCard?: string;
  accessionNumber?: string;
  status?: readonly string[];
  updatedFrom?: Date;
  updatedTo?: Date;
  ids?: readonly string[];
  /** exam item codes */
  items?: readonly string[];
  /** continues behind this place in the order of (lastUpdated, id); a place, not a report, since an amended report moves on */
  after?: { lastUpdated: Date; id: string };
  limit: number;
}

export abstract class ReportRepository {
  abstract add(report: SignedReport, actor: string): Promise<void>;
  abstract find(scope: OrganisationScope, id: string): Promise<SignedReport | undefined>;
  /** In order of (lastUpdated, id): whoever follows that order to its end and asks on from there misses nothing. */
  abstract search(scope: OrganisationScope, filter: ReportFilter): Promise<SignedReport[]>;
  abstract byReads(
    readIds: readonly string[],
  ): Promise<{ readId: string; id: string; status: string; signedAt: Date }[]>;
  abstract byExams(
    examIds: readonly string[],
  ): Promise<{ examId: string; id: string; status: string; signedAt: Date }[]>;
  /** Final reports of a person on an item since a moment, newest first, whatever the member. */
  abstract ofPerson(personId: string, item: string, since: Date): Promise<SignedReport[]>;
  /** For the audit of a try beyond one's scope. */
  abstract organisationOf(reportId: string): Promise<string | undefined>;
}

export type { Report };
