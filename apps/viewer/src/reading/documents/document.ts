import { bulkPath, items, numbers, text, type DicomJson } from '../../api/dicom-web.js';
import { segmentsOf, type Segment } from '../segmentations/segmentation.js';
import { reportLines, type ReportLine } from './report-lines.js';

/** What an instance without a picture of its own is. */
export type DicomDocument = { readonly uid: string; readonly title: string } & (
  | { readonly kind: 'pdf'; readonly url: string }
  | { readonly kind: 'file'; readonly mediaType: string }
  | {
      readonly kind: 'report';
      readonly lines: readonly ReportLine[];
      readonly verified: boolean;
      readonly partial: boolean;
    }
  | { readonly kind: 'segmentation'; readonly segments: readonly Segment[]; readonly frames: number }
  | { readonly kind: 'other'; readonly modality: string }
);

const tag = {
  SOPInstanceUID: '00080018',
  Modality: '00080060',
  CodeMeaning: '00080104',
  SeriesDescription: '0008103E',
  NumberOfFrames: '00280008',
  ContentLabel: '00700080',
  ContentDescription: '00700081',
  ConceptNameCodeSequence: '0040A043',
  ContentSequence: '0040A730',
  CompletionFlag: '0040A491',
  VerificationFlag: '0040A493',
  DocumentTitle: '00420010',
  EncapsulatedDocument: '00420011',
  MIMETypeOfEncapsulatedDocument: '00420012',
  SegmentSequence: '00620002',
} as const;

const coded = (dataset: DicomJson, sequence: string): string => {
  const [code] = items(dataset, sequence);
  return code ? text(code, tag.CodeMeaning) : '';
};

export function documentOf(dataset: DicomJson): DicomDocument {
  const concept = coded(dataset, tag.ConceptNameCodeSequence);
  const title =
    text(dataset, tag.DocumentTitle) ||
    concept ||
    text(dataset, tag.ContentDescription) ||
    text(dataset, tag.ContentLabel) ||
    text(dataset, tag.SeriesDescription);
  const shared = { uid: text(dataset, tag.SOPInstanceUID), title };
  const file = dataset[tag.EncapsulatedDocument];
  if (file) {
    const mediaType = text(dataset, tag.MIMETypeOfEncapsulatedDocument);
    const url = bulkPath(file);
    // Nothing but a PDF is opened: a page of another's making would act in the reader's name.
    return mediaType.toLowerCase() === 'application/pdf' && url
      ? { ...shared, kind: 'pdf', url }
      : { ...shared, kind: 'file', mediaType };
  }
  if (dataset[tag.SegmentSequence]) {
    const segments = segmentsOf(dataset);
    return { ...shared, kind: 'segmentation', segments, frames: numbers(dataset, tag.NumberOfFrames)[0] ?? 1 };
  }
  if (dataset[tag.ContentSequence])
    return {
      ...shared,
      kind: 'report',
      lines: reportLines(dataset),
      verified: text(dataset, tag.VerificationFlag) === 'VERIFIED',
      partial: text(dataset, tag.CompletionFlag) === 'PARTIAL',
    };
  return { ...shared, kind: 'other', modality: text(dataset, tag.Modality) };
}
