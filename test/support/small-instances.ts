import { randomBytes } from 'node:crypto';
import {
  buildFileMeta,
  EXPLICIT_VR_LITTLE_ENDIAN,
  instanceDigest,
  Part10Splitter,
  writeDataset,
  type WritableDataset,
} from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';

export const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
export const BASIC_TEXT_SR = '1.2.840.10008.5.1.4.1.1.88.11';
export const ENCAPSULATED_PDF = '1.2.840.10008.5.1.4.1.1.104.1';

export interface SmallInstance {
  sopClassUid: string;
  sopInstanceUid: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  /** Explicit VR Little Endian, without file meta, as C-STORE carries it */
  dataset: Buffer;
  /** Part 10 */
  bytes: Buffer;
}

export interface SmallInstanceOptions {
  /** all UIDs come from it */
  study: string;
  number?: number;
  patientId?: string;
  patientName?: string;
  accessionNumber?: string;
  bodyPart?: string;
  sopClassUid?: string;
  modality?: string;
  /** square image of this many rows; other pixels each time unless given */
  rows?: number;
  pixels?: Buffer;
  /** more or other elements */
  more?: WritableDataset;
}

/** An instance of the least that an archive needs, quick to make by the hundred; a document when its class is none of an image. */
export function smallInstance(options: SmallInstanceOptions): SmallInstance {
  const { study, number = 1, sopClassUid = CT_IMAGE, rows = 64, modality = 'CT' } = options;
  const isImage = sopClassUid === CT_IMAGE;
  const studyInstanceUid = sampleUid(study, 'study');
  const seriesInstanceUid = sampleUid(study, 'series', sopClassUid);
  const sopInstanceUid = sampleUid(study, sopClassUid, number);
  const text = (vr: string, value: string | undefined) => ({ vr, Value: value === undefined ? [] : [value] });
  const image: WritableDataset = {
    '00280002': { vr: 'US', Value: [1] },
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280010': { vr: 'US', Value: [rows] },
    '00280011': { vr: 'US', Value: [rows] },
    '00280100': { vr: 'US', Value: [16] },
    '00280101': { vr: 'US', Value: [16] },
    '00280102': { vr: 'US', Value: [15] },
    '00280103': { vr: 'US', Value: [0] },
    '7FE00010': { vr: 'OW', bytes: options.pixels ?? randomBytes(rows * rows * 2) },
  };
  const dataset = writeDataset({
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080016': { vr: 'UI', Value: [sopClassUid] },
    '00080018': { vr: 'UI', Value: [sopInstanceUid] },
    '00080020': { vr: 'DA', Value: ['20260105'] },
    '00080030': { vr: 'TM', Value: ['093000'] },
    '00080050': text('SH', options.accessionNumber),
    '00080060': { vr: 'CS', Value: [isImage ? modality : 'SR'] },
    '00081030': { vr: 'LO', Value: ['胸部CT平扫'] },
    '00100010': text('PN', options.patientName ?? 'Test^Small'),
    '00100020': text('LO', options.patientId ?? study),
    '00180015': { vr: 'CS', Value: [options.bodyPart ?? 'CHEST'] },
    '0020000D': { vr: 'UI', Value: [studyInstanceUid] },
    '0020000E': { vr: 'UI', Value: [seriesInstanceUid] },
    '00200011': { vr: 'IS', Value: [isImage ? 1 : 9] },
    '00200013': { vr: 'IS', Value: [number] },
    ...(isImage ? image : {}),
    ...options.more,
  });
  const meta = buildFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN });
  const bytes = Buffer.concat([meta, dataset]);
  return { sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid, dataset, bytes };
}

/** The digest that the door keeps of a Part 10 file: over its data set and its transfer syntax. */
export function digestOfFile(bytes: Buffer): string {
  const splitter = new Part10Splitter();
  const dataset = [splitter.push(bytes), splitter.end()];
  const digest = instanceDigest(splitter.meta!.transferSyntaxUid);
  for (const part of dataset) digest.update(part);
  return digest.digest('hex');
}
