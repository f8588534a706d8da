import type { Patient } from '#libs/patients';
import { gender, present, type Resource } from './resource.js';
import { ID_CARD_SYSTEM, patientSystem } from './systems.js';

/** An organisation's patient as R4's Patient. */
export function patientResource(patient: Patient): Resource {
  return present({
    resourceType: 'Patient',
    id: patient.id,
    identifier: [
      { use: 'usual', system: patientSystem(patient.organisation), value: patient.number },
      ...(patient.idCard === null ? [] : [{ use: 'official', system: ID_CARD_SYSTEM, value: patient.idCard }]),
    ],
    name: patient.name === '' ? null : [{ use: 'official', text: patient.name }],
    gender: gender(patient.sex),
    birthDate: patient.birthDate,
  });
}
