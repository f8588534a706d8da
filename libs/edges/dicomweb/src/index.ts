/** DICOMweb under /dicom-web: STOW-RS, QIDO-RS and WADO-RS (PS3.18 sections 10.4 to 10.6) as far as the viewer needs them. */
export { DicomwebModule } from './dicomweb.module.js';
