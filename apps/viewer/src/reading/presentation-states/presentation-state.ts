import { items, numbers, text, type DicomJson } from '../../api/dicom-web.js';

/** Images that something is said of. */
export interface ImageReference {
  readonly sopInstanceUid: string;
  /** From 1; null: all. */
  readonly frames: readonly number[] | null;
}

export type StateKind = 'grayscale' | 'color' | 'pseudo-color' | 'other';

/** What a presentation state asks for and is not done here. */
export type Lack = 'kind' | 'mask' | 'curves' | 'colour-profile' | 'true-size' | 'aspect' | 'modality' | 'matrix';

/** A softcopy presentation state (PS3.3 A.33): how somebody has seen images, kept beside them. */
export interface PresentationState {
  readonly uid: string;
  readonly kind: StateKind;
  readonly label: string;
  readonly description: string;
  /** The person, else the program and the institution. */
  readonly creator: string;
  /** As the file writes it: date and time of where it was made. */
  readonly created: string;
  readonly refers: readonly ImageReference[];
  readonly dataset: DicomJson;
}

const tag = {
  SOPClassUID: '00080016',
  SOPInstanceUID: '00080018',
  Manufacturer: '00080070',
  InstitutionName: '00080080',
  ReferencedSeriesSequence: '00081115',
  ReferencedImageSequence: '00081140',
  ReferencedSOPInstanceUID: '00081155',
  ReferencedFrameNumber: '00081160',
  SeriesDescription: '0008103E',
  ManufacturerModelName: '00081090',
  MaskSubtractionSequence: '00286100',
  ICCProfile: '00282000',
  ColorSpace: '00282002',
  ContentLabel: '00700080',
  ContentDescription: '00700081',
  PresentationCreationDate: '00700082',
  PresentationCreationTime: '00700083',
  ContentCreatorName: '00700084',
} as const;

const PRESENTATION_STATES = '1.2.840.10008.5.1.4.1.1.11.';
const KINDS: Readonly<Record<string, StateKind>> = { '1': 'grayscale', '2': 'color', '3': 'pseudo-color' };

export const imageReferences = (dataset: DicomJson): ImageReference[] =>
  items(dataset, tag.ReferencedImageSequence).map((item) => {
    const frames = numbers(item, tag.ReferencedFrameNumber);
    return {
      sopInstanceUid: text(item, tag.ReferencedSOPInstanceUID),
      frames: frames.length > 0 ? frames : null,
    };
  });

export const refersTo = (
  references: readonly ImageReference[],
  image: { readonly sopInstanceUid: string; readonly frame: number },
): boolean =>
  references.some(
    ({ sopInstanceUid, frames }) =>
      sopInstanceUid === image.sopInstanceUid && (frames === null || frames.includes(image.frame)),
  );

/** The first item of a sequence that is of this image: an item that names none is of all that the state names. */
export const itemsFor = (
  dataset: DicomJson,
  sequence: string,
  image: { readonly sopInstanceUid: string; readonly frame: number },
): DicomJson[] =>
  items(dataset, sequence).filter((item) => {
    const named = imageReferences(item);
    return named.length === 0 || refersTo(named, image);
  });

const written = (date: string, time: string): string =>
  [date.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'), time.replace(/^(\d\d):?(\d\d).*$/, '$1:$2')]
    .filter(Boolean)
    .join(' ');

/** Null where the instance is no presentation state of images. */
export function presentationStateOf(dataset: DicomJson): PresentationState | null {
  const sopClass = text(dataset, tag.SOPClassUID);
  if (!sopClass.startsWith(PRESENTATION_STATES)) return null;
  const maker = [
    text(dataset, tag.ManufacturerModelName) || text(dataset, tag.Manufacturer),
    text(dataset, tag.InstitutionName),
  ];
  return {
    uid: text(dataset, tag.SOPInstanceUID),
    kind: KINDS[sopClass.slice(PRESENTATION_STATES.length)] ?? 'other',
    label: text(dataset, tag.ContentLabel) || text(dataset, tag.SeriesDescription),
    description: text(dataset, tag.ContentDescription),
    creator: text(dataset, tag.ContentCreatorName).replaceAll('^', ' ').trim() || maker.filter(Boolean).join(' · '),
    created: written(text(dataset, tag.PresentationCreationDate), text(dataset, tag.PresentationCreationTime)),
    refers: [
      ...items(dataset, tag.ReferencedSeriesSequence).flatMap(imageReferences),
      // Blending and newer kinds name their images within what they do with them.
      ...Object.values(dataset)
        .filter(({ vr }) => vr === 'SQ')
        .flatMap(({ Value }) => (Value ?? []) as DicomJson[])
        .flatMap((item) => items(item ?? {}, tag.ReferencedSeriesSequence).flatMap(imageReferences)),
    ],
    dataset,
  };
}

/** What is known to be left undone before any image is looked at. */
export function lacksOf({ kind, dataset }: PresentationState): Lack[] {
  if (kind === 'other') return ['kind'];
  const profile = dataset[tag.ICCProfile] !== undefined && text(dataset, tag.ColorSpace) !== 'SRGB';
  return [
    ...(items(dataset, tag.MaskSubtractionSequence).length > 0 ? (['mask'] as const) : []),
    ...(Object.keys(dataset).some((key) => /^50[0-9A-F]{2}1001$/.test(key)) ? (['curves'] as const) : []),
    ...(profile ? (['colour-profile'] as const) : []),
  ];
}
