/** Why bytes were not read as an ECG. */
export type EcgFormatErrorCode = 'not-ecg' | 'unsupported' | 'no-waveform' | 'truncated' | 'damaged' | 'bad-xml';

/** The bytes cannot be shown as an ECG without guessing. `code` is stable, `message` is for people. */
export class EcgFormatError extends Error {
  override readonly name = 'EcgFormatError';
  constructor(
    readonly code: EcgFormatErrorCode,
    message: string,
  ) {
    super(message);
  }
}
