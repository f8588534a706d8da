import type { OrganisationScope } from '#libs/identity';
import type { Patient, PatientFacts } from './domain/patient.js';

export interface PatientFilter {
  ids?: readonly string[];
  /** the number that an organisation in scope gave */
  number?: string;
  organisation?: string;
  idCard?: string;
  /** continues behind this patient */
  after?: string;
  limit: number;
}

export abstract class PatientsRepository {
  /** Finds or makes the patient of (organisation, number); two callers at once get the same row. Empty facts are filled in later. */
  abstract upsert(facts: PatientFacts): Promise<Patient>;
  abstract byId(scope: OrganisationScope, id: string): Promise<Patient | undefined>;
  /** In order of their ids, which is the order in which they came. */
  abstract search(scope: OrganisationScope, filter: PatientFilter): Promise<Patient[]>;
  /** For the audit of a try beyond one's scope. */
  abstract organisationOf(patientId: string): Promise<string | undefined>;
  abstract personByIdCard(idCard: string): Promise<string | undefined>;
  /** The person behind an organisation's own patient number. */
  abstract personByNumber(organisation: string, number: string): Promise<string | undefined>;
}
