import { EcgFormatError } from './ecg-format-error.js';

/** The end of the file, within which its marker has to stand (ISO 32000-1, annex H.3, note 18). */
const TAIL = 1024;

/**
 * Takes a PDF for what it can be here: pages that are shown as they are, without a waveform. Nothing in it is read.
 *
 * @throws EcgFormatError not-ecg when it does not begin as a PDF, truncated when it does not end as one (ISO 32000-1, 7.5.2 and 7.5.5).
 */
export function demandPdfDocument(bytes: Uint8Array): void {
  const words = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');
  if (!words(0, 8).startsWith('%PDF-')) throw new EcgFormatError('not-ecg', 'The file does not begin as a PDF.');
  if (!words(Math.max(0, bytes.length - TAIL), bytes.length).includes('%%EOF'))
    throw new EcgFormatError('truncated', 'The PDF has no end: it was cut off on its way.');
}
