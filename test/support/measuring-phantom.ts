import { buildFileMeta, EXPLICIT_VR_LITTLE_ENDIAN, writeDataset } from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

export interface PhantomOptions {
  /** all UIDs come from it */
  readonly label: string;
  readonly patient: { readonly id: string; readonly name: string };
  readonly study?: string;
  readonly series?: number;
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** millimetres between columns, between rows, and between slices along z */
  readonly spacing: readonly [number, number, number];
  /** degrees by which the gantry leans: the columns run so much towards the feet, the slices still follow along z */
  readonly tilt?: number;
  /** sagittal instead of axial: columns run to the back, rows to the feet, slices to the left */
  readonly sagittal?: boolean;
}

/** Hounsfield units of the voxel: another value at each, rising evenly, so that every mean is that of the middle. */
export const phantomValue = (column: number, row: number, slice: number): number =>
  column * 2 + row * 3 + slice * 50 - 400;

const one = (vr: string, ...Value: (string | number)[]) => ({ vr, Value });
const decimal = (value: number): string => value.toFixed(6).replace(/\.?0+$/, '') || '0';

/** CT files whose geometry and values are known exactly. */
export function measuringPhantom(options: PhantomOptions): Buffer[] {
  const { label, patient, columns, rows, slices, spacing, tilt = 0, sagittal = false, series = 1 } = options;
  const study = sampleUid('phantom', options.study ?? label, 'study');
  const seriesUid = sampleUid('phantom', label, 'series');
  const lean = (tilt * Math.PI) / 180;
  const direction = sagittal ? [0, 1, 0, 0, 0, -1] : [1, 0, 0, 0, Math.cos(lean), -Math.sin(lean)];
  return Array.from({ length: slices }, (_, slice) => {
    const sopInstanceUid = sampleUid('phantom', label, slice);
    const pixels = Buffer.alloc(columns * rows * 2);
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1)
        pixels.writeUInt16LE(phantomValue(column, row, slice) + 1024, (row * columns + column) * 2);
    const position = sagittal ? [slice * spacing[2], 0, 0] : [0, 0, slice * spacing[2]];
    const dataset = writeDataset({
      '00080005': one('CS', 'ISO_IR 192'),
      '00080008': one('CS', 'ORIGINAL', 'PRIMARY', 'AXIAL'),
      '00080016': one('UI', CT_IMAGE),
      '00080018': one('UI', sopInstanceUid),
      '00080020': one('DA', '20260105'),
      '00080030': one('TM', '093012'),
      '00080060': one('CS', 'CT'),
      '0008103E': one('LO', `${series} ${label}`),
      '00100010': one('PN', patient.name),
      '00100020': one('LO', patient.id),
      '00180050': one('DS', decimal(spacing[2])),
      '00181120': one('DS', decimal(tilt)),
      '0020000D': one('UI', study),
      '0020000E': one('UI', seriesUid),
      '00200011': one('IS', series),
      '00200013': one('IS', slice + 1),
      '00200032': one('DS', ...position.map(decimal)),
      '00200037': one('DS', ...direction.map(decimal)),
      '00200052': one('UI', sampleUid('phantom', options.study ?? label, 'frame of reference')),
      '00280002': one('US', 1),
      '00280004': one('CS', 'MONOCHROME2'),
      '00280010': one('US', rows),
      '00280011': one('US', columns),
      '00280030': one('DS', decimal(spacing[1]), decimal(spacing[0])),
      '00280100': one('US', 16),
      '00280101': one('US', 16),
      '00280102': one('US', 15),
      '00280103': one('US', 0),
      '00281050': one('DS', '100'),
      '00281051': one('DS', '1000'),
      '00281052': one('DS', '-1024'),
      '00281053': one('DS', '1'),
      '00281054': one('LO', 'HU'),
      '7FE00010': { vr: 'OW', bytes: pixels },
    });
    const meta = buildFileMeta({ sopClassUid: CT_IMAGE, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN });
    return Buffer.concat([meta, dataset]);
  });
}
