/** DICOMweb under /dicom-web: STOW-RS, QIDO-RS and WADO-RS (PS3.18 sections 10.4 to 10.6). */
export { DicomwebModule } from './dicomweb.module.js';
