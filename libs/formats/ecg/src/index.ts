/**
 * ECG files and values: pure, no I/O. Readers turn a file into an `EcgRecording` that keeps the stored samples and their scale;
 * the page that they are drawn on is formats/ecg-page. A further format joins as one more reader of `EcgRecording`.
 */
export { detectEcgFormat, type EcgFormat } from './detect-ecg-format.js';
export { cutRecording, secondsOf } from './cut-recording.js';
export { deriveLimbLeads } from './derive-limb-leads.js';
export { EcgFormatError, type EcgFormatErrorCode } from './ecg-format-error.js';
export type { EcgLead, EcgMeasurement, EcgRecording, EcgSource } from './ecg-recording.js';
export type { EcgReel, EcgStretch } from './reel/ecg-reel.js';
export { ECG_LEVELS, EcgLevelsReader, EcgLevelsWriter } from './reel/ecg-levels.js';
export { openEcgReel, REEL_HEAD } from './reel/open-ecg-reel.js';
export { toEcgView, type EcgLeadView, type EcgView } from './ecg-view.js';
export { demandPdfDocument } from './pdf-document.js';
export { readAecg } from './aecg/read-aecg.js';
export { readDicomWaveform } from './dicom/read-dicom-waveform.js';
export { readScp } from './scp/read-scp.js';
export { readMuse } from './muse/read-muse.js';
export { readPhilips } from './philips/read-philips.js';
export { readEcg } from './read-ecg.js';
export { type EcgIdentity, writeDicomWaveform } from './out/write-dicom-waveform.js';
export { type FhirBundle, type FhirEcgIdentity, writeFhirObservations } from './out/write-fhir-observations.js';
export { readCsv } from './csv/read-csv.js';
export { writeCsv } from './csv/write-csv.js';
export { readEdf } from './edf/read-edf.js';
export { readIshne } from './ishne/read-ishne.js';
export { readMfer } from './mfer/read-mfer.js';
export { readWfdb, type WfdbFile } from './wfdb/read-wfdb.js';
export { readWfdbAnnotations, type WfdbAnnotation } from './wfdb/read-wfdb-annotations.js';
export { readWfdbArchive } from './wfdb/wfdb-archive.js';
