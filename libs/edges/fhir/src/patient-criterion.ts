import { Injectable } from '@nestjs/common';
import { inScope, scopeOf, type Caller } from '#libs/identity';
import { isId } from '#libs/kernel';
import { PatientsRepository, validIdCard } from '#libs/patients';
import { AccessRecord } from './access-record.js';
import type { SearchParameters, Token } from './search-parameters.js';
import { ID_CARD_SYSTEM, organisationOfPatientSystem } from './systems.js';

/** Which patients a search is about, in the words of the stages' filters. */
export interface PatientCriterion {
  patientId?: string;
  patientNumber?: string;
  patientOrganisation?: string;
  idCard?: string;
}

/** `patient` and `patient.identifier` of the searches, within the caller's scope. */
@Injectable()
export class PatientCriteria {
  constructor(
    private readonly patients: PatientsRepository,
    private readonly record: AccessRecord,
  ) {}

  /** @returns null when it can match nothing; a try beyond the scope is in the audit then */
  async of(caller: Caller, parameters: SearchParameters): Promise<PatientCriterion | null> {
    const id = parameters.reference('patient', 'Patient');
    const token = parameters.token('patient.identifier');
    const named = token === undefined ? {} : await this.byIdentifier(caller, token);
    if (named === null || id === undefined) return named;
    if (!isId(id)) return null;
    const organisation = await this.patients.organisationOf(id);
    if (organisation === undefined) return null;
    if (!inScope(scopeOf(caller), organisation)) {
      await this.record.outOfScope(caller, 'Patient', id, organisation);
      return null;
    }
    return { ...named, patientId: id };
  }

  /** A token without a system is one of the organisation's own numbers. */
  async byIdentifier(caller: Caller, { system, value }: Token): Promise<PatientCriterion | null> {
    if (system === undefined) return { patientNumber: value };
    if (system === ID_CARD_SYSTEM) {
      const idCard = validIdCard(value);
      return idCard === null ? null : { idCard };
    }
    const organisation = organisationOfPatientSystem(system);
    if (organisation === undefined) return null;
    if (!inScope(scopeOf(caller), organisation)) {
      await this.record.outOfScope(caller, 'Patient', system, organisation);
      return null;
    }
    return { patientNumber: value, patientOrganisation: organisation };
  }
}
