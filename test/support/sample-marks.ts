import { createHash } from 'node:crypto';
import type { Mark, MarkValue } from '#libs/formats/dicom';

const uid = (name: string): string =>
  `2.25.${BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 32)}`)}`;

const HU: MarkValue[] = [
  { quantity: 'area', value: 412.53, unit: 'mm2' },
  { quantity: 'mean', value: -612.25, unit: 'HU' },
  { quantity: 'deviation', value: 33.5, unit: 'HU' },
  { quantity: 'maximum', value: -500, unit: 'HU' },
  { quantity: 'minimum', value: -701, unit: 'HU' },
];

/** One mark of each kind on one image; coordinates that single precision holds exactly. */
export function oneOfEachKind(sopInstanceUid: string, frame = 1): Mark[] {
  const on = { sopInstanceUid, frame };
  const marks: Omit<Mark, 'id' | 'sopInstanceUid' | 'frame'>[] = [
    {
      kind: 'length',
      points: [
        [100.5, 120.25],
        [180.75, 121],
      ],
      text: '右肺上叶结节，长径',
      values: [{ quantity: 'length', value: 56.1775, unit: 'mm' }],
      calibration: 'patient',
    },
    {
      kind: 'bidirectional',
      points: [
        [200, 200],
        [240, 200],
        [220, 190],
        [220, 210],
      ],
      values: [
        { quantity: 'length', value: 28, unit: 'mm' },
        { quantity: 'short-axis', value: 14, unit: 'mm' },
      ],
      calibration: 'patient',
    },
    {
      kind: 'angle',
      points: [
        [10, 10],
        [20, 20],
        [30, 10],
      ],
      values: [{ quantity: 'angle', value: 90, unit: 'deg' }],
      calibration: 'patient',
    },
    {
      kind: 'cobb',
      points: [
        [10, 40],
        [90, 60],
        [12, 140],
        [92, 100],
      ],
      values: [{ quantity: 'angle', value: 1 / 3, unit: 'deg' }],
      calibration: 'detector',
    },
    {
      kind: 'rectangle',
      points: [
        [50, 50],
        [80, 50],
        [80, 70],
        [50, 70],
      ],
      values: HU,
      calibration: 'patient',
    },
    {
      kind: 'ellipse',
      points: [
        [100, 150],
        [160, 150],
        [130, 130],
        [130, 170],
      ],
      values: [
        { quantity: 'area', value: 1885, unit: 'px2' },
        { quantity: 'mean', value: 803.75, unit: 'grey' },
      ],
      calibration: 'pixels',
    },
    {
      kind: 'freehand',
      points: Array.from({ length: 300 }, (_, step): [number, number] => [
        Math.fround(256 + 40 * Math.cos((step / 300) * 2 * Math.PI)),
        Math.fround(256 + 30 * Math.sin((step / 300) * 2 * Math.PI)),
      ]),
      values: [
        { quantity: 'mean', value: 2.35, unit: 'SUV' },
        { quantity: 'maximum', value: 20_417, unit: 'Bq/ml' },
      ],
      calibration: 'patient',
    },
    {
      kind: 'arrow',
      points: [
        [300, 300],
        [340, 320],
      ],
      text: '此处“磨玻璃影”\\ 建议三个月后复查',
      values: [],
      calibration: 'patient',
    },
    {
      kind: 'probe',
      points: [[312, 214]],
      values: [{ quantity: 'value', value: -845, unit: 'HU' }],
      calibration: 'patient',
    },
    {
      kind: 'cardiothoracic',
      points: [
        [180, 300],
        [256, 300],
        [256, 310],
        [330, 310],
        [60, 330],
        [450, 330],
      ],
      values: [{ quantity: 'ratio', value: 0.3846, unit: '1' }],
      calibration: 'detector',
    },
    {
      kind: 'centre-line',
      points: [
        [250, 20],
        [252, 240],
        [251, 480],
      ],
      values: [
        { quantity: 'length', value: 460.25, unit: 'px' },
        { quantity: 'hip-knee-ankle', value: 176.5, unit: 'deg' },
        { quantity: 'axis-deviation', value: 12.75, unit: 'px' },
      ],
      calibration: 'pixels',
    },
  ];
  return marks.map((mark) => ({ ...mark, ...on, id: uid(`${sopInstanceUid} ${frame} ${mark.kind}`) }));
}
