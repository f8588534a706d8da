import { frameUrl, items, numbers, seriesMetadata, seriesOfStudy, text, type DicomJson } from '../../api/dicom-web.js';
import { prepare, type Drawing, type Prepared } from './drawing.js';
import type { LookupTable } from './lookup-tables.js';
import { meaningOf, type Spacing, type ValueMeaning } from './measured.js';
import { overlayPlanesOf, type DrawnOver } from './overlay-planes.js';
import { shutterOf } from './shutter.js';
import { acquisitionOf, suvOf, type SuvLack } from './suv.js';

/** One picture of a series: an instance's frame. */
export interface Frame {
  imageId: string;
  sopInstanceUid: string;
  /** Counts from 1. */
  frame: number;
  /** SeriesNumber and InstanceNumber, as people name an image; empty where the file has none. */
  seriesNumber: string;
  instanceNumber: string;
  spacing: Spacing;
  values: ValueMeaning;
  /** Of PET: what SUV cannot be computed without. */
  lacksForSuv: readonly SuvLack[];
  lossy: boolean;
  /** Made from other images, not acquired (PS3.3 C.7.6.1.1.2, value 1 of ImageType). */
  derived: boolean;
  modality: string;
  /** The image has a real orientation in the patient. */
  oriented: boolean;
  /** PatientOrientation of a projection: what the row and the column run towards. */
  patientOrientation: readonly [string, string] | null;
  drawing: Drawing;
  modalityLut: LookupTable | null;
  voiLut: LookupTable | null;
  /** Null for what is no image of a file. */
  over: DrawnOver | null;
}

export interface Series {
  uid: string;
  number: string;
  description: string;
  modality: string;
  bodyPart: string;
  /** What the study's list of series says; -1 where it does not. */
  instances: number;
}

export interface LoadedSeries {
  uid: string;
  frames: Frame[];
  /** How fast it was meant to be played; null where it does not say. */
  framesPerSecond: number | null;
  /** Which frame it opens on, as the server's manifest names it: of a volume its middle, of what runs in time its first. */
  opensAt: number;
  /** Where another of these is shown than before: which frame then, although the series is the same. */
  goesTo?: { readonly index: number };
  /** For the image loader: what it is told of each instance, under its first frame's image id. */
  metadata: { imageId: string; dataset: DicomJson }[];
}

const tag = {
  ImageType: '00080008',
  Modality: '00080060',
  BodyPartExamined: '00180015',
  SOPInstanceUID: '00080018',
  SeriesDescription: '0008103E',
  ImagerPixelSpacing: '00181164',
  SeriesInstanceUID: '0020000E',
  SeriesNumber: '00200011',
  InstanceNumber: '00200013',
  RepresentativeFrameNumber: '00286010',
  RecommendedDisplayFrameRate: '00082144',
  CineRate: '00180040',
  FrameTime: '00181063',
  PatientOrientation: '00200020',
  ImagePositionPatient: '00200032',
  ImageOrientationPatient: '00200037',
  NumberOfSeriesRelatedInstances: '00201209',
  NumberOfFrames: '00280008',
  Rows: '00280010',
  Columns: '00280011',
  PixelSpacing: '00280030',
  LossyImageCompression: '00282110',
  SharedFunctionalGroupsSequence: '52009229',
  PerFrameFunctionalGroupsSequence: '52009230',
  PixelMeasuresSequence: '00289110',
  PlaneOrientationSequence: '00209116',
} as const;

/** Modalities that are papers or drawings about images, not images. */
const notPictures = new Set([
  'SR',
  'KO',
  'PR',
  'DOC',
  'SEG',
  'RTSTRUCT',
  'RTPLAN',
  'REG',
  'ECG',
  'HD',
  'AU',
  'ANN',
  'FID',
  'RWV',
]);
export const holdsPictures = (series: Series): boolean => !notPictures.has(series.modality);

export async function listSeries(study: string, signal?: AbortSignal): Promise<Series[]> {
  const answers = await seriesOfStudy(study, signal);
  return answers
    .map((dataset) => ({
      uid: text(dataset, tag.SeriesInstanceUID),
      number: text(dataset, tag.SeriesNumber),
      description: text(dataset, tag.SeriesDescription),
      derived: text(dataset, tag.ImageType) === 'DERIVED',
      modality: text(dataset, tag.Modality),
      bodyPart: text(dataset, tag.BodyPartExamined),
      instances: numbers(dataset, tag.NumberOfSeriesRelatedInstances)[0] ?? -1,
    }))
    .filter((series) => series.uid)
    .sort((a, b) => Number(holdsPictures(b)) - Number(holdsPictures(a)) || Number(a.number) - Number(b.number));
}

/** In enhanced objects geometry lies in the functional groups (PS3.3 C.7.6.16). */
function grouped(dataset: DicomJson, sequence: string, attribute: string): boolean {
  const groups = [
    ...items(dataset, tag.SharedFunctionalGroupsSequence),
    ...items(dataset, tag.PerFrameFunctionalGroupsSequence).slice(0, 1),
  ];
  return groups.some((group) => items(group, sequence).some((item) => numbers(item, attribute).length > 0));
}

