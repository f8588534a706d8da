import { createHash } from 'node:crypto';
import type { DicomJson } from '#libs/formats/dicom';

/**
 * Attributes that a re-encoding of the pixels may change (PS3.3 C.7.6.3 and C.7.6.1.1.5, PS3.5 section 8): planar configuration and
 * photometric interpretation, the lossy compression history, and the character set and implementation marks around them.
 */
const CODING_TAGS = new Set(['00280004', '00280006', '00282110', '00282112', '00282114', '00080005', '00020010']);

/** Two instances of one UID with the same header digest say the same of patient, examination and image. */
export function headerDigest(attributes: DicomJson): string {
  const kept = Object.keys(attributes)
    .filter((tag) => !CODING_TAGS.has(tag))
    .sort()
    .map((tag) => {
      const element = attributes[tag]!;
      // Where bulk lies depends on the coding; that it is there does not.
      return [tag, element.vr, element.Value ?? null, element.InlineBinary ?? null, element.BulkDataURI !== undefined];
    });
  return createHash('sha256').update(JSON.stringify(kept)).digest('hex');
}
