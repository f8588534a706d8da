/**
 * The ECG page: geometry in millimetres, the same for screen, SVG and PDF. Pure and without imports, so that it runs in a browser
 * and in a server; it takes leads as values and knows no file format.
 */
export {
  ECG_LAYOUTS,
  hasFewLeads,
  layoutEcgPage,
  type EcgCalibrationPulse,
  type EcgLabel,
  type EcgLayout,
  type EcgPage,
  type EcgPageOptions,
  type EcgTrace,
} from './ecg-page.js';
export { alignBeats, cutBeats, rPeaks, type BeatLeads } from './ecg-beats.js';
export { ecgPageToSvg, type EcgSvgOptions } from './ecg-page-svg.js';
export { startOf, type PageLead, type PageRecording, type SheetRecording } from './page-lead.js';
export { filterEcg, HIGH_PASS_HZ, LOW_PASS_HZ, RAW, type EcgFilters } from './ecg-filter.js';
