import { EXPLICIT_VR_LITTLE_ENDIAN, integer, text, transferSyntaxOf, type DicomJson } from '#libs/formats/dicom';

/** What a frame's bytes mean (PS3.3 C.7.6.3), as a codec asks for it. */
export interface FramePixels {
  transferSyntaxUid: string;
  rows: number;
  columns: number;
  samplesPerPixel: number;
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  pixelRepresentation: 0 | 1;
  photometricInterpretation: string;
  planarConfiguration: 0 | 1;
  pixelDataVr?: 'OB' | 'OW' | undefined;
}

/** Read off an instance's attributes; of a deflated data set frames come inflated, which is explicit little endian. */
export function framePixels(instance: {
  attributes: DicomJson;
  transferSyntaxUid: string;
  pixelData: { vr: string } | null;
}): FramePixels {
  const { attributes } = instance;
  const whole = (tag: string, fallback: number): number => integer(attributes, tag) ?? fallback;
  const bitsAllocated = whole('00280100', 16);
  const bitsStored = whole('00280101', bitsAllocated);
  const syntax = transferSyntaxOf(instance.transferSyntaxUid);
  const inflated = syntax?.deflated === true && !syntax.encapsulated;
  return {
    transferSyntaxUid: inflated ? EXPLICIT_VR_LITTLE_ENDIAN : instance.transferSyntaxUid,
    rows: whole('00280010', 0),
    columns: whole('00280011', 0),
    samplesPerPixel: whole('00280002', 1),
    bitsAllocated,
    bitsStored,
    highBit: whole('00280102', bitsStored - 1),
    pixelRepresentation: whole('00280103', 0) === 1 ? 1 : 0,
    photometricInterpretation: text(attributes, '00280004') ?? 'MONOCHROME2',
    planarConfiguration: whole('00280006', 0) === 1 ? 1 : 0,
    pixelDataVr: instance.pixelData?.vr === 'OW' ? 'OW' : 'OB',
  };
}
