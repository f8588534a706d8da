import { items, numbers, text, type DicomJson } from '../../api/dicom-web.js';
import { inEightBits, paletteOf, tableOf, type LookupTable } from './lookup-tables.js';

/** Why nobody here can draw an image; the cell says it in words. */
export type Undrawable = 'video' | 'video-mpeg2' | 'video-container' | 'floating-point' | 'colour-model' | 'palette';

/** What nobody here can draw, and why. */
export class CannotDraw extends Error {
  constructor(readonly why: Undrawable) {
    super(why);
    this.name = 'CannotDraw';
  }
}

/** A video: one bit stream of all its frames. */
export interface VideoStream {
  readonly frames: number;
  readonly columns: number;
  readonly rows: number;
  readonly mpeg2: boolean;
}

/** Who makes samples of a frame's bytes: the image loader, or the server where the loader cannot or errs. */
export type Drawing =
  | { readonly by: 'browser' }
  | { readonly by: 'server'; readonly samples: StoredSamples }
  /** The browser's player. */
  | { readonly by: 'player'; readonly stream: VideoStream }
  | { readonly by: 'nobody'; readonly why: Undrawable };

/** How samples lie in uncompressed bytes (PS3.5 8.1.1). */
export interface StoredSamples {
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly colour: boolean;
}

/** What is drawn of an instance, and what the image loader is told of it in place of its metadata. */
export interface Prepared {
  readonly drawing: Drawing;
  readonly dataset: DicomJson;
  /** Instead of slope and intercept (PS3.3 C.11.1). */
  readonly modalityLut: LookupTable | null;
  /** Where the file says no window (PS3.3 C.11.2). */
  readonly voiLut: LookupTable | null;
}

const tag = {
  Modality: '00080060',
  AvailableTransferSyntaxUID: '00083002',
  NumberOfFrames: '00280008',
  Rows: '00280010',
  Columns: '00280011',
  SamplesPerPixel: '00280002',
  PhotometricInterpretation: '00280004',
  PlanarConfiguration: '00280006',
  PixelSpacing: '00280030',
  PixelAspectRatio: '00280034',
  ImagerPixelSpacing: '00181164',
  BitsAllocated: '00280100',
  BitsStored: '00280101',
  HighBit: '00280102',
  PixelRepresentation: '00280103',
  WindowCenter: '00281050',
  ModalityLUTSequence: '00283000',
  VOILUTSequence: '00283010',
  FloatPixelData: '7FE00008',
  DoubleFloatPixelData: '7FE00009',
} as const;

const JPEG = '1.2.840.10008.1.2.4.';
const MPEG2 = /^1\.2\.840\.10008\.1\.2\.4\.10[01](\.1)?$/;
const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/;
const BROWSER_DECODES = new Set([
  ...['', '.1', '.1.99', '.5', '.8.1'].map((end) => `1.2.840.10008.1.2${end}`),
  ...['50', '57', '70', '80', '81', '90', '91', '110', '111', '112', '201', '202', '203'].map((end) => JPEG + end),
]);
const BASELINE = `${JPEG}50`;
/** Of these something is always lost (PS3.5 A.4.1). */
export const isDct = (syntax: string): boolean => /^1\.2\.840\.10008\.1\.2\.4\.5[0-6]$/.test(syntax);
const RLE = '1.2.840.10008.1.2.5';
const COLOUR_MODELS = new Set([
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_RCT',
  'YBR_ICT',
]);

/** An overlay in bits of the pixel cells (retired, PS3.3 C.9.2): the loader would take them for part of the value. */
const hasOverlayInCells = (dataset: DicomJson): boolean =>
  Object.keys(dataset).some((key) => /^60[0-9A-F]{2}0102$/.test(key) && (numbers(dataset, key)[0] ?? 0) > 0);

/** @param syntax that its frames are in */
export function drawingOf(dataset: DicomJson, syntax = text(dataset, tag.AvailableTransferSyntaxUID)): Drawing {
  const model = text(dataset, tag.PhotometricInterpretation);
  const bitsAllocated = numbers(dataset, tag.BitsAllocated)[0] ?? 8;
  const bitsStored = numbers(dataset, tag.BitsStored)[0] ?? bitsAllocated;
  const samples: StoredSamples = {
    bitsAllocated,
    bitsStored,
    highBit: numbers(dataset, tag.HighBit)[0] ?? bitsStored - 1,
    signed: numbers(dataset, tag.PixelRepresentation)[0] === 1,
    colour: (numbers(dataset, tag.SamplesPerPixel)[0] ?? 1) > 1,
  };
  if (VIDEO.test(syntax)) {
    const whole = (attribute: string): number => numbers(dataset, attribute)[0] ?? 1;
    const [frames, columns, rows] = [tag.NumberOfFrames, tag.Columns, tag.Rows].map(whole) as [number, number, number];
    return { by: 'player', stream: { frames, columns, rows, mpeg2: MPEG2.test(syntax) } };
  }
  if (dataset[tag.FloatPixelData] || dataset[tag.DoubleFloatPixelData] || bitsAllocated > 32)
    return { by: 'nobody', why: 'floating-point' };
  if (!COLOUR_MODELS.has(model) && !(syntax === BASELINE && model.startsWith('YBR')))
    return { by: 'nobody', why: 'colour-model' };
  const errs =
    // JPEG of 12 bits comes out of the loader several values too dark; in big endian it leaves the bytes of OW in their order.
    !BROWSER_DECODES.has(syntax || '1.2.840.10008.1.2') ||
    bitsAllocated === 1 ||
    bitsAllocated === 32 ||
    (samples.colour && bitsAllocated > 8) ||
    samples.highBit + 1 !== bitsStored ||
    hasOverlayInCells(dataset);
  return errs ? { by: 'server', samples } : { by: 'browser' };
}

