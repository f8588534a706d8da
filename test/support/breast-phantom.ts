import { buildFileMeta, EXPLICIT_VR_LITTLE_ENDIAN, writeDataset } from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';

const MAMMOGRAPHY_FOR_PRESENTATION = '1.2.840.10008.5.1.4.1.1.1.2';

export interface BreastView {
  readonly side: 'L' | 'R';
  readonly view: 'CC' | 'MLO';
  /** stored the other way round, as its Patient Orientation then says */
  readonly mirrored?: boolean;
  readonly upsideDown?: boolean;
  /** MONOCHROME1: its pixels are the darker the higher */
  readonly inverted?: boolean;
  /** millimetres of a pixel at the detector */
  readonly spacing?: number;
}

const one = (vr: string, ...Value: (string | number)[]) => ({ vr, Value });
const OPPOSITE: Readonly<Record<string, string>> = { A: 'P', P: 'A', L: 'R', R: 'L', F: 'H', H: 'F' };
/** Of the film in millimetres, and of the breast on it: half an ellipse on the edge where the chest wall is. */
const [WIDTH, HEIGHT, DEEP, HIGH] = [180, 240, 90, 80];

/** Mammography files, one series each: a bright half ellipse on black, with a bright square where the patient's upper outer side is. */
export function breastPhantom(
  label: string,
  patient: { id: string; name: string },
  views: readonly BreastView[],
): Buffer[] {
  const study = sampleUid('breast', label, 'study');
  return views.map(({ side, view, mirrored = false, upsideDown = false, inverted = false, spacing = 0.5 }, index) => {
    const [columns, rows] = [WIDTH / spacing, HEIGHT / spacing];
    const sopInstanceUid = sampleUid('breast', label, `${side} ${view}`);
    const pixels = Buffer.alloc(columns * rows * 2);
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1) {
        const x = ((mirrored ? columns - 1 - column : column) + 0.5) * spacing;
        const y = ((upsideDown ? rows - 1 - row : row) + 0.5) * spacing;
        const fromWall = side === 'R' ? WIDTH - x : x;
        const breast = (fromWall / DEEP) ** 2 + ((y - HEIGHT / 2) / HIGH) ** 2 <= 1;
        const value = breast ? (fromWall < 20 && y < HEIGHT / 2 - 40 ? 4000 : 2400) : 0;
        pixels.writeUInt16LE(inverted ? 4095 - value : value, (row * columns + column) * 2);
      }
    const standing = [side === 'R' ? 'P' : 'A', view === 'MLO' ? 'F' : side === 'R' ? 'L' : 'R'];
    const orientation = standing.map((letter, axis) =>
      (axis === 0 ? mirrored : upsideDown) ? OPPOSITE[letter]! : letter,
    );
    const dataset = writeDataset({
      '00080005': one('CS', 'ISO_IR 192'),
      '00080008': one('CS', 'ORIGINAL', 'PRIMARY'),
      '00080016': one('UI', MAMMOGRAPHY_FOR_PRESENTATION),
      '00080018': one('UI', sopInstanceUid),
      '00080020': one('DA', '20260105'),
      '00080030': one('TM', '093012'),
      '00080060': one('CS', 'MG'),
      '00080068': one('CS', 'FOR PRESENTATION'),
      '0008103E': one('LO', `${side} ${view}`),
      '00100010': one('PN', patient.name),
      '00100020': one('LO', patient.id),
      '00180015': one('CS', 'BREAST'),
      '00181164': one('DS', String(spacing), String(spacing)),
      '00185101': one('CS', view),
      '0020000D': one('UI', study),
      '0020000E': one('UI', sampleUid('breast', label, `series ${side} ${view}`)),
      '00200011': one('IS', index + 1),
      '00200013': one('IS', 1),
      '00200020': one('CS', ...orientation),
      '00200062': one('CS', side),
      '00280002': one('US', 1),
      '00280004': one('CS', inverted ? 'MONOCHROME1' : 'MONOCHROME2'),
      '00280010': one('US', rows),
      '00280011': one('US', columns),
      '00280100': one('US', 16),
      '00280101': one('US', 12),
      '00280102': one('US', 11),
      '00280103': one('US', 0),
      '00281050': one('DS', '2048'),
      '00281051': one('DS', '4096'),
      '7FE00010': { vr: 'OW', bytes: pixels },
    });
    const meta = buildFileMeta({
      sopClassUid: MAMMOGRAPHY_FOR_PRESENTATION,
      sopInstanceUid,
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    });
    return Buffer.concat([meta, dataset]);
  });
}
