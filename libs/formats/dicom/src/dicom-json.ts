/** The DICOM JSON model of PS3.18 annex F.2. */
export interface PersonNameValue {
  Alphabetic?: string;
  Ideographic?: string;
  Phonetic?: string;
}

export type DicomJsonValue = string | number | null | PersonNameValue | DicomJson;

export interface DicomJsonElement {
  vr: string;
  /** Absent for an empty value; null stands for one empty value among several. */
  Value?: DicomJsonValue[];
  /** Base64, little endian, for binary values of at most 1024 bytes. */
  InlineBinary?: string;
  /** `bulk/<tag path>` for longer ones, e.g. `bulk/54000100/0/54001010` (item index from 0). */
  BulkDataURI?: string;
}

/** Keys are tags of eight upper case hexadecimal digits. */
export interface DicomJson {
  [tag: string]: DicomJsonElement;
}
