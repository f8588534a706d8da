/**
 * ECG files and values: pure, no I/O. Readers turn a file into an `EcgRecording` that keeps the stored samples and their scale;
 * the page is geometry in millimetres, the same for screen, SVG and PDF. A further format joins as one more reader of `EcgRecording`.
 */
export { detectEcgFormat, type EcgFormat } from './detect-ecg-format.js';
export { deriveLimbLeads } from './derive-limb-leads.js';
export { EcgFormatError, type EcgFormatErrorCode } from './ecg-format-error.js';
export {
  layoutEcgPage,
  type EcgCalibrationPulse,
  type EcgLabel,
  type EcgPage,
  type EcgPageOptions,
  type EcgTrace,
} from './page/ecg-page.js';
export { ecgPageToSvg, type EcgSvgOptions } from './page/ecg-page-svg.js';
export type { EcgLead, EcgMeasurement, EcgRecording, EcgSource } from './ecg-recording.js';
export { toEcgView, type EcgLeadView, type EcgView } from './page/ecg-view.js';
export { readAecg } from './aecg/read-aecg.js';
export { readDicomWaveform } from './dicom/read-dicom-waveform.js';
export { readEcg } from './read-ecg.js';
