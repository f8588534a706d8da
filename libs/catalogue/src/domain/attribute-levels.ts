import { tagOf } from '#libs/formats/dicom';

/** The levels of the query/retrieve information models (PS3.4 section C.6). */
export const QUERY_LEVELS = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] as const;
export type QueryLevel = (typeof QUERY_LEVELS)[number];

/**
 * Attributes of the patient, study and series that are kept beside them, to match and to answer by: the keys of PS3.4 tables C.6-1 to
 * C.6-3 and PS3.18 tables 10.6.3-3 to 10.6.3-5, and the rest of the modules Patient, General Study, Patient Study, General Series and
 * General Equipment (PS3.3 sections C.7.1 to C.7.5) that says the same for all instances. Everything else belongs to the instance.
 */
const KEYWORDS: Readonly<Record<'PATIENT' | 'STUDY' | 'SERIES', string>> = {
  PATIENT: `PatientName PatientID IssuerOfPatientID IssuerOfPatientIDQualifiersSequence TypeOfPatientID PatientBirthDate
    PatientBirthTime PatientSex OtherPatientIDs OtherPatientNames OtherPatientIDsSequence EthnicGroup PatientComments
    PatientSpeciesDescription PatientIdentityRemoved ReferencedPatientSequence PatientBirthName PatientMotherBirthName`,
  STUDY: `StudyInstanceUID StudyDate StudyTime AccessionNumber IssuerOfAccessionNumberSequence StudyID StudyDescription
    ReferringPhysicianName ReferringPhysicianIdentificationSequence PhysiciansOfRecord NameOfPhysiciansReadingStudy
    ConsultingPhysicianName RequestingService ReferencedStudySequence ProcedureCodeSequence AdmittingDiagnosesDescription
    AdmittingDiagnosesCodeSequence PatientAge PatientSize PatientWeight Occupation AdditionalPatientHistory MedicalAlerts
    Allergies PregnancyStatus SmokingStatus AdmissionID RequestingPhysician TimezoneOffsetFromUTC`,
  SERIES: `SeriesInstanceUID Modality SeriesNumber SeriesDescription SeriesDescriptionCodeSequence SeriesDate SeriesTime
    BodyPartExamined Laterality ProtocolName PatientPosition PerformingPhysicianName OperatorsName PerformedProcedureStepID
    PerformedProcedureStepStartDate PerformedProcedureStepStartTime PerformedProcedureStepEndDate PerformedProcedureStepEndTime
    PerformedProcedureStepDescription PerformedProtocolCodeSequence RequestAttributesSequence
    ReferencedPerformedProcedureStepSequence Manufacturer InstitutionName InstitutionAddress InstitutionalDepartmentName StationName
    ManufacturerModelName DeviceSerialNumber SoftwareVersions FrameOfReferenceUID PositionReferenceIndicator`,
};

const tags = (keywords: string): readonly string[] =>
  keywords
    .trim()
    .split(/\s+/)
    .map((keyword) => tagOf(keyword))
    .filter((tag): tag is string => tag !== undefined);

/** Tags kept at each level above the instance. */
export const LEVEL_TAGS: Readonly<Record<'PATIENT' | 'STUDY' | 'SERIES', readonly string[]>> = {
  PATIENT: tags(KEYWORDS.PATIENT),
  STUDY: tags(KEYWORDS.STUDY),
  SERIES: tags(KEYWORDS.SERIES),
};

/** Attributes that exist only in queries (PS3.4 table C.3-1): counted or collected, never in a header. */
export const COMPUTED_TAGS: Readonly<Record<string, { level: QueryLevel; vr: string }>> = {
  '00080056': { level: 'PATIENT', vr: 'CS' },
  '00080061': { level: 'STUDY', vr: 'CS' },
  '00080062': { level: 'STUDY', vr: 'UI' },
  '00083002': { level: 'IMAGE', vr: 'UI' },
  '00201200': { level: 'PATIENT', vr: 'IS' },
  '00201202': { level: 'PATIENT', vr: 'IS' },
  '00201204': { level: 'PATIENT', vr: 'IS' },
  '00201206': { level: 'STUDY', vr: 'IS' },
  '00201208': { level: 'STUDY', vr: 'IS' },
  '00201209': { level: 'SERIES', vr: 'IS' },
};

const LEVELS = new Map<string, QueryLevel>([
  ...QUERY_LEVELS.flatMap((level) =>
    level === 'IMAGE' ? [] : LEVEL_TAGS[level].map((tag) => [tag, level] as [string, QueryLevel]),
  ),
  ...Object.entries(COMPUTED_TAGS).map(([tag, { level }]) => [tag, level] as [string, QueryLevel]),
]);

/** The level an attribute belongs to; what is not known to be above the instance belongs to it. */
export function levelOf(tag: string): QueryLevel {
  return LEVELS.get(tag) ?? 'IMAGE';
}

/** Is `level` the same as `below`, or above it? */
export function isAtOrAbove(level: QueryLevel, below: QueryLevel): boolean {
  return QUERY_LEVELS.indexOf(level) <= QUERY_LEVELS.indexOf(below);
}
