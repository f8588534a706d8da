import { randomBytes } from 'node:crypto';
import { buildFileMeta, EXPLICIT_VR_LITTLE_ENDIAN, writeDataset, type WritableDataset } from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const SIDE = 512;

/** A CT image of 526 kB as a scanner writes it: some hundred elements, and 512 × 512 pixels of 16 bits. */
export interface CtInstance {
  readonly patientId: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** Part 10 in two pieces: the head, and one frame of pixels, to be repeated for each frame */
  readonly file: readonly [Buffer, Buffer];
}

export interface CtSeriesOptions {
  /** all UIDs come from it: another label, other instances */
  readonly label: string;
  readonly patientId: string;
  readonly count: number;
  /** more than one makes an instance of many frames */
  readonly frames?: number;
}

/** One frame of noise of 12 bits, the same for all. */
const FRAME = randomBytes(SIDE * SIDE * 2);
for (let at = 1; at < FRAME.length; at += 2) FRAME[at]! &= 0x0f;

export function ctSeries({ label, patientId, count, frames = 1 }: CtSeriesOptions): CtInstance[] {
  const studyInstanceUid = sampleUid('bench', label, 'study');
  const seriesInstanceUid = sampleUid('bench', label, 'series');
  return Array.from({ length: count }, (_, index) => {
    const sopInstanceUid = sampleUid('bench', label, index);
    const head = writeDataset({
      ...SCANNER,
      '00080018': { vr: 'UI', Value: [sopInstanceUid] },
      '00080050': { vr: 'SH', Value: [`A${studyInstanceUid.slice(-12)}`] },
      '00100010': { vr: 'PN', Value: ['Wang^JianGuo=王^建国'] },
      '00100020': { vr: 'LO', Value: [patientId] },
      '0020000D': { vr: 'UI', Value: [studyInstanceUid] },
      '0020000E': { vr: 'UI', Value: [seriesInstanceUid] },
      '00200013': { vr: 'IS', Value: [index + 1] },
      '00200032': { vr: 'DS', Value: ['-166.5', '-171.699', String(-200 + index)] },
      '00201041': { vr: 'DS', Value: [String(-200 + index)] },
      ...(frames > 1 ? { '00280008': { vr: 'IS', Value: [frames] } } : {}),
    });
    const pixelHeader = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]);
    pixelHeader.writeUInt32LE(FRAME.length * frames, 8);
    const meta = buildFileMeta({
      sopClassUid: CT_IMAGE,
      sopInstanceUid,
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    });
    return {
      patientId,
      studyInstanceUid,
      seriesInstanceUid,
      sopInstanceUid,
      file: [Buffer.concat([meta, head, pixelHeader]), FRAME],
    };
  });
}

const one = (vr: string, ...Value: (string | number | WritableDataset)[]) => ({ vr, Value });
const code = (value: string, scheme: string, meaning: string): WritableDataset => ({
  '00080100': one('SH', value),
  '00080102': one('SH', scheme),
  '00080104': one('LO', meaning),
});

