import { readAecg } from './aecg/read-aecg.js';
import { detectEcgFormat, type EcgFormat } from './detect-ecg-format.js';
import { readDicomWaveform } from './dicom/read-dicom-waveform.js';
import { readCsv } from './csv/read-csv.js';
import { readEdf } from './edf/read-edf.js';
import { readIshne } from './ishne/read-ishne.js';
import { readMfer } from './mfer/read-mfer.js';
import { readWfdbArchive } from './wfdb/wfdb-archive.js';
import { EcgFormatError } from './ecg-format-error.js';
import { distinctNames } from './lead-names.js';
import type { EcgRecording } from './ecg-recording.js';
import { readScp } from './scp/read-scp.js';
import { readMuse } from './muse/read-muse.js';
import { readPhilips } from './philips/read-philips.js';

/** A further format joins by a line here, and one in `detectEcgFormat`. */
const READERS: Partial<Record<Exclude<EcgFormat, 'pdf'>, (bytes: Uint8Array) => EcgRecording>> = {
  'dicom-waveform': readDicomWaveform,
  aecg: readAecg,
  ishne: readIshne,
  edf: readEdf,
  scp: readScp,
  'muse-xml': readMuse,
  'philips-xml': readPhilips,
  wfdb: readWfdbArchive,
  mfer: readMfer,
  csv: readCsv,
};

/**
 * Any supported ECG file, by its content.
 *
 * @throws EcgFormatError not-ecg when no format is recognised, unsupported when it is one without a reader, no-waveform for a PDF, else
 *   as its reader.
 */
export function readEcg(bytes: Uint8Array): EcgRecording {
  const format = detectEcgFormat(bytes);
  if (format === null) throw new EcgFormatError('not-ecg', 'The file is in no ECG format that is known here.');
  if (format === 'pdf') throw new EcgFormatError('no-waveform', 'A PDF is a document: it holds no waveform.');
  const read = READERS[format];
  if (!read) throw new EcgFormatError('unsupported', `An ECG in the format '${format}' is not read yet.`);
  const recording = read(bytes);
  return { ...recording, leads: distinctNames(recording.leads) };
}
