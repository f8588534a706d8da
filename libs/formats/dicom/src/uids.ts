/** A DICOM UID: dotted decimal, no leading zero in a component, 64 characters at most (PS3.5 section 9). */
const UID_PATTERN = /^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+$/;

/** True when `value` is a well-formed UID of PS3.5 section 9.1 (no padding, at most 64 characters). */
export function isUid(value: string): boolean {
  return value.length <= 64 && UID_PATTERN.test(value);
}

/** UID without the padding that files carry (NUL by the standard, spaces by habit). */
export function trimUid(raw: string): string {
  let end = raw.length;
  while (end > 0 && (raw.charCodeAt(end - 1) === 0 || raw.charCodeAt(end - 1) === 32)) end -= 1;
  return raw.slice(0, end).trimStart();
}

/** Media Storage Directory Storage: the SOP class of a DICOMDIR (PS3.10 section 8.6). */
export const DICOMDIR_SOP_CLASS_UID = '1.2.840.10008.1.3.10';
/** Implementation Class UID that Qiao writes into file meta (PS3.7 annex D.3.3.2); derived from a UUID (PS3.5 B.2). */
export const IMPLEMENTATION_CLASS_UID = '2.25.301574983742610598461097256830517349021';
/** Implementation Version Name that goes with it, 16 characters at most. */
export const IMPLEMENTATION_VERSION_NAME = 'QIAO_1';
