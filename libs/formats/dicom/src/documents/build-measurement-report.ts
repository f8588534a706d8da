import { text } from '../attribute-readers.js';
import type { DicomJson } from '../dicom-json.js';
import { calibrationText } from './calibration.js';
import { CALIBRATIONS, CODES, DERIVATIONS, METHODS, procedureOf, UNITS, type Code } from './codes.js';
import {
  codedItem,
  codeItem,
  container,
  contextItems,
  coordinatesItem,
  dataSet,
  imageItem,
  nameItem,
  numberItem,
  OWN_SCHEME_IDENTIFICATION,
  related,
  textItem,
  uidItem,
  type ContentItem,
  type ImageReference,
} from './content-items.js';
import { documentHeader, evidence, type DocumentOrigin } from './document-header.js';
import { isRegion, shapesOf, type DocumentedMark, type MarkValue } from './mark.js';

export const COMPREHENSIVE_SR = '1.2.840.10008.5.1.4.1.1.88.33';

/** An image that marks lie on, with its header, which knows its spacing. */
export interface MarkedImage extends ImageReference {
  readonly header: DicomJson;
}

export interface MeasurementReport {
  readonly origin: DocumentOrigin;
  readonly marks: readonly DocumentedMark[];
  /** every image that a mark lies on */
  readonly images: readonly MarkedImage[];
  /** the document that this one takes the place of */
  readonly predecessor?: { readonly sopInstanceUid: string; readonly seriesInstanceUid: string } | undefined;
}

const INTENSITIES: Readonly<Record<string, Code>> = {
  HU: CODES.attenuation,
  SUV: CODES.suv,
  'Bq/ml': CODES.tomographicActivity,
};

function conceptOf(mark: DocumentedMark, { quantity, unit }: MarkValue): Code {
  if (quantity === 'length') return mark.kind === 'bidirectional' ? CODES.longAxis : CODES.length;
  if (quantity === 'short-axis') return CODES.shortAxis;
  if (quantity === 'angle') return mark.kind === 'cobb' ? CODES.cobbAngle : CODES.angle;
  if (quantity === 'hip-knee-ankle') return CODES.hipKneeAnkle;
  if (quantity === 'axis-deviation') return CODES.axisDeviation;
  if (quantity === 'area') return CODES.area;
  if (quantity === 'ratio') return mark.kind === 'cardiothoracic' ? CODES.cardiothoracicRatio : CODES.ratio;
  return INTENSITIES[unit] ?? CODES.pixelValue;
}

function numberOf(mark: DocumentedMark, value: MarkValue, coordinates: readonly ContentItem[]): ContentItem {
  const derivation = DERIVATIONS[value.quantity];
  return numberItem(conceptOf(mark, value), value.value, UNITS[value.unit], [
    ...(derivation ? related('HAS CONCEPT MOD', codedItem(CODES.derivation, derivation)) : []),
    ...related('INFERRED FROM', ...coordinates),
  ]);
}

/** A region by TID 1410; else by TID 1501, its coordinates under what was measured by them (TID 300, 320), or under the finding they mark. */
function contents(mark: DocumentedMark, image: MarkedImage): ContentItem[] {
  const source = imageItem(image, mark.frame);
  const shapes = shapesOf(mark);
  if (isRegion(mark.kind)) {
    return related(
      'CONTAINS',
      ...shapes.map((shape) => coordinatesItem(shape, source, CODES.imageRegion)),
      ...mark.values.map((value) => numberOf(mark, value, [])),
    );
  }
  const coordinates = shapes.map((shape) => coordinatesItem(shape, source));
  const [first, second, ...others] = mark.values;
  if (!first)
    return related('CONTAINS', codedItem(CODES.finding, METHODS[mark.kind], related('INFERRED FROM', ...coordinates)));
  if (mark.kind === 'bidirectional' && first.quantity === 'length' && second?.quantity === 'short-axis') {
    return related(
      'CONTAINS',
      numberOf(mark, first, coordinates.slice(0, 1)),
      numberOf(mark, second, coordinates.slice(1)),
      ...others.map((value) => numberOf(mark, value, [])),
    );
  }
  return related(
    'CONTAINS',
    ...mark.values.map((value, index) => numberOf(mark, value, index === 0 ? coordinates : [])),
  );
}