/** @throws ApiError */
export async function prepare(dataset: DicomJson, signal?: AbortSignal): Promise<Prepared> {
  const palette =
    text(dataset, tag.PhotometricInterpretation) === 'PALETTE COLOR' ? await paletteOf(dataset, signal) : undefined;
  const [modality] = items(dataset, tag.ModalityLUTSequence);
  const [voi] = numbers(dataset, tag.WindowCenter).length > 0 ? [] : items(dataset, tag.VOILUTSequence);
  const drawing: Drawing = palette === null ? { by: 'nobody', why: 'palette' } : drawingOf(dataset);
  return {
    drawing,
    dataset: {
      ...dataset,
      // The loader fails without one.
      ...(text(dataset, tag.Modality) ? {} : { [tag.Modality]: { vr: 'CS', Value: ['OT'] } }),
      ...squared(dataset),
      ...(palette ? paletteAttributes(palette) : {}),
      ...(drawing.by === 'server' ? afterServer(dataset, drawing.samples) : {}),
      ...(drawing.by === 'player' ? PLAYED : {}),
    },
    modalityLut: modality ? await tableOf(modality, signal) : null,
    voiLut: voi ? await tableOf(voi, signal) : null,
  };
}

const us = (...values: number[]) => ({ vr: 'US', Value: values });

/** Attributes of the samples that a player gives. */
const PLAYED: DicomJson = {
  [tag.SamplesPerPixel]: us(3),
  [tag.PhotometricInterpretation]: { vr: 'CS', Value: ['RGB'] },
  [tag.PlanarConfiguration]: us(0),
  [tag.BitsAllocated]: us(8),
  [tag.BitsStored]: us(8),
  [tag.HighBit]: us(7),
  [tag.PixelRepresentation]: us(0),
};

function paletteAttributes(palette: readonly LookupTable[]): DicomJson {
  const attributes: DicomJson = {};
  for (const [index, { first, bits, entries }] of inEightBits(palette).entries()) {
    attributes[`0028110${index + 1}`] = us(entries.length, first, bits);
    attributes[`0028120${index + 1}`] = us(...Array.from(entries));
  }
  return attributes;
}

/** The loader knows pixels that are not square by PixelSpacing alone; the unit of such a spacing is the pixel's width. */
function squared(dataset: DicomJson): DicomJson {
  if (numbers(dataset, tag.PixelSpacing).length === 2) return {};
  const ratio = numbers(dataset, tag.PixelAspectRatio);
  const [vertical, horizontal] = ratio.length === 2 ? ratio : numbers(dataset, tag.ImagerPixelSpacing);
  if (!vertical || !horizontal || vertical === horizontal) return {};
  return { [tag.PixelSpacing]: { vr: 'DS', Value: [vertical / horizontal, 1] } };
}

/** Attributes of the samples as `sampleBytes` gives them. */
function afterServer(dataset: DicomJson, samples: StoredSamples): DicomJson {
  const syntax = text(dataset, tag.AvailableTransferSyntaxUID);
  const compressed = syntax === RLE || syntax.startsWith(JPEG);
  const bits = samples.bitsAllocated === 1 || samples.colour ? 8 : samples.bitsAllocated;
  return {
    [tag.BitsAllocated]: us(bits),
    [tag.BitsStored]: us(samples.colour ? 8 : samples.bitsStored),
    [tag.HighBit]: us((samples.colour ? 8 : samples.bitsStored) - 1),
    ...(compressed && samples.colour ? { [tag.PlanarConfiguration]: us(0) } : {}),
    // The decoder of a JPEG undoes its colour transform.
    ...(syntax.startsWith(JPEG) && samples.colour
      ? { [tag.PhotometricInterpretation]: { vr: 'CS', Value: ['RGB'] } }
      : {}),
  };
}

/** Uncompressed bytes as the loader takes them: colours of 8 bits, single bits apart, and nothing but the value in its cell. */
export function sampleBytes(bytes: Uint8Array<ArrayBuffer>, samples: StoredSamples): Uint8Array<ArrayBuffer> {
  const { bitsAllocated, bitsStored, highBit, colour } = samples;
  if (bitsAllocated === 1)
    return Uint8Array.from({ length: bytes.length * 8 }, (_, index) => (bytes[index >> 3]! >> (index & 7)) & 1);
  if (bitsAllocated === 8) return bytes;
  const size = bitsAllocated / 8;
  const whole = bytes.subarray(0, bytes.length - (bytes.length % size));
  const cells = size === 2 ? new Uint16Array(whole.slice().buffer) : new Uint32Array(whole.slice().buffer);
  const shift = highBit + 1 - bitsStored;
  if (colour) return Uint8Array.from(cells, (cell) => (cell >>> (highBit - 7)) & 255);
  if (bitsStored === bitsAllocated) return whole;
  const mask = 2 ** bitsStored - 1;
  for (let at = 0; at < cells.length; at += 1) cells[at] = (cells[at]! >>> shift) & mask;
  return new Uint8Array(cells.buffer);
}