function spacingOf(dataset: DicomJson): Spacing {
  if (numbers(dataset, tag.PixelSpacing).length === 2) return { of: 'patient' };
  if (grouped(dataset, tag.PixelMeasuresSequence, tag.PixelSpacing)) return { of: 'patient' };
  const [row, column] = numbers(dataset, tag.ImagerPixelSpacing);
  if (row && row === column) return { of: 'detector', millimetres: row };
  return { of: 'pixels' };
}

function framesOf(
  study: string,
  series: string,
  dataset: DicomJson,
  { drawing, modalityLut, voiLut }: Prepared,
  earliest: number | null,
): Frame[] {
  const sopInstanceUid = text(dataset, tag.SOPInstanceUID);
  const orientation = [text(dataset, tag.PatientOrientation, 0), text(dataset, tag.PatientOrientation, 1)] as const;
  const modality = text(dataset, tag.Modality);
  const suv = modality === 'PT' ? suvOf(dataset, earliest) : null;
  const shared = {
    sopInstanceUid,
    seriesNumber: text(dataset, tag.SeriesNumber),
    instanceNumber: text(dataset, tag.InstanceNumber),
    spacing: spacingOf(dataset),
    lossy: text(dataset, tag.LossyImageCompression) === '01',
    derived: text(dataset, tag.ImageType) === 'DERIVED',
    values: meaningOf(modality, suv),
    lacksForSuv: suv && 'lacks' in suv ? suv.lacks : [],
    modality,
    oriented:
      numbers(dataset, tag.ImageOrientationPatient).length === 6 ||
      grouped(dataset, tag.PlaneOrientationSequence, tag.ImageOrientationPatient),
    patientOrientation: orientation[0] && orientation[1] ? orientation : null,
    drawing,
    modalityLut,
    voiLut,
    over: {
      overlays: overlayPlanesOf(dataset),
      shutter: shutterOf(dataset),
      rows: numbers(dataset, tag.Rows)[0] ?? 0,
      columns: numbers(dataset, tag.Columns)[0] ?? 0,
    },
  };
  const count = Math.max(1, numbers(dataset, tag.NumberOfFrames)[0] ?? 1);
  return Array.from({ length: count }, (_, index) => ({
    ...shared,
    frame: index + 1,
    imageId: `wadors:${frameUrl(study, series, sopInstanceUid, index + 1)}`,
  }));
}

/** PS3.3 C.7.6.5: the rate that is recommended, else the one it was taken at. */
function rateOf(dataset: DicomJson): number | null {
  const [frameTime] = numbers(dataset, tag.FrameTime);
  const rate =
    numbers(dataset, tag.RecommendedDisplayFrameRate)[0] ??
    numbers(dataset, tag.CineRate)[0] ??
    (frameTime ? 1000 / frameTime : 0);
  return rate > 0 ? rate : null;
}

/** Of the image in the middle the frame that it names itself, else the middle of a volume. */
function openingFrame(dataset: DicomJson): number {
  const frames = numbers(dataset, tag.NumberOfFrames)[0] ?? 1;
  const named = numbers(dataset, tag.RepresentativeFrameNumber)[0] ?? 0;
  if (named >= 1 && named <= frames) return named;
  const sequences = [tag.SharedFunctionalGroupsSequence, tag.PerFrameFunctionalGroupsSequence];
  return sequences.some((one) => items(dataset, one).length > 0) ? (frames >> 1) + 1 : 1;
}

/** Position along the slice normal, for series whose instance numbers do not order them. */
function depth(dataset: DicomJson): number {
  const [x = 0, y = 0, z = 0] = numbers(dataset, tag.ImagePositionPatient);
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0] = numbers(dataset, tag.ImageOrientationPatient);
  return x * (b * f - c * e) + y * (c * d - a * f) + z * (a * e - b * d);
}

export async function loadSeries(study: string, series: string, signal?: AbortSignal): Promise<LoadedSeries> {
  const datasets = (await seriesMetadata(study, series, signal))
    .filter((dataset) => (numbers(dataset, tag.Rows)[0] ?? 0) > 0)
    .sort(
      (a, b) =>
        (numbers(a, tag.InstanceNumber)[0] ?? 0) - (numbers(b, tag.InstanceNumber)[0] ?? 0) || depth(a) - depth(b),
    );
  const prepared = await Promise.all(datasets.map((dataset) => prepare(dataset, signal)));
  const begun = datasets.map(acquisitionOf).filter((one) => one !== null);
  const earliest = begun.length > 0 ? begun.reduce((one, other) => Math.min(one, other)) : null;
  const frames: Frame[] = [];
  const middle = datasets.length >> 1;
  let opensAt = 0;
  const metadata: LoadedSeries['metadata'] = [];
  for (const [index, dataset] of datasets.entries()) {
    const own = framesOf(study, series, dataset, prepared[index]!, earliest);
    if (index === middle) opensAt = frames.length + openingFrame(dataset) - 1;
    frames.push(...own);
    if (own[0]) metadata.push({ imageId: own[0].imageId, dataset: prepared[index]!.dataset });
  }
  return { uid: series, frames, framesPerSecond: datasets[0] ? rateOf(datasets[0]) : null, opensAt, metadata };
}
