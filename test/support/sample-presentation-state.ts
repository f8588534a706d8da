import dicomParser from 'dicom-parser';
import { buildFileMeta, EXPLICIT_VR_LITTLE_ENDIAN, writeDataset, type WritableDataset } from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';

const KINDS = { grayscale: '1', color: '2', 'pseudo-color': '3' } as const;

export interface KeptState {
  name: string;
  /** Of one series. */
  images: readonly Uint8Array[];
  kind?: keyof typeof KINDS;
  /** What it says beside what every state says, and in its place. */
  says: WritableDataset;
}

export const sequence = (...items: WritableDataset[]) => ({ vr: 'SQ', Value: items }) as WritableDataset[string];
export const us = (...values: number[]) => ({ vr: 'US', Value: values });
export const cs = (value: string) => ({ vr: 'CS', Value: [value] });
export const fl = (...values: number[]) => ({ vr: 'FL', Value: values });

/** References to images, with their frames where only some are meant (PS3.3 table 10-3). */
export const referring = (images: readonly Uint8Array[], frames?: readonly number[]) =>
  sequence(
    ...images.map((bytes) => {
      const image = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
      return {
        '00081150': { vr: 'UI', Value: [image.string('x00080016')!] },
        '00081155': { vr: 'UI', Value: [image.string('x00080018')!] },
        ...(frames ? { '00081160': { vr: 'IS', Value: frames } } : {}),
      };
    }),
  );

/** A Softcopy Presentation State (PS3.3 A.33) of images, as a program of another house would write it. */
export function presentationStateFile({ name, images, kind = 'grayscale', says }: KeptState): Buffer {
  const first = dicomParser.parseDicom(images[0]!, { untilTag: 'x7fe00010' });
  const sopClassUid = `1.2.840.10008.5.1.4.1.1.11.${KINDS[kind]}`;
  const sopInstanceUid = sampleUid('presentation state', name);
  const same = (tag: string, vr: string) => ({ vr, Value: [first.string(`x${tag.toLowerCase()}`) ?? ''] });
  const dataset = writeDataset({
    '00080005': cs('ISO_IR 192'),
    '00080016': { vr: 'UI', Value: [sopClassUid] },
    '00080018': { vr: 'UI', Value: [sopInstanceUid] },
    '00080020': same('00080020', 'DA'),
    '00080030': same('00080030', 'TM'),
    '00080050': same('00080050', 'SH'),
    '00080060': cs('PR'),
    '00080070': { vr: 'LO', Value: ['Light Box House'] },
    '00080090': { vr: 'PN', Value: [] },
    '00081115': sequence({
      '00081140': referring(images),
      '0020000E': same('0020000E', 'UI'),
    }),
    '00100010': same('00100010', 'PN'),
    '00100020': same('00100020', 'LO'),
    '00100030': { vr: 'DA', Value: [] },
    '00100040': { vr: 'CS', Value: [] },
    '0020000D': same('0020000D', 'UI'),
    '0020000E': { vr: 'UI', Value: [sampleUid('presentation state series', name)] },
    '00200010': same('00200010', 'SH'),
    '00200011': { vr: 'IS', Value: [950] },
    '00200013': { vr: 'IS', Value: [1] },
    '0070005A': sequence({
      '00700052': { vr: 'SL', Value: [1, 1] },
      '00700053': { vr: 'SL', Value: [first.uint16('x00280011')!, first.uint16('x00280010')!] },
      '00700100': cs('SCALE TO FIT'),
      '00700102': { vr: 'IS', Value: [1, 1] },
    }),
    '00700080': cs('KEPT'),
    '00700081': { vr: 'LO', Value: [name] },
    '00700082': { vr: 'DA', Value: ['20261104'] },
    '00700083': { vr: 'TM', Value: ['093015'] },
    '00700084': { vr: 'PN', Value: ['Kan^Pian'] },
    ...(kind === 'grayscale' && !says['20500010'] ? { '20500020': cs('IDENTITY') } : {}),
    ...says,
  });
  return Buffer.concat([
    buildFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN }),
    dataset,
  ]);
}
