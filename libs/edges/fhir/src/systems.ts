/** Identifier and code systems of the network. */
export const ID_CARD_SYSTEM = 'urn:qiao:id-card';
export const ITEM_SYSTEM = 'urn:qiao:item';
export const REPORT_SYSTEM = 'urn:qiao:report';
/** PS3.18 and FHIR's ImagingStudy: DICOM UIDs as `urn:oid:…` values of this system. */
export const DICOM_UID_SYSTEM = 'urn:dicom:uid';

export const patientSystem = (organisation: string) => `urn:qiao:org:${organisation}:patient`;
export const accessionSystem = (organisation: string) => `urn:qiao:accession:${organisation}`;

const PATIENT_SYSTEM = /^urn:qiao:org:([a-z0-9-]+):patient$/;
const ACCESSION_SYSTEM = /^urn:qiao:accession:([a-z0-9-]+)$/;

export const organisationOfPatientSystem = (system: string) => PATIENT_SYSTEM.exec(system)?.[1];
export const organisationOfAccessionSystem = (system: string) => ACCESSION_SYSTEM.exec(system)?.[1];
