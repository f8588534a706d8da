import { decimals, sequence, text, type DicomJson } from '#libs/formats/dicom';
import type { VoiFunction } from '#libs/formats/rendering';

/** How the file itself says a frame is to be shown. */
export interface FramePresentation {
  windowCenter: number | null;
  windowWidth: number | null;
  voiLutFunction: VoiFunction | null;
  rescaleSlope: number | null;
  rescaleIntercept: number | null;
  /** height of a pixel over its width */
  pixelAspect: number | null;
  /** Presentation LUT Shape INVERSE beside MONOCHROME2 (PS3.3 C.11.6) */
  invert: boolean;
}

const VOI_FUNCTIONS = new Set(['LINEAR', 'LINEAR_EXACT', 'SIGMOID']);

/** The data set that says `tag` of a frame: its functional groups (PS3.3 C.7.6.16), else the shared ones, else the top level. */
function saying(attributes: DicomJson, frame: number, group: string, tag: string): DicomJson {
  const perFrame = sequence(attributes, '52009230')[frame - 1];
  const shared = sequence(attributes, '52009229')[0];
  for (const groups of [perFrame, shared]) {
    const item = groups && sequence(groups, group)[0];
    if (item?.[tag]) return item;
  }
  return attributes;
}

/** Frame numbers count from 1. */
export function framePresentation(attributes: DicomJson, frame: number): FramePresentation {
  const voi = saying(attributes, frame, '00289132', '00281050');
  const rescale = saying(attributes, frame, '00289145', '00281053');
  const measures = saying(attributes, frame, '00289110', '00280030');
  const first = (from: DicomJson, tag: string) => decimals(from, tag)[0] ?? null;
  const voiFunction = text(voi, '00281056') ?? '';
  const spacing = decimals(measures, '00280030');
  const ratio = decimals(attributes, '00280034');
  const [height, width] =
    ratio.length === 2 ? ratio : spacing.length === 2 ? spacing : decimals(attributes, '00181164');
  return {
    windowCenter: first(voi, '00281050'),
    windowWidth: first(voi, '00281051'),
    voiLutFunction: VOI_FUNCTIONS.has(voiFunction) ? (voiFunction as VoiFunction) : null,
    rescaleSlope: first(rescale, '00281053'),
    rescaleIntercept: first(rescale, '00281052'),
    pixelAspect: height && width ? height / width : null,
    invert: text(attributes, '20500020') === 'INVERSE' && text(attributes, '00280004') === 'MONOCHROME2',
  };
}