const SCANNER: WritableDataset = {
  '00080005': one('CS', 'ISO_IR 192'),
  '00080008': one('CS', 'ORIGINAL', 'PRIMARY', 'AXIAL'),
  '00080012': one('DA', '20260105'),
  '00080013': one('TM', '093012.123000'),
  '00080016': one('UI', CT_IMAGE),
  '00080020': one('DA', '20260105'),
  '00080021': one('DA', '20260105'),
  '00080022': one('DA', '20260105'),
  '00080023': one('DA', '20260105'),
  '00080030': one('TM', '093000'),
  '00080031': one('TM', '093011.5'),
  '00080032': one('TM', '093012.1'),
  '00080033': one('TM', '093012.2'),
  '00080060': one('CS', 'CT'),
  '00080070': one('LO', 'Scanner Works'),
  '00080080': one('LO', '赵庄镇卫生院'),
  '00080081': one('ST', '桥县赵庄镇'),
  '00080090': one('PN', 'Li^Min=李^敏'),
  '00081010': one('SH', 'CT01'),
  '00081030': one('LO', '胸部CT平扫'),
  '00081032': one('SQ', code('CT-CHEST', 'L', '胸部CT平扫')),
  '0008103E': one('LO', '肺窗 1.0 B60f'),
  '00081040': one('LO', '影像科'),
  '00081070': one('PN', 'Zhao^Lei=赵^磊'),
  '00081090': one('LO', 'Model 64'),
  '00081111': one('SQ', {
    '00081150': one('UI', '1.2.840.10008.3.1.2.3.3'),
    '00081155': one('UI', sampleUid('bench', 'mpps')),
  }),
  '00081140': one('SQ', {
    '00081150': one('UI', CT_IMAGE),
    '00081155': one('UI', sampleUid('bench', 'localizer')),
  }),
  '00100030': one('DA', '19590512'),
  '00100040': one('CS', 'M'),
  '00101010': one('AS', '066Y'),
  '00101030': one('DS', '68'),
  '00180010': one('LO', 'NONE'),
  '00180015': one('CS', 'CHEST'),
  '00180022': one('CS', 'HELIX'),
  '00180050': one('DS', '1'),
  '00180060': one('DS', '120'),
  '00180090': one('DS', '500'),
  '00181000': one('LO', '65023'),
  '00181020': one('LO', 'syn 2.1'),
  '00181030': one('LO', '胸部平扫'),
  '00181100': one('DS', '350'),
  '00181110': one('DS', '1085.6'),
  '00181111': one('DS', '595'),
  '00181120': one('DS', '0'),
  '00181130': one('DS', '152.5'),
  '00181140': one('CS', 'CW'),
  '00181150': one('IS', 500),
  '00181151': one('IS', 220),
  '00181152': one('IS', 110),
  '00181160': one('SH', 'WEDGE_3'),
  '00181170': one('IS', 48),
  '00181190': one('DS', '1.2'),
  '00181210': one('SH', 'B60f'),
  '00185100': one('CS', 'HFS'),
  '00189306': one('FD', 0.6),
  '00189307': one('FD', 38.4),
  '00189309': one('FD', 46),
  '00189310': one('FD', 23),
  '00189311': one('FD', 1.2),
  '00189323': one('CS', 'XYZ_EC'),
  '00189345': one('FD', 7.4),
  '00190010': one('LO', 'SCANNER WORKS CT'),
  '00191001': one('LO', 'TABLE 17'),
  '00191002': one('DS', '0.43'),
  '00191003': one('LT', 'phase=1;dose=a;recon=b60;kernel=sharp;filter=3;angle=0.0'),
  '00200010': one('SH', '17551'),
  '00200011': one('IS', 3),
  '00200012': one('IS', 1),
  '00200037': one('DS', '1', '0', '0', '0', '1', '0'),
  '00200052': one('UI', sampleUid('bench', 'frame of reference')),
  '00201040': one('LO', 'SN'),
  '00204000': one('LT', '平扫'),
  '00280002': one('US', 1),
  '00280004': one('CS', 'MONOCHROME2'),
  '00280010': one('US', SIDE),
  '00280011': one('US', SIDE),
  '00280030': one('DS', '0.68359375', '0.68359375'),
  '00280100': one('US', 16),
  '00280101': one('US', 12),
  '00280102': one('US', 11),
  '00280103': one('US', 0),
  '00280106': one('US', 0),
  '00280107': one('US', 4095),
  '00281050': one('DS', '-600', '40'),
  '00281051': one('DS', '1200', '400'),
  '00281052': one('DS', '-1024'),
  '00281053': one('DS', '1'),
  '00281055': one('LO', 'LUNG', 'MEDIASTINUM'),
  '00321060': one('LO', '胸部CT平扫'),
  '00400002': one('DA', '20260105'),
  '00400003': one('TM', '0930'),
  '00400244': one('DA', '20260105'),
  '00400245': one('TM', '093000'),
  '00400253': one('SH', 'MPPS-1'),
  '00400254': one('LO', '胸部CT平扫'),
  '00400275': one('SQ', {
    '00400007': one('LO', '胸部CT平扫'),
    '00400008': one('SQ', code('CT-CHEST', 'L', '胸部CT平扫')),
    '00401001': one('SH', 'R1'),
  }),
};
