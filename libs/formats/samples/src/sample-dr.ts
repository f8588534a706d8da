import {
  code,
  commonModules,
  part10,
  random,
  type SampleFile,
  type SampleOptions,
  sampleStudy,
} from './sample-study.js';

const SIZE = 1024;
const PIXEL = 0.4;
const DX_FOR_PRESENTATION = '1.2.840.10008.5.1.4.1.1.1.1';

/** Length of the ray through an ellipsoid at (x, y) of its projection, as a share of its depth. */
function thickness(x: number, y: number, rx: number, ry: number): number {
  const rest = 1 - (x * x) / (rx * rx) - (y * y) / (ry * ry);
  return rest <= 0 ? 0 : Math.sqrt(rest);
}

/** Attenuation of a frontal chest at x (patient's left positive), y (down), both in millimetres from the centre. */
function attenuation(x: number, y: number): number {
  const torso = thickness(x, y - 40, 172, 330);
  if (torso === 0) return 0;
  let sum = 1.5 * torso;
  const side = Math.abs(x);
  const lung = thickness(side - 66, y + 18, 54, 118);
  sum -= 0.95 * lung;
  sum += 0.85 * thickness(x - 26, y - 58, 66, 58);
  sum += 0.5 * thickness(x, y, 21, 240);
  sum += 0.28 * thickness(x - 14, y + 42, 24, 36);
  sum -= 0.2 * thickness(x, y + 130, 9, 70);
  if (y > 92) sum += 0.55 * Math.min(1, (y - 92) / 26);
  const rib = Math.sin((y + side * 0.42) * 0.19);
  if (rib > 0.55 && side > 22 && side < 138) sum += 0.16 * (rib - 0.55) * torso;
  const clavicle = y + 118 + side * 0.16;
  if (clavicle > -6 && clavicle < 6 && side > 14 && side < 120) sum += 0.2;
  return sum;
}

/** A frontal chest radiograph of a phantom: DX for presentation, 1024 × 1024, 12 of 16 bits, MONOCHROME2. */
export function sampleDr(options: SampleOptions = {}): SampleFile[] {
  const study = sampleStudy('dr', options);
  const noise = random(`${study.seed}/dr`);
  const pixels = new Uint16Array(SIZE * SIZE);
  const centre = (SIZE - 1) / 2;
  for (let row = 0; row < SIZE; row += 1) {
    for (let column = 0; column < SIZE; column += 1) {
      const density = attenuation((column - centre) * PIXEL, (row - centre) * PIXEL);
      const value = 150 + density * 1450 + (noise() - 0.5) * 40;
      pixels[row * SIZE + column] = value < 0 ? 0 : value > 4095 ? 4095 : value;
    }
  }
  const object = {
    sopClassUid: DX_FOR_PRESENTATION,
    sopInstanceUid: study.uid('instance', 1),
    seriesInstanceUid: study.uid('series', 1),
    modality: 'DX',
    studyDescription: '胸部正位片',
    seriesDescription: '胸部后前位',
    instanceNumber: 1,
    manufacturerModelName: 'Phantom DR',
  };
  const bytes = part10(object, {
    ...commonModules(study, object),
    '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY'] },
    '00080022': { vr: 'DA', Value: [study.studyDate] },
    '00080032': { vr: 'TM', Value: [study.studyTime] },
    '00080068': { vr: 'CS', Value: ['FOR PRESENTATION'] },
    '00082218': { vr: 'SQ', Value: [code('51185008', 'SCT', 'Chest')] },
    '00180015': { vr: 'CS', Value: ['CHEST'] },
    '00180060': { vr: 'DS', Value: [120] },
    '00181164': { vr: 'DS', Value: [PIXEL, PIXEL] },
    '00181508': { vr: 'CS' },
    '00185101': { vr: 'CS', Value: ['PA'] },
    '00187004': { vr: 'CS', Value: ['SCINTILLATOR'] },
    '00200020': { vr: 'CS', Value: ['L', 'F'] },
    '00200062': { vr: 'CS', Value: ['U'] },
    '00280002': { vr: 'US', Value: [1] },
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280010': { vr: 'US', Value: [SIZE] },
    '00280011': { vr: 'US', Value: [SIZE] },
    '00280030': { vr: 'DS', Value: [PIXEL, PIXEL] },
    '00280100': { vr: 'US', Value: [16] },
    '00280101': { vr: 'US', Value: [12] },
    '00280102': { vr: 'US', Value: [11] },
    '00280103': { vr: 'US', Value: [0] },
    '00280301': { vr: 'CS', Value: ['NO'] },
    '00281040': { vr: 'CS', Value: ['LOG'] },
    '00281041': { vr: 'SS', Value: [1] },
    '00281050': { vr: 'DS', Value: [1900] },
    '00281051': { vr: 'DS', Value: [3400] },
    '00281052': { vr: 'DS', Value: [0] },
    '00281053': { vr: 'DS', Value: [1] },
    '00281054': { vr: 'LO', Value: ['US'] },
    '00282110': { vr: 'CS', Value: ['00'] },
    '00400555': { vr: 'SQ' },
    '00540220': {
      vr: 'SQ',
      Value: [{ ...code('399348003', 'SCT', 'postero-anterior'), '00540222': { vr: 'SQ' } }],
    },
    '20500020': { vr: 'CS', Value: ['IDENTITY'] },
    '7FE00010': { vr: 'OW', bytes: new Uint8Array(pixels.buffer) },
  });
  return [{ filename: 'DR/0001.dcm', bytes }];
}
