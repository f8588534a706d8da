import type { DicomJson } from '#libs/formats/dicom';
import { fingerprint, type Identity } from './same-person.js';

/** A person as one organisation knows them: its own number, and what it says of them. */
export interface Patient {
  id: string;
  organisation: string;
  number: string;
  personId: string;
  name: string;
  sex: 'M' | 'F' | 'O' | null;
  /** YYYY-MM-DD */
  birthDate: string | null;
  /** only ever a checksum-valid number */
  idCard: string | null;
}

export interface PatientFacts {
  organisation: string;
  number: string;
  name: string;
  /** further spellings to be found by: component groups with their carets, other names */
  otherNames?: readonly string[];
  sex: Patient['sex'];
  birthDate: string | null;
  idCard: string | null;
  /** patient level attributes of the header that brought these facts; what is known already stays */
  attributes?: DicomJson;
}

export function identityOf({ name, otherNames, sex, birthDate, idCard }: PatientFacts): Identity {
  return { names: [name, ...(otherNames ?? [])], sex, birthDate, idCard };
}

/** The same for all facts that say the same of a person; the number is not in it. */
export function identityFingerprint(facts: PatientFacts): string {
  return fingerprint(identityOf(facts));
}
