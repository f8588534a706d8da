import { items, numbers, text, type DicomJson } from '../../api/dicom-web.js';
import { inEightBits, lookedUp, paletteOf } from '../images/lookup-tables.js';
import type { Colour } from '../images/cie-lab.js';
import { colourOf } from './segment-colours.js';

/** Where the pixels of a plane lie, in millimetres of the patient (PS3.3 C.7.6.2). */
export interface PlanePlace {
  /** centre of the first pixel */
  readonly position: readonly number[];
  /** direction of the rows, then of the columns */
  readonly orientation: readonly number[];
  /** from row to row, from column to column */
  readonly spacing: readonly number[];
}

export interface Segment {
  readonly number: number;
  readonly label: string;
  /** What it is: category and type, as coded. */
  readonly meaning: string;
  /** MANUAL, SEMIAUTOMATIC or AUTOMATIC */
  readonly algorithm: string;
  readonly algorithmName: string;
  readonly colour: Colour;
}

export interface SegmentationFrame {
  /** Counts from 1. */
  readonly frame: number;
  /** SegmentNumber; null where each pixel holds the number of its own. */
  readonly segment: number | null;
  /** Images that it was made from; a frame of null: all of them. */
  readonly sources: readonly { readonly sopInstanceUid: string; readonly frame: number | null }[];
  readonly place: PlanePlace | null;
}

/** A Segmentation (PS3.3 A.51). */
export interface Segmentation {
  readonly uid: string;
  readonly seriesUid: string;
  readonly title: string;
  /** The person, the software and the institution that made it, as far as it says. */
  readonly maker: string;
  /** other: of a type that is not drawn */
  readonly type: 'binary' | 'fractional' | 'labelmap' | 'other';
  /** Of a pixel, where there is more than one. */
  readonly bytes: 1 | 2;
  /** The value of a pixel that is wholly within its segment. */
  readonly whole: number;
  readonly rows: number;
  readonly columns: number;
  readonly frameOfReferenceUid: string;
  readonly segments: readonly Segment[];
  readonly frames: readonly SegmentationFrame[];
}

const tag = {
  SOPInstanceUID: '00080018',
  Manufacturer: '00080070',
  InstitutionName: '00080080',
  CodeMeaning: '00080104',
  SeriesDescription: '0008103E',
  ManufacturerModelName: '00081090',
  ReferencedSOPInstanceUID: '00081155',
  ReferencedFrameNumber: '00081160',
  SourceImageSequence: '00082112',
  DerivationImageSequence: '00089124',
  SeriesInstanceUID: '0020000E',
  ImagePositionPatient: '00200032',
  ImageOrientationPatient: '00200037',
  FrameOfReferenceUID: '00200052',
  PlanePositionSequence: '00209113',
  PlaneOrientationSequence: '00209116',
  PhotometricInterpretation: '00280004',
  NumberOfFrames: '00280008',
  Rows: '00280010',
  Columns: '00280011',
  PixelSpacing: '00280030',
  BitsAllocated: '00280100',
  PixelPaddingValue: '00280120',
  PixelMeasuresSequence: '00289110',
  SegmentationType: '00620001',
  SegmentSequence: '00620002',
  SegmentedPropertyCategoryCodeSequence: '00620003',
  SegmentNumber: '00620004',
  SegmentLabel: '00620005',
  SegmentAlgorithmType: '00620008',
  SegmentAlgorithmName: '00620009',
  SegmentIdentificationSequence: '0062000A',
  ReferencedSegmentNumber: '0062000B',
  RecommendedDisplayCIELabValue: '0062000D',
  MaximumFractionalValue: '0062000E',
  SegmentedPropertyTypeCodeSequence: '0062000F',
  ContentLabel: '00700080',
  ContentDescription: '00700081',
  ContentCreatorName: '00700084',
  SharedFunctionalGroupsSequence: '52009229',
  PerFrameFunctionalGroupsSequence: '52009230',
} as const;

const coded = (item: DicomJson, sequence: string): string => {
  const [code] = items(item, sequence);
  return code ? text(code, tag.CodeMeaning) : '';
};

/** SegmentSequence, in the order of the numbers that frames name. */
export const segmentsOf = (dataset: DicomJson): Segment[] =>
  items(dataset, tag.SegmentSequence).map((item, index) => ({
    number: numbers(item, tag.SegmentNumber)[0] ?? 0,
    label: text(item, tag.SegmentLabel),
    meaning: [
      coded(item, tag.SegmentedPropertyCategoryCodeSequence),
      coded(item, tag.SegmentedPropertyTypeCodeSequence),
    ]
      .filter(Boolean)
      .join(' · '),
    algorithm: text(item, tag.SegmentAlgorithmType),
    algorithmName: text(item, tag.SegmentAlgorithmName),
    colour: colourOf(numbers(item, tag.RecommendedDisplayCIELabValue), index),
  }));

