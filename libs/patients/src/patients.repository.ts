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
  /**
   * Whose these facts are: the bearer of the number whom nothing in them contradicts, made or filled in; or the first bearer, unchanged, with
   * what contradicts (name, birth-date, sex, id-card), or `ambiguous` where several bearers fit. What a person decided before is followed.
   */
  abstract identify(facts: PatientFacts): Promise<{ patient: Patient; differs: string[] }>;
  /** The one whom these facts mean, other than the patient `than`: known already, or a further bearer of the number. */
  abstract otherPerson(facts: PatientFacts, than: string): Promise<Patient>;
  /** From now on these facts mean this patient. */
  abstract claim(facts: PatientFacts, patientId: string): Promise<void>;
  abstract byId(scope: OrganisationScope, id: string): Promise<Patient | undefined>;
  /** In order of their ids, which is the order in which they came. */
  abstract search(scope: OrganisationScope, filter: PatientFilter): Promise<Patient[]>;
  /** For the audit of a try beyond one's scope. */
  abstract organisationOf(patientId: string): Promise<string | undefined>;
  abstract personByIdCard(idCard: string): Promise<string | undefined>;
  /** The person behind an organisation's own patient number. */
  abstract personByNumber(organisation: string, number: string): Promise<string | undefined>;
}
