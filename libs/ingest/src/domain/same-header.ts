import { isDeepStrictEqual } from 'node:util';
import type { DicomJson } from '#libs/formats/dicom';

/**
 * Attributes that a re-encoding of the pixels may change (PS3.3 C.7.6.3 and C.7.6.1.1.5, PS3.5 section 8): planar configuration and
 * photometric interpretation, the lossy compression history, and the character set and implementation marks around them.
 */
const CODING_TAGS = new Set(['00280004', '00280006', '00282110', '00282112', '00282114', '00080005', '00020010']);

/** Where bulk lies depends on the coding; that it is there does not. */
function facts(attributes: DicomJson): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([tag]) => !CODING_TAGS.has(tag))
      .map(([tag, element]) => [tag, element.BulkDataURI === undefined ? element : { vr: element.vr, bulk: true }]),
  );
}

/** Whether two instances of one UID say the same of patient, examination and image, so that only the coding of the pixels differs. */
export function sameHeader(one: DicomJson, other: DicomJson): boolean {
  return isDeepStrictEqual(facts(one), facts(other));
}
