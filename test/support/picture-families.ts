import type { PictureTool } from './browser-picture.js';
import { modified, withCurvedVoiLut, withOverlayInCells, withoutOverlay } from './changed-files.js';

/** Files of a folder of real ones, and what draws them independently. */
export interface PictureFamily {
  family: string;
  /** A file, or the folder of a series, below `dicom`. */
  file: string;
  tool?: PictureTool;
  changed?: {
    /** What it is made into before it is sent. */
    by: (bytes: Buffer) => Buffer;
    /** How the tool then draws it. */
    drawn?: readonly string[];
    /** Whether a pixel is to be seen; they count from 1. */
    open?: (row: number, column: number) => boolean;
  };
  /** Greatest difference allowed, in grey levels of 255: 2 unless told, and why. */
  largest?: [number, string];
}
const MODALITIES = 'modality-cr-dx-mg-xa-nm-pt';
const CT = 'transfer-syntax/cornerstone3D__CTImage.dcm';
const CT_2 = 'transfer-syntax/cornerstone3D__testImages_CTImage.dcm';
const PATTERN = 'transfer-syntax/cornerstone3D__TestPattern';
const LOSSY_12: [number, string] = [
  4,
  'decoders of lossy JPEG may differ by a value or two (T.83), which slope and window make 1.3 levels each',
];
/** Shapes, and which pixels they leave to be seen; DCMTK draws no shutters. */
const SHUTTERS: readonly { shape: string; edges: string[]; open: (row: number, column: number) => boolean }[] = [
  {
    shape: 'rectangular',
    edges: ['1600)=RECTANGULAR', '1602)=100', '1604)=380', '1606)=121', '1608)=333'],
    open: (row, column) => column >= 100 && column <= 380 && row >= 121 && row <= 333,
  },
  {
    shape: 'circular',
    edges: ['1600)=CIRCULAR', '1610)=240\\221', '1612)=150'],
    open: (row, column) => Math.hypot(row - 240, column - 221) <= 150,
  },
  {
    shape: 'polygonal and rectangular',
    edges: [
      '1600)=POLYGONAL\\RECTANGULAR',
      '1620)=60\\240\\300\\420\\440\\200\\200\\70',
      '1602)=1',
      '1604)=300',
      '1606)=1',
      '1608)=484',
    ],
    // On the inner side of each edge.
    open: (row, column) =>
      column <= 300 &&
      (row - 60) * 180 - (column - 240) * 240 >= 0 &&
      (row - 300) * -220 - (column - 420) * 140 >= 0 &&
      (row - 440) * -130 - (column - 200) * -240 >= 0 &&
      (row - 200) * 170 - (column - 70) * -140 >= 0,
  },
];
export const PICTURES: readonly PictureFamily[] = [
  // Series: the image that it opens on, the first and the last.
  { family: 'CT series', file: 'series-ct-28' },
  { family: 'MR series', file: 'series-mr-196' },
  { family: 'PT series', file: 'series-pt-299' },
  // Modalities.
  { family: 'PT', file: `${MODALITIES}/dicom__1.dcm` },
  { family: 'CR, MONOCHROME1', file: `${MODALITIES}/pydicom-data__RG3_J2KR.dcm`, tool: 'gdcmconv' },
  { family: 'DX', file: `${MODALITIES}/raccoon-dicom__1000.dcm` },
  {
    family: 'DX, MONOCHROME1',
    file: 'seg/highdicom__dx_image.dcm',
    largest: [40, 'pixels 0.1 % wider than high: the outer columns are interpolated'],
  },
  { family: 'MG', file: `${MODALITIES}/dicom-test-files__MG1_J2KI`, tool: 'gdcmconv' },
  { family: 'XA', file: `${MODALITIES}/dicom-test-files__XA1_JPLL`, tool: 'dcmj2pnm' },
  { family: 'NM', file: `${MODALITIES}/pydicom-data__JPEG2000_UNC.dcm` },
  { family: 'MR with overlays', file: `${MODALITIES}/pydicom-data__MR-SIEMENS-DICOM-WithOverlays.dcm` },
  { family: 'modality LUT', file: `${MODALITIES}/pydicom-data__mlut_18.dcm` },
  {
    family: 'VOI LUT',
    file: `${MODALITIES}/pydicom-data__vlut_04.dcm`,
    changed: { by: withCurvedVoiLut, drawn: ['+Wl', '1'] },
  },
  {
    family: 'VOI LUT of a MONOCHROME1',
    file: `${MODALITIES}/pydicom-data__vlut_04.dcm`,
    changed: {
      by: (bytes) => modified(withCurvedVoiLut(bytes), '-m', '(0028,0004)=MONOCHROME1'),
      drawn: ['+Wl', '1'],
    },
  },
  {
    family: 'VOI LUT of 14 bits over 16,384 values',
    file: `${MODALITIES}/raccoon-dicom__1000.dcm`,
    changed: { by: (bytes) => modified(bytes, '-ea', '(0028,1050)', '-ea', '(0028,1051)'), drawn: ['+Wl', '1'] },
  },
  {
    family: 'sigmoid window',
    file: `${CT}_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm`,
    changed: {
      by: (bytes) => modified(bytes, '-i', '(0028,1056)=SIGMOID', '-i', '(0028,1050)=200', '-i', '(0028,1051)=700'),
      drawn: ['+Ww', '200', '700', '+Wfs'],
    },
  },
  {
    family: 'exact window, told by its function',
    file: `${CT}_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm`,
    changed: {
      by: (bytes) => modified(bytes, '-i', '(0028,1056)=LINEAR_EXACT', '-i', '(0028,1050)=60', '-i', '(0028,1051)=20'),
      // LINEAR with a half and a whole more is the same line (PS3.3 C.11.2.1.3.2).
      drawn: ['+Ww', '60.5', '21'],
    },
  },
  {
    family: 'overlay in bits of the pixel cells',
    file: 'us-multiframe/pydicom__examples_overlay.dcm',
    changed: { by: withOverlayInCells },
  },
  ...SHUTTERS.map(({ shape, edges, open }) => ({
    family: `${shape} shutter`,
    file: `${MODALITIES}/pydicom-data__MR-SIEMENS-DICOM-WithOverlays.dcm`,
    changed: {
      by: (bytes: Buffer) => modified(withoutOverlay(bytes), ...edges.flatMap((edge) => ['-i', `(0018,${edge}`])),
      open,
    },
  })),
  { family: 'US, colour', file: 'us-multiframe/pydicom__examples_rgb_color.dcm' },
  { family: 'US multi-frame, YBR', file: 'us-multiframe/pydicom__examples_ybr_color.dcm', tool: 'dcmj2pnm' },
  { family: 'US multi-frame, palette, RLE', file: 'us-multiframe/dicomweb-client__US-PAL-8-10x-echo.dcm' },
  { family: 'US, palette', file: 'us-multiframe/pydicom__examples_palette.dcm' },
  {
    family: 'US, palette of 16 bits in segments',
    file: 'transfer-syntax/pydicom-data__gdcm-US-ALOKA-16_big.dcm',
    tool: 'gdcmconv',
  },
  { family: 'enhanced CT', file: 'multiframe-enhanced/pydicom-data__eCT_Supplemental.dcm' },
  { family: 'enhanced MR', file: 'multiframe-enhanced/pydicom-data__emri_small.dcm' },
  { family: 'enhanced MR, a window for each frame', file: 'multiframe-enhanced/dcmjs__cine-test.dcm' },
  { family: 'RT dose of 32 bits', file: 'rt/pydicom__rtdose.dcm' },
  // Transfer syntaxes.
  { family: '1.2 implicit', file: `${CT}_LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2.dcm` },
  { family: '1.2.1 explicit', file: `${CT}_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm` },
  {
    family: '1.2.1.99 deflated',
    file: `${CT}_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm`,
  },
  { family: '1.2.2 big endian', file: `${CT}_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm` },
  { family: '1.2.2 big endian, bytes in words', file: 'transfer-syntax/pydicom__SC_rgb_small_odd_big_endian.dcm' },
  { family: '1.2.5 RLE', file: `${CT}_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm` },
  { family: '1.2.5 RLE, colour of 16 bits', file: 'transfer-syntax/pydicom__SC_rgb_rle_16bit.dcm' },
  { family: '1.2.5 RLE, colour of 32 bits', file: 'transfer-syntax/pydicom__SC_rgb_rle_32bit.dcm' },
  {
    family: '4.50 JPEG baseline',
    file: `${CT}_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm`,
    tool: 'dcmj2pnm',
  },
  { family: '4.50 JPEG baseline, YBR_FULL_422', file: `${PATTERN}_JPEG-Baseline_YBR422.dcm`, tool: 'dcmj2pnm' },
  { family: '4.50 JPEG baseline, RGB', file: 'transfer-syntax/pydicom__SC_rgb_dcmtk_+eb+cr.dcm', tool: 'dcmj2pnm' },
  {
    family: '4.51 JPEG of 12 bits',
    file: `${CT}_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm`,
    tool: 'dcmj2pnm',
    largest: LOSSY_12,
  },
  { family: '4.51 JPEG of 12 bits, no window', file: 'transfer-syntax/pydicom__JPGExtended.dcm', tool: 'dcmj2pnm' },
  {
    family: '4.53 JPEG spectral selection',
    file: `${CT}_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm`,
    tool: 'dcmj2pnm',
    largest: LOSSY_12,
  },
  {
    family: '4.55 JPEG progressive',
    file: `${CT}_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm`,
    tool: 'dcmj2pnm',
    largest: LOSSY_12,
  },
  {
    family: '4.57 JPEG lossless',
    file: `${CT}_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm`,
    tool: 'dcmj2pnm',
  },
  {
    family: '4.70 JPEG lossless',
    file: `${CT}_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm`,
    tool: 'dcmj2pnm',
  },
  {
    family: '4.70 by name, JPEG baseline in truth',
    file: `${MODALITIES}/dcmjs__sample-op.dcm`,
    tool: 'dcmj2pnm',
  },
  { family: '4.70 JPEG lossless, RGB', file: `${PATTERN}_JPEG-Lossless_RGB.dcm`, tool: 'dcmj2pnm' },
  { family: '4.80 JPEG-LS', file: `${CT}_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm`, tool: 'dcml2pnm' },
  { family: '4.80 JPEG-LS of 7 bits', file: 'transfer-syntax/pydicom-data__JLSL_08_07_0_1F.dcm', tool: 'gdcmconv' },
  {
    family: '4.80 JPEG-LS, signed, 15 bits',
    file: 'transfer-syntax/pydicom-data__JLSL_16_15_1_1F.dcm',
    tool: 'dcml2pnm',
  },
  {
    family: '4.81 JPEG-LS near lossless',
    file: `${CT_2}_JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81.dcm`,
    tool: 'dcml2pnm',
  },
  { family: '4.81 JPEG-LS near lossless, RGB', file: `${PATTERN}_JPEG-LS-NearLossless.dcm`, tool: 'dcml2pnm' },
  {
    family: '4.90 JPEG 2000',
    file: `${CT_2}_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm`,
    tool: 'gdcmconv',
  },
  { family: '4.90 JPEG 2000, YBR_RCT', file: 'transfer-syntax/pydicom__GDCMJ2K_TextGBR.dcm', tool: 'gdcmconv' },
  {
    family: '4.91 JPEG 2000, lossy',
    file: `${CT_2}_JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91.dcm`,
    tool: 'gdcmconv',
  },
  { family: '4.201 HTJ2K', file: 'transfer-syntax/pydicom-data__HTJ2KLossless_08_RGB.dcm', tool: 'gdcmconv' },
  {
    family: 'fragments, no offset table',
    file: 'encapsulation-fragments/dicomParser__CT1_UNC.fragmented_no_bot_jpeg_ls.80.dcm',
    tool: 'dcml2pnm',
  },
  {
    family: 'two frames, no offset table',
    file: 'encapsulation-fragments/dicomParser__CT0012.not_fragmented_no_bot_jpeg_ls.80.dcm',
    tool: 'dcml2pnm',
  },
];

