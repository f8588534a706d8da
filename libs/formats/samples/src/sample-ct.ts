import {
  code,
  commonModules,
  part10,
  random,
  type SampleFile,
  type SampleOptions,
  sampleStudy,
} from './sample-study.js';

const SIZE = 512;
/** Millimetres. */
const PIXEL = 0.7;
const SLICE = 5;
const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const INTERCEPT = -1024;

/** Hounsfield units of the phantom's tissues. */
const AIR = -1000;
const FAT = -90;
const MUSCLE = 45;
const LUNG = -850;
const BLOOD = 40;
const BONE = 650;
const MARROW = 220;
const NODULE = 30;

const inEllipse = (x: number, y: number, rx: number, ry: number): boolean =>
  x * x * (ry * ry) + y * y * (rx * rx) <= rx * rx * ry * ry;

/** Half width of an ellipse at height y; negative where y misses it. Rows are filled by spans, which is quick. */
const halfWidth = (y: number, rx: number, ry: number): number => {
  const rest = 1 - (y * y) / (ry * ry);
  return rest <= 0 ? -1 : rx * Math.sqrt(rest);
};

/** Sets `hu` for all x (mm, towards the patient's left) from `centre - half` to `centre + half`. */
function span(row: Float32Array, centre: number, half: number, hu: number): void {
  if (half < 0) return;
  const middle = centre / PIXEL + (SIZE - 1) / 2;
  row.fill(hu, Math.max(0, Math.ceil(middle - half / PIXEL)), Math.min(SIZE, Math.floor(middle + half / PIXEL) + 1));
}

const xOf = (column: number): number => (column - (SIZE - 1) / 2) * PIXEL;
const BRANCH_BY_COLUMN = Array.from({ length: SIZE }, (_, column) => xOf(column) * 0.31);

/** Hounsfield units of the row at y (towards the back, mm); `t` is 0 at the apex and 1 at the base. */
function tissueRow(row: Float32Array, y: number, t: number, z: number): void {
  const bodyX = 158 * (1 + 0.06 * Math.cos(t * Math.PI));
  const bodyY = 108;
  row.fill(AIR);
  if (y > bodyY + 8 && y < bodyY + 13) span(row, 0, 170, -300);
  const body = halfWidth(y, bodyX, bodyY);
  if (body < 0) return;
  span(row, 0, body, FAT);
  span(row, 0, halfWidth(y, bodyX - 14, bodyY - 12), MUSCLE);
  const ribs = halfWidth(y, bodyX - 18, bodyY - 16);
  for (let column = 0; column < SIZE; column += 1) {
    const x = xOf(column);
    if (Math.abs(x) > ribs || inEllipse(x, y, bodyX - 27, bodyY - 25)) continue;
    // Ribs run obliquely, so a slice cuts each of them as a short arc that moves with the level.
    if (Math.sin(Math.atan2(y, Math.abs(x)) * 9 + t * 34) > 0.45) row[column] = BONE;
  }
  lungs(row, y, t);
  const heart = Math.sqrt(Math.max(0, 1 - ((t - 0.68) / 0.32) ** 2));
  if (heart > 0) span(row, 22, halfWidth(y + 22, 58 * heart, 48 * heart), BLOOD + 8);
  const aorta = 12 + 3 * Math.sin(t * 7);
  span(row, 26, halfWidth(y - 42, aorta, aorta), BLOOD);
  if (t < 0.55) span(row, 0, halfWidth(y - 4, 9, 9), AIR);
  span(row, 0, halfWidth(y - 66, 22, 18), BONE);
  span(row, 0, halfWidth(y - 66, 18, 14), MARROW);
  span(row, 0, halfWidth(y - 92, 7, 11), BONE);
  span(row, 0, halfWidth(y - 88, 5, 5), MUSCLE);
  span(row, 0, halfWidth(y + 92, 14, 6), MARROW + 100);
  const nodule = Math.sqrt(Math.max(0, 49 - z * z));
  if (nodule > 0) span(row, -82, halfWidth(y + 18, nodule, nodule), NODULE);
}

function lungs(row: Float32Array, y: number, t: number): void {
  const profile = Math.sqrt(Math.max(0.02, Math.sin(Math.PI * Math.min(0.97, 0.1 + t * 0.78))));
  const half = halfWidth(y + 4, 54 * profile, 80 * profile);
  if (half < 0) return;
  span(row, -72, half, LUNG);
  span(row, 72, half, LUNG);
  const across = Math.sin(y * 0.27 - t * 11);
  if (Math.abs(across) < 0.93) return;
  for (let column = 0; column < SIZE; column += 1) {
    if (row[column] === LUNG && Math.sin(BRANCH_BY_COLUMN[column]! + t * 9) * across > 0.93) row[column] = -150;
  }
}

const NOISE_LENGTH = 1 << 16;

