import type { QueryLevel } from '#libs/catalogue';
import { tagOf, type DicomJson } from '#libs/formats/dicom';

/** PS3.18 tables 10.6.3-3 to 10.6.3-5, and what viewers show besides. */
const KEYWORDS: Readonly<Record<'STUDY' | 'SERIES' | 'IMAGE', string>> = {
  STUDY: `StudyDate StudyTime AccessionNumber ModalitiesInStudy ReferringPhysicianName PatientName PatientID PatientBirthDate
    PatientSex StudyInstanceUID StudyID NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances StudyDescription IssuerOfPatientID`,
  SERIES: `Modality SeriesDescription StudyInstanceUID SeriesInstanceUID SeriesNumber NumberOfSeriesRelatedInstances
    PerformedProcedureStepStartDate PerformedProcedureStepStartTime BodyPartExamined`,
  IMAGE: `SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID InstanceNumber Rows Columns BitsAllocated NumberOfFrames`,
};
const INSTANCE_AVAILABILITY = '00080056';
const AVAILABLE_TRANSFER_SYNTAX = '00083002';
const REQUEST_ATTRIBUTES = '00400275';

function keys(level: 'STUDY' | 'SERIES' | 'IMAGE'): DicomJson {
  const tags = KEYWORDS[level].split(/\s+/).map((keyword) => {
    const tag = tagOf(keyword);
    if (tag === undefined) throw new Error(`${keyword} is in no dictionary`);
    return tag;
  });
  return Object.fromEntries([...tags, INSTANCE_AVAILABILITY].map((tag) => [tag, { vr: '' }]));
}

const STUDY_KEYS = keys('STUDY');
const SERIES_KEYS: DicomJson = {
  ...keys('SERIES'),
  // Of the items only these two, unless more is asked for.
  [REQUEST_ATTRIBUTES]: { vr: 'SQ', Value: [{ '00400009': { vr: 'SH' }, '00401001': { vr: 'SH' } }] },
};

const INSTANCE_KEYS: DicomJson = { ...keys('IMAGE'), [AVAILABLE_TRANSFER_SYNTAX]: { vr: 'UI' } };

/** What an answer holds without being asked: of the level, and of the levels above that the address leaves open. */
export function returnKeys(level: QueryLevel, given: { study: boolean; series: boolean }): DicomJson {
  return {
    ...(level === 'STUDY' || !given.study ? STUDY_KEYS : {}),
    ...(level === 'SERIES' || (level === 'IMAGE' && !given.series) ? SERIES_KEYS : {}),
    ...(level === 'IMAGE' ? INSTANCE_KEYS : {}),
  };
}