function group(mark: DocumentedMark, number: number, image: MarkedImage, author: string): ContentItem {
  const another = mark.observer !== undefined && mark.observer !== author;
  return container(CODES.measurementGroup, isRegion(mark.kind) ? '1410' : '1501', [
    ...related(
      'HAS OBS CONTEXT',
      textItem(CODES.trackingIdentifier, `${mark.kind} ${number}`),
      uidItem(CODES.trackingUid, mark.id),
      ...(another ? [nameItem(CODES.observerName, mark.observer!)] : []),
    ),
    ...related('HAS CONCEPT MOD', codedItem(CODES.measurementMethod, METHODS[mark.kind])),
    ...contents(mark, image),
    ...related(
      'CONTAINS',
      codedItem(CODES.calibration, CALIBRATIONS[mark.calibration]),
      textItem(CODES.calibration, calibrationText(mark, image.header)),
      ...(mark.text ? [textItem(CODES.comment, mark.text)] : []),
    ),
  ]);
}

/** Without a measurement a document still can take the place of an earlier one: it then says so (TID 1500 row 10). */
function measurements(report: MeasurementReport): ContentItem[] {
  if (report.marks.length === 0) {
    const withdrawn = textItem(CODES.comment, '此前的测量已全部撤回');
    return related('CONTAINS', container(CODES.qualitativeEvaluations, undefined, related('CONTAINS', withdrawn)));
  }
  const groups = report.marks.map((mark, index) => {
    const image = report.images.find((one) => one.sopInstanceUid === mark.sopInstanceUid)!;
    return group(mark, index + 1, image, report.origin.author.name);
  });
  return related('CONTAINS', container(CODES.imagingMeasurements, undefined, related('CONTAINS', ...groups)));
}

/**
 * A Comprehensive SR document (PS3.3 A.35.3) of marks as a Measurement Report (PS3.16 TID 1500), as DICOM JSON. The same report gives
 * the same document.
 */
export function buildMeasurementReport(report: MeasurementReport): DicomJson {
  const { origin, predecessor } = report;
  const study = text(origin.image, '0020000D')!;
  const marked = report.images.filter((image) =>
    report.marks.some((mark) => mark.sopInstanceUid === image.sopInstanceUid),
  );
  const replaced =
    predecessor && evidence(study, [{ ...predecessor, sopClassUid: COMPREHENSIVE_SR, multiFrame: false }]);
  return {
    ...documentHeader(origin, { sopClassUid: COMPREHENSIVE_SR, modality: 'SR', description: '测量 Measurements' }),
    ...dataSet({
      CodingSchemeIdentificationSequence: OWN_SCHEME_IDENTIFICATION,
      ValueType: 'CONTAINER',
      ConceptNameCodeSequence: codeItem(CODES.imagingMeasurementReport),
      ContinuityOfContent: 'SEPARATE',
      ContentTemplateSequence: dataSet({ MappingResource: 'DCMR', TemplateIdentifier: '1500' }),
      CompletionFlag: 'COMPLETE',
      VerificationFlag: 'UNVERIFIED',
      PerformedProcedureCodeSequence: undefined,
      ...(replaced && { PredecessorDocumentsSequence: replaced }),
      ...(marked.length > 0 && { CurrentRequestedProcedureEvidenceSequence: evidence(study, marked) }),
      ContentSequence: [
        ...contextItems(origin.author),
        ...related('HAS CONCEPT MOD', codedItem(CODES.procedureReported, procedureOf(text(origin.image, '00080060')))),
        ...measurements(report),
      ],
    }),
  };
}
