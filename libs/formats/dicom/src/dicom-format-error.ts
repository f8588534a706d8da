/** Why bytes were not accepted as DICOM. */
export type DicomFormatErrorCode =
  | 'not-dicom'
  | 'truncated'
  | 'missing-uid'
  | 'bad-uid'
  | 'malformed'
  | 'too-deep'
  | 'too-large'
  | 'unknown-transfer-syntax'
  | 'frames-unclear'
  | 'missing-bulk-data';

/** The bytes break PS3.5 or PS3.10 in a way that cannot be read around. `code` is stable, `message` is for people. */
export class DicomFormatError extends Error {
  override readonly name = 'DicomFormatError';
  constructor(
    readonly code: DicomFormatErrorCode,
    message: string,
  ) {
    super(message);
  }
}
