import { decimals, integer, sequence } from '../attribute-readers.js';
import type { DicomJson } from '../dicom-json.js';
import type { Mark } from './mark.js';

/** Physical Units of a region that are centimetres (PS3.3 C.8.5.5.1.15). */
const CENTIMETRES = 3;
const HEADLINES: Readonly<Record<string, string>> = {
  patient: '像素间距（患者体内）',
  detector: '像素间距（探测器平面，未按放大率校正）',
  region: '超声区域标定',
};

type Spacing = readonly [row: number, column: number];

function pair(attributes: DicomJson | undefined, tag: string): Spacing | undefined {
  const [row, column] = attributes ? decimals(attributes, tag) : [];
  return row !== undefined && column !== undefined && row > 0 && column > 0 ? [row, column] : undefined;
}

/** PixelSpacing, which enhanced images carry in their functional groups (PS3.3 C.7.6.16.2.1), for all frames or for each. */
function pixelSpacing(image: DicomJson, frame: number): Spacing | undefined {
  const groups = [sequence(image, '52009230')[frame - 1], sequence(image, '52009229')[0]];
  const measured = groups.map((group) => pair(group && sequence(group, '00289110')[0], '00280030'));
  return pair(image, '00280030') ?? measured.find((spacing) => spacing !== undefined);
}

/** Physical Delta of the region that holds the mark's first point (PS3.3 C.8.5.5). */
function regionSpacing(image: DicomJson, [column, row]: readonly [number, number]): Spacing | undefined {
  const region = sequence(image, '00186011').find((one) => {
    const bound = (tag: string): number => integer(one, tag) ?? Number.NaN;
    return (
      column >= bound('00186018') &&
      column <= bound('0018601C') + 1 &&
      row >= bound('0018601A') &&
      row <= bound('0018601E') + 1
    );
  });
  if (!region || integer(region, '00186024') !== CENTIMETRES || integer(region, '00186026') !== CENTIMETRES)
    return undefined;
  const [x, y] = [decimals(region, '0018602C')[0], decimals(region, '0018602E')[0]];
  return x && y ? [Math.abs(y) * 10, Math.abs(x) * 10] : undefined;
}

const millimetres = (value: number): string => `${Number(value.toPrecision(6))} mm`;

/** What the millimetres of a mark are, in words, with the image's own spacing where it has one. */
export function calibrationText(mark: Mark, image: DicomJson | undefined): string {
  if (mark.calibration === 'pixels') return '无标定，以像素计';
  if (mark.calibration === 'unknown') return '标定来源未注明';
  const spacing =
    image &&
    (mark.calibration === 'patient'
      ? pixelSpacing(image, mark.frame)
      : mark.calibration === 'detector'
        ? pair(image, '00181164')
        : regionSpacing(image, mark.points[0]!));
  const headline = HEADLINES[mark.calibration]!;
  return spacing ? `${headline}：行距 ${millimetres(spacing[0])}，列距 ${millimetres(spacing[1])}` : headline;
}