/** Files that hold no picture that can be drawn: the cell says why. */
export const UNDRAWABLE: readonly { family: string; file: string; damage?: boolean; zh: string; en: string }[] = [
  {
    family: 'parametric map of floating-point numbers',
    file: 'seg/pydicom-data__parametric_map_float.dcm',
    zh: '像素是浮点数',
    en: 'floating-point numbers',
  },
  {
    family: 'damaged JPEG that the server decodes',
    file: 'transfer-syntax/pydicom__JPGExtended.dcm',
    damage: true,
    zh: '像素数据损坏',
    en: 'cannot be converted',
  },
  {
    family: 'damaged JPEG that the browser decodes',
    file: `${CT}_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm`,
    damage: true,
    zh: '解码失败',
    en: 'decoding failed',
  },
];

/** Documents: what their cell must hold. */
export const DOCUMENTS: readonly { family: string; file: string; kind: string; zh: string[] }[] = [
  { family: 'SEG', file: 'seg/pydicom-data__liver.dcm', kind: 'segmentation', zh: ['这是分割，共 3 帧', 'Liver'] },
  { family: 'RT plan', file: 'rt/pydicom__rtplan.dcm', kind: 'other', zh: ['这是放疗计划，不是图像'] },
  {
    family: 'SM annotations',
    file: 'sm-wsi/highdicom__sm_annotations.dcm',
    kind: 'other',
    zh: ['这是显微标注，不是图像'],
  },
];
/** Structured reports: every value that dsrdump shows must be there. */
export const REPORTS = ['sr/dcmjs__sample-sr.dcm', 'sr/highdicom__sr_document_with_multiple_groups.dcm'];
export const PDF = 'encapsulated-pdf/dcmjs-dimse__pdf.dcm';