/** Quantum noise of ±18 HU to walk through; every row begins elsewhere in it. */
function noiseTable(next: () => number): Float32Array {
  return Float32Array.from({ length: NOISE_LENGTH }, () => (next() - 0.5) * 36);
}

/** Stored values of a slice: Hounsfield units and noise less the intercept. */
function slicePixels(t: number, z: number, noise: Float32Array, next: () => number): Uint16Array {
  const pixels = new Uint16Array(SIZE * SIZE);
  const line = new Float32Array(SIZE);
  for (let row = 0; row < SIZE; row += 1) {
    tissueRow(line, xOf(row), t, z);
    const from = Math.floor(next() * (NOISE_LENGTH - SIZE));
    for (let column = 0; column < SIZE; column += 1) {
      const value = line[column]! + noise[from + column]! - INTERCEPT;
      pixels[row * SIZE + column] = value < 0 ? 0 : value;
    }
  }
  return pixels;
}

/** Options of {@link sampleCt}. */
export interface SampleCtOptions extends SampleOptions {
  /** Number of slices, 40 unless told. */
  readonly slices?: number;
}

/**
 * A chest CT of a phantom: body, lungs, heart, aorta, trachea, spine, ribs, table and one nodule of 14 mm in the right
 * lung. 512 × 512, 0.7 mm, 5 mm slices from apex to base, Rescale Intercept -1024, ISO_IR 192; every slice differs.
 */
export function sampleCt(options: SampleCtOptions = {}): SampleFile[] {
  const slices = options.slices ?? 40;
  const study = sampleStudy('ct', options);
  const seriesInstanceUid = study.uid('series', 1);
  const frameOfReferenceUid = study.uid('frame-of-reference');
  const next = random(`${study.seed}/ct`);
  const noise = noiseTable(next);
  const first = xOf(0);
  const noduleSlice = Math.floor(slices * 0.4);
  return Array.from({ length: slices }, (_, index) => {
    const t = slices === 1 ? 0.5 : index / (slices - 1);
    const pixels = slicePixels(t, (index - noduleSlice) * SLICE, noise, next);
    const z = (((slices - 1) / 2 - index) * SLICE).toFixed(1);
    const object = {
      sopClassUid: CT_IMAGE_STORAGE,
      sopInstanceUid: study.uid('instance', index + 1),
      seriesInstanceUid,
      modality: 'CT',
      studyDescription: '胸部CT平扫',
      seriesDescription: '胸部 5mm 纵隔窗',
      instanceNumber: index + 1,
      manufacturerModelName: 'Phantom CT',
    };
    const bytes = part10(object, {
      ...commonModules(study, object),
      '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY', 'AXIAL'] },
      '00080022': { vr: 'DA', Value: [study.studyDate] },
      '00080032': { vr: 'TM', Value: [study.studyTime] },
      '00082218': { vr: 'SQ', Value: [code('51185008', 'SCT', 'Chest')] },
      '00180015': { vr: 'CS', Value: ['CHEST'] },
      '00180050': { vr: 'DS', Value: [SLICE] },
      '00180060': { vr: 'DS', Value: [120] },
      '00181151': { vr: 'IS', Value: [180] },
      '00181210': { vr: 'SH', Value: ['STANDARD'] },
      '00185100': { vr: 'CS', Value: ['HFS'] },
      '00200012': { vr: 'IS', Value: [1] },
      '00200032': { vr: 'DS', Value: [first.toFixed(2), first.toFixed(2), z] },
      '00200037': { vr: 'DS', Value: [1, 0, 0, 0, 1, 0] },
      '00200052': { vr: 'UI', Value: [frameOfReferenceUid] },
      '00201040': { vr: 'LO' },
      '00201041': { vr: 'DS', Value: [z] },
      '00280002': { vr: 'US', Value: [1] },
      '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
      '00280010': { vr: 'US', Value: [SIZE] },
      '00280011': { vr: 'US', Value: [SIZE] },
      '00280030': { vr: 'DS', Value: [PIXEL, PIXEL] },
      '00280100': { vr: 'US', Value: [16] },
      '00280101': { vr: 'US', Value: [12] },
      '00280102': { vr: 'US', Value: [11] },
      '00280103': { vr: 'US', Value: [0] },
      '00281050': { vr: 'DS', Value: [40, -600] },
      '00281051': { vr: 'DS', Value: [400, 1500] },
      '00281052': { vr: 'DS', Value: [INTERCEPT] },
      '00281053': { vr: 'DS', Value: [1] },
      '00281054': { vr: 'LO', Value: ['HU'] },
      '00281055': { vr: 'LO', Value: ['纵隔窗', '肺窗'] },
      '7FE00010': { vr: 'OW', bytes: new Uint8Array(pixels.buffer) },
    });
    return { filename: `CT/${String(index + 1).padStart(4, '0')}.dcm`, bytes };
  });
}
