import { integer, nameGroups, sequence, text, type DicomJson } from '#libs/formats/dicom';
import { nameSpellings } from '#libs/patients';
import { LEVEL_TAGS } from './attribute-levels.js';
import { dateTimeText } from './date-time-range.js';
import type { IndexedFacts } from './exam.js';

/** Classes that explain an examination instead of being part of it: SR, KO, presentation states, encapsulated documents. */
const EXPLAINS = ['1.2.840.10008.5.1.4.1.1.88.', '1.2.840.10008.5.1.4.1.1.11.', '1.2.840.10008.5.1.4.1.1.104.'];
/** Devices in the network without (0008,0201) Timezone Offset From UTC keep China Standard Time. */
export const DEVICE_ZONE = '+08:00';
const LONGEST_TEXT = 512;

export function indexedFacts(attributes: DicomJson, sopClassUid: string): IndexedFacts {
  return {
    modality: clipped(attributes, '00080060'),
    bodyPart: clipped(attributes, '00180015')?.toUpperCase() ?? null,
    studyDescription: clipped(attributes, '00081030'),
    seriesDescription: clipped(attributes, '0008103E'),
    seriesNumber: whole(attributes, '00200011'),
    instanceNumber: whole(attributes, '00200013'),
    frames: whole(attributes, '00280008'),
    rows: whole(attributes, '00280010'),
    columns: whole(attributes, '00280011'),
    accessionNumber: clipped(attributes, '00080050'),
    examinedAt: moment(text(attributes, '00080020'), text(attributes, '00080030'), text(attributes, '00080201')),
    counts: !EXPLAINS.some((prefix) => sopClassUid.startsWith(prefix)),
    studyDateTime: dateTimeText(text(attributes, '00080020'), text(attributes, '00080030')),
    studyId: clipped(attributes, '00200010'),
    referringNames: nameSpellings(nameGroups(attributes, '00080090')),
    bodyPartExamined: clipped(attributes, '00180015'),
    performedDateTime: dateTimeText(text(attributes, '00400244'), text(attributes, '00400245')),
    scheduledStepIds: ofItems(attributes, '00400009'),
    requestedProcedureIds: ofItems(attributes, '00401001'),
    bitsAllocated: whole(attributes, '00280100'),
    studyAttributes: kept(attributes, LEVEL_TAGS.STUDY),
    seriesAttributes: kept(attributes, LEVEL_TAGS.SERIES),
  };
}

/** Those of the attributes that have a value. */
export function kept(attributes: DicomJson, tags: readonly string[]): DicomJson {
  return Object.fromEntries(
    tags.flatMap((tag) => (attributes[tag]?.Value === undefined ? [] : [[tag, attributes[tag]]])),
  );
}

/** Devices write beyond what a VR allows, and PostgreSQL does not index beyond 2.7 kB. */
function clipped(attributes: DicomJson, tag: string): string | null {
  return text(attributes, tag)?.slice(0, LONGEST_TEXT) || null;
}

/** Values in the items of RequestAttributesSequence. */
function ofItems(attributes: DicomJson, tag: string): string[] {
  const values = sequence(attributes, '00400275').map((item) => clipped(item, tag));
  return [...new Set(values.filter((value) => value !== null))];
}

/** A column of PostgreSQL's int: what does not fit is not known. */
function whole(attributes: DicomJson, tag: string): number | null {
  const value = integer(attributes, tag);
  return value !== undefined && value !== null && Math.abs(value) < 2 ** 31 ? value : null;
}

/** DA and TM (PS3.5 table 6.2-1) as a moment; a date without a time is midnight, nonsense is null. */
export function moment(
  date: string | null | undefined,
  time: string | null | undefined,
  zone: string | null | undefined,
): Date | null {
  const day = /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(date ?? '');
  if (!day) return null;
  const [hours, minutes = '00', seconds = '00'] = /^(\d{2}):?(\d{2})?:?(\d{2})?/.exec(time ?? '')?.slice(1) ?? ['00'];
  const offset = /^[+-]\d{4}$/.test(zone ?? '') ? `${zone!.slice(0, 3)}:${zone!.slice(3)}` : DEVICE_ZONE;
  const at = new Date(
    `${day[1]}-${day[2]}-${day[3]}T${hours}:${minutes}:${seconds === '60' ? '59' : seconds}${offset}`,
  );
  return Number.isNaN(at.getTime()) ? null : at;
}
