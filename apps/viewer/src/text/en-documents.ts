import type { Messages } from './zh.js';

/** The words around documents: see `zh-documents`. */
export const enDocuments: Messages['documents'] = {
  ecgPages: 'This ECG came as a PDF, without a waveform: it can be read, and not measured here.',
  openInTab: 'Open in a new tab',
  kinds: {
    pdf: 'PDF document',
    file: 'File',
    report: 'Structured report',
    segmentation: 'Segmentation',
    other: 'Document',
  },
  notOpened: (mediaType) =>
    `This is a file of another kind (${mediaType || 'it does not say which'}), which cannot be opened here.`,
  overlaid: (frames) =>
    `This is a segmentation of ${frames} ${frames === 1 ? 'frame' : 'frames'}. Open the series of images that it was made of and press ; to see it over them. These are its segments:`,
  algorithms: { MANUAL: 'manual', SEMIAUTOMATIC: 'semi-automatic', AUTOMATIC: 'automatic' },
  verified: 'verified',
  unverified: 'not verified',
  partial: 'incomplete',
  presentation:
    'This is a presentation state: a view kept elsewhere. Open the series of images that it is of and press " to apply it.',
  other: (kind) => `This holds no images (${kind}); there is nothing of it to show here.`,
  modalities: {
    KO: 'key object selection',
    PR: 'presentation state',
    RTSTRUCT: 'structure set of radiotherapy',
    RTPLAN: 'plan of radiotherapy',
    REG: 'registration',
    ECG: 'ECG waveform',
    HD: 'haemodynamic waveform',
    AU: 'sound',
    ANN: 'annotations of microscopy',
  },
};
