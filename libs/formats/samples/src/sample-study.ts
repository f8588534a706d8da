import { createHash } from 'node:crypto';
import { buildFileMeta, EXPLICIT_VR_LITTLE_ENDIAN, type WritableDataset, writeDataset } from '#libs/formats/dicom';

/** Who and where a sample is about. Everything has a default; the same options give the same bytes. */
export interface SampleOptions {
  readonly patientId?: string;
  /** DICOM PN: `alphabetic=ideographic`, components by `^`. */
  readonly patientName?: string;
  readonly sex?: 'M' | 'F' | 'O';
  /** YYYYMMDD */
  readonly birthDate?: string;
  /** Derived from the seed and the kind of sample when absent. */
  readonly studyInstanceUid?: string;
  readonly accessionNumber?: string;
  readonly institution?: string;
  /** YYYYMMDD */
  readonly studyDate?: string;
  /** HHMMSS */
  readonly studyTime?: string;
  /** All UIDs and the noise come from it. */
  readonly seed?: string;
}

/** One file ready to be sent or saved; Part 10 for DICOM. */
export interface SampleFile {
  readonly filename: string;
  readonly bytes: Buffer;
}

/** The options with nothing left out. */
export interface SampleStudy extends Required<SampleOptions> {
  /** `sampleUid` of this study's seed and kind. */
  uid(...parts: (string | number)[]): string;
}

/** A UID under 2.25 from the first 128 bits of a SHA-256 (PS3.5 annex B.2). */
export function sampleUid(...parts: (string | number)[]): string {
  const digest = createHash('sha256').update(parts.join('/'), 'utf8').digest('hex').slice(0, 32);
  return `2.25.${BigInt(`0x${digest}`).toString()}`;
}

export function sampleStudy(kind: string, options: SampleOptions): SampleStudy {
  const seed = options.seed ?? 'qiao';
  const uid = (...parts: (string | number)[]): string => sampleUid(seed, kind, ...parts);
  return {
    patientId: options.patientId ?? 'QH000123',
    patientName: options.patientName ?? 'Li^Xiaoqiao=李^小桥',
    sex: options.sex ?? 'F',
    birthDate: options.birthDate ?? '19680412',
    studyInstanceUid: options.studyInstanceUid ?? uid('study'),
    accessionNumber: options.accessionNumber ?? `A${BigInt(uid('accession').slice(5)) % 100_000_000n}`,
    institution: options.institution ?? '青禾镇卫生院',
    studyDate: options.studyDate ?? '20260105',
    studyTime: options.studyTime ?? '093000',
    seed,
    uid,
  };
}

/** Full years between birth and study as an AS value. */
function ageOf({ birthDate, studyDate }: SampleStudy): string {
  const years = Math.floor((Number(studyDate) - Number(birthDate)) / 10_000);
  return `${String(Math.min(999, Math.max(0, years))).padStart(3, '0')}Y`;
}

export interface SampleObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly modality: string;
  readonly studyDescription: string;
  readonly seriesDescription: string;
  readonly instanceNumber: number;
  readonly manufacturerModelName: string;
}

/** Patient, study, series, equipment and SOP common modules (PS3.3 sections C.7.1 to C.7.5 and C.12.1). */
export function commonModules(study: SampleStudy, object: SampleObject): WritableDataset {
  const text = (vr: string, value: string) => ({ vr, Value: value === '' ? [] : [value] });
  return {
    '00080005': text('CS', 'ISO_IR 192'),
    '00080016': text('UI', object.sopClassUid),
    '00080018': text('UI', object.sopInstanceUid),
    '00080020': text('DA', study.studyDate),
    '00080021': text('DA', study.studyDate),
    '00080023': text('DA', study.studyDate),
    '00080030': text('TM', study.studyTime),
    '00080031': text('TM', study.studyTime),
    '00080033': text('TM', study.studyTime),
    '00080050': text('SH', study.accessionNumber),
    '00080060': text('CS', object.modality),
    '00080070': text('LO', 'Qiao'),
    '00080080': text('LO', study.institution),
    '00080090': { vr: 'PN' },
    '00081030': text('LO', object.studyDescription),
    '0008103E': text('LO', object.seriesDescription),
    '00081090': text('LO', object.manufacturerModelName),
    '00100010': text('PN', study.patientName),
    '00100020': text('LO', study.patientId),
    '00100030': text('DA', study.birthDate),
    '00100040': text('CS', study.sex),
    '00101010': text('AS', ageOf(study)),
    '00181000': text('LO', 'QIAO-0001'),
    '00181020': text('LO', '1'),
    '0020000D': text('UI', study.studyInstanceUid),
    '0020000E': text('UI', object.seriesInstanceUid),
    '00200010': text('SH', '1'),
    '00200011': { vr: 'IS', Value: [1] },
    '00200013': { vr: 'IS', Value: [object.instanceNumber] },
  };
}

/** A Part 10 file, Explicit VR Little Endian. */
export function part10(object: SampleObject, dataset: WritableDataset): Buffer {
  const { sopClassUid, sopInstanceUid } = object;
  const meta = buildFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN });
  return Buffer.concat([meta, writeDataset(dataset)]);
}

/** A code item: value, scheme, meaning. */
export function code(value: string, scheme: string, meaning: string): WritableDataset {
  return {
    '00080100': { vr: 'SH', Value: [value] },
    '00080102': { vr: 'SH', Value: [scheme] },
    '00080104': { vr: 'LO', Value: [meaning] },
  };
}

/** Numbers in [0, 1) that the seed decides (xorshift32). */
export function random(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