/** Those among instances, in the colours of their palettes where they have any. */
export async function segmentationsOf(datasets: readonly DicomJson[], signal?: AbortSignal): Promise<Segmentation[]> {
  const found = datasets.map(async (dataset) => {
    const segmentation = segmentationOf(dataset);
    const isPalette = text(dataset, tag.PhotometricInterpretation) === 'PALETTE COLOR';
    const palette = segmentation && isPalette ? await paletteOf(dataset, signal) : null;
    if (!palette) return segmentation;
    const tables = inEightBits(palette);
    const colourAt = (number: number): Colour => tables.map((table) => lookedUp(table, number)) as unknown as Colour;
    const segments = segmentation!.segments.map((segment) => ({ ...segment, colour: colourAt(segment.number) }));
    return { ...segmentation!, segments };
  });
  return (await Promise.all(found)).filter((one) => one !== null);
}

/** Null where the instance is no segmentation. */
export function segmentationOf(dataset: DicomJson): Segmentation | null {
  const all = segmentsOf(dataset);
  if (all.length === 0) return null;
  const named = text(dataset, tag.SegmentationType).toLowerCase();
  const type = named === 'binary' || named === 'fractional' || named === 'labelmap' ? named : 'other';
  // What is around the others may be described as one of them.
  const [around = 0] = numbers(dataset, tag.PixelPaddingValue);
  const segments = type === 'labelmap' ? all.filter(({ number }) => number !== around) : all;
  return {
    uid: text(dataset, tag.SOPInstanceUID),
    seriesUid: text(dataset, tag.SeriesInstanceUID),
    title:
      text(dataset, tag.SeriesDescription) || text(dataset, tag.ContentDescription) || text(dataset, tag.ContentLabel),
    maker: [
      text(dataset, tag.ContentCreatorName).replaceAll('^', ' ').trim(),
      text(dataset, tag.ManufacturerModelName) || text(dataset, tag.Manufacturer),
      text(dataset, tag.InstitutionName),
    ]
      .filter(Boolean)
      .join(' · '),
    type,
    bytes: (numbers(dataset, tag.BitsAllocated)[0] ?? 8) > 8 ? 2 : 1,
    whole: type === 'fractional' ? (numbers(dataset, tag.MaximumFractionalValue)[0] ?? 255) : 1,
    rows: numbers(dataset, tag.Rows)[0] ?? 0,
    columns: numbers(dataset, tag.Columns)[0] ?? 0,
    frameOfReferenceUid: text(dataset, tag.FrameOfReferenceUID),
    segments,
    frames: framesOf(dataset, type === 'labelmap'),
  };
}

function framesOf(dataset: DicomJson, labelled: boolean): SegmentationFrame[] {
  const [shared] = items(dataset, tag.SharedFunctionalGroupsSequence);
  const each = items(dataset, tag.PerFrameFunctionalGroupsSequence);
  const count = numbers(dataset, tag.NumberOfFrames)[0] ?? 1;
  return Array.from({ length: count }, (_, index) => {
    const groups = [each[index], shared].filter((group) => group !== undefined);
    const group = (sequence: string): DicomJson[] =>
      groups.map((one) => items(one, sequence)).find((found) => found.length > 0) ?? [];
    const said = (sequence: string, attribute: string): number[] => numbers(group(sequence)[0] ?? {}, attribute);
    const place = {
      position: said(tag.PlanePositionSequence, tag.ImagePositionPatient),
      orientation: said(tag.PlaneOrientationSequence, tag.ImageOrientationPatient),
      spacing: said(tag.PixelMeasuresSequence, tag.PixelSpacing),
    };
    const whole = place.position.length === 3 && place.orientation.length === 6 && place.spacing.length === 2;
    return {
      frame: index + 1,
      segment: labelled ? null : (said(tag.SegmentIdentificationSequence, tag.ReferencedSegmentNumber)[0] ?? 0),
      sources: group(tag.DerivationImageSequence)
        .flatMap((derivation) => items(derivation, tag.SourceImageSequence))
        .map((source) => ({
          sopInstanceUid: text(source, tag.ReferencedSOPInstanceUID),
          frame: numbers(source, tag.ReferencedFrameNumber)[0] ?? null,
        })),
      place: whole ? place : null,
    };
  });
}
