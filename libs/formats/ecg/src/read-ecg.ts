import { detectEcgFormat } from './detect-ecg-format.js';
import { EcgFormatError } from './ecg-format-error.js';
import type { EcgRecording } from './ecg-recording.js';
import { readAecg } from './read-aecg.js';
import { readDicomWaveform } from './read-dicom-waveform.js';

/**
 * Any supported ECG file, by its content.
 *
 * @throws EcgFormatError not-ecg when no format is recognised, unsupported when it is one without a reader, else as its reader.
 */
export function readEcg(bytes: Uint8Array): EcgRecording {
  const format = detectEcgFormat(bytes);
  if (format === 'dicom-waveform') return readDicomWaveform(bytes);
  if (format === 'aecg') return readAecg(bytes);
  if (format === null) throw new EcgFormatError('not-ecg', 'The file is in no ECG format that is known here.');
  throw new EcgFormatError('unsupported', `An ECG in the format '${format}' is not read yet.`);
}
