import dicomParser, { type DataSet } from 'dicom-parser';
import { buildFileMeta, EXPLICIT_VR_LITTLE_ENDIAN, writeDataset, type WritableDataset } from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';

const SEGMENTATION = '1.2.840.10008.5.1.4.1.1.66.4';
const LABEL_MAP = '1.2.840.10008.5.1.4.1.1.66.7';

export interface DrawnSegment {
  label: string;
  algorithm: 'MANUAL' | 'AUTOMATIC';
  /** RecommendedDisplayCIELabValue */
  lab: readonly [number, number, number];
}

export interface DrawnFrame {
  /** of `images` */
  image: number;
  /** of `segments`, from 0; of a label map none */
  segment: number;
  /** 0 to `whole`, by pixel; of a label map the number of its segment */
  mask: Uint8Array;
  /** Millimetres by which it lies beside the image. */
  beside?: number;
  /** Its image is named, or is to be found by its place. */
  named: boolean;
}

export interface DrawnSegmentation {
  name: string;
  images: readonly Buffer[];
  segments: readonly DrawnSegment[];
  frames: readonly DrawnFrame[];
  /** LABELMAP of 16 bits. */
  labels?: boolean;
  /** FRACTIONAL with this as its greatest value; BINARY where there is none. */
  whole?: number;
}

const numbersOf = (dataset: DataSet, tag: string): number[] => dataset.string(tag)!.split('\\').map(Number);
const code = (value: string, meaning: string) => ({
  vr: 'SQ',
  Value: [
    {
      '00080100': { vr: 'SH', Value: [value] },
      '00080102': { vr: 'SH', Value: ['SCT'] },
      '00080104': { vr: 'LO', Value: [meaning] },
    },
  ],
});
const sequence = (...items: WritableDataset[]) => ({ vr: 'SQ', Value: items }) as WritableDataset[string];

/** A Segmentation (PS3.3 A.51) of images of one series, as a program of another house would write it. */
export function segmentationFile({ name, images, segments, frames, whole, labels = false }: DrawnSegmentation): Buffer {
  const datasets = images.map((bytes) => dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' }));
  const first = datasets[0]!;
  const [rows, columns] = [first.uint16('x00280010')!, first.uint16('x00280011')!];
  const bits = labels ? 16 : whole ? 8 : 1;
  const masks = frames.map(({ mask }) => mask);
  const pixels = labels
    ? Buffer.concat(masks.map((mask) => new Uint8Array(Uint16Array.from(mask).buffer)))
    : whole
      ? Buffer.concat(masks)
      : packed(masks);
  const sopClassUid = labels ? LABEL_MAP : SEGMENTATION;
  const sopInstanceUid = sampleUid('segmentation', name);
  const us = (value: number) => ({ vr: 'US', Value: [value] });
  const same = (tag: string, vr: string) => ({ vr, Value: [first.string(`x${tag.toLowerCase()}`) ?? ''] });
  const dataset = writeDataset({
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080008': { vr: 'CS', Value: ['DERIVED', 'PRIMARY'] },
    '00080016': { vr: 'UI', Value: [sopClassUid] },
    '00080018': { vr: 'UI', Value: [sopInstanceUid] },
    '00080020': same('00080020', 'DA'),
    '00080060': { vr: 'CS', Value: ['SEG'] },
    '00080070': { vr: 'LO', Value: ['Contour House'] },
    '00081090': { vr: 'LO', Value: ['Outliner 3'] },
    '0008103E': { vr: 'LO', Value: [name] },
    '00100010': same('00100010', 'PN'),
    '00100020': same('00100020', 'LO'),
    '0020000D': same('0020000D', 'UI'),
    '0020000E': { vr: 'UI', Value: [sampleUid('segmentation series', name)] },
    '00200011': { vr: 'IS', Value: [900] },
    '00200013': { vr: 'IS', Value: [1] },
    '00200052': same('00200052', 'UI'),
    '00280002': us(1),
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280008': { vr: 'IS', Value: [frames.length] },
    '00280010': us(rows),
    '00280011': us(columns),
    '00280100': us(bits),
    '00280101': us(bits),
    '00280102': us(bits - 1),
    '00280103': us(0),
    '00620001': { vr: 'CS', Value: [labels ? 'LABELMAP' : whole ? 'FRACTIONAL' : 'BINARY'] },
    '00620002': sequence(
      ...segments.map(({ label, algorithm, lab }, index) => ({
        '00620003': code('49755003', 'Morphologically Altered Structure'),
        '00620004': us(index + 1),
        '00620005': { vr: 'LO', Value: [label] },
        '00620008': { vr: 'CS', Value: [algorithm] },
        '0062000D': { vr: 'US', Value: [...lab] },
        '0062000F': code('4147007', 'Mass'),
      })),
    ),
    ...(whole
      ? { '0062000E': us(whole), '00620010': { vr: 'CS', Value: ['PROBABILITY'] } }
      : { '00620013': { vr: 'CS', Value: ['YES'] } }),
    '52009229': sequence({
      '00209116': sequence({ '00200037': { vr: 'DS', Value: numbersOf(first, 'x00200037') } }),
      '00289110': sequence({ '00280030': { vr: 'DS', Value: numbersOf(first, 'x00280030') } }),
    }),
    '52009230': sequence(
      ...frames.map(({ image, segment, beside = 0, named }) => {
        const source = datasets[image]!;
        const [x = 0, y, z] = numbersOf(source, 'x00200032');
        return {
          ...(named
            ? {
                '00089124': sequence({
                  '00082112': sequence({
                    '00081150': { vr: 'UI', Value: [source.string('x00080016')!] },
                    '00081155': { vr: 'UI', Value: [source.string('x00080018')!] },
                  }),
                }),
              }
            : {}),
          '00209113': sequence({ '00200032': { vr: 'DS', Value: [x + beside, y!, z!] } }),
          ...(labels ? {} : { '0062000A': sequence({ '0062000B': us(segment + 1) }) }),
        };
      }),
    ),
    '7FE00010': { vr: whole ? 'OB' : 'OW', bytes: pixels },
  });
  return Buffer.concat([
    buildFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN }),
    dataset,
  ]);
}

/** Single bits, the first of each byte its lowest (PS3.5 8.1.1); frames follow each other without a gap. */
function packed(masks: readonly Uint8Array[]): Buffer {
  const count = masks.reduce((sum, { length }) => sum + length, 0);
  const out = Buffer.alloc(Math.ceil(count / 16) * 2);
  let at = 0;
  for (const mask of masks)
    for (const value of mask) {
      if (value) out[at >> 3]! |= 1 << (at & 7);
      at += 1;
    }
  return out;
}
