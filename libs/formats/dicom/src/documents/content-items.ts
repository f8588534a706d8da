import { DicomFormatError } from '../dicom-format-error.js';
import type { DicomJson, DicomJsonElement, DicomJsonValue } from '../dicom-json.js';
import { dictionaryVr, tagOf } from '../dictionary.js';
import { CODES, METHODS, type Code } from './codes.js';
import type { Shape } from './mark.js';

type Given = DicomJsonValue | readonly DicomJsonValue[] | undefined;

/** DICOM JSON of attributes by keyword; without a value an attribute is there and empty. */
export function dataSet(attributes: Readonly<Record<string, Given>>): DicomJson {
  const json: DicomJson = {};
  for (const [keyword, given] of Object.entries(attributes)) {
    const tag = tagOf(keyword);
    const vr = tag === undefined ? undefined : dictionaryVr(tag);
    if (tag === undefined || vr === undefined) throw new DicomFormatError('malformed', `${keyword} is no attribute.`);
    const values = (
      given === undefined || given === null || given === '' ? [] : Array.isArray(given) ? given : [given]
    ) as DicomJsonValue[];
    json[tag] = { vr, ...(values.length > 0 && { Value: values }) } satisfies DicomJsonElement;
  }
  return json;
}

export function codeItem([CodeValue, CodingSchemeDesignator, CodeMeaning]: Code): DicomJson {
  return dataSet({ CodeValue, CodingSchemeDesignator, CodeMeaning });
}

const HAN = /\p{Script=Han}/u;
/** A name as a reader has one, for PN: Chinese ones are ideographic, and nothing is known of their parts. */
export function nameValue(name: string): DicomJsonValue {
  const plain = name
    .replaceAll(/[\\^=]/g, ' ')
    .trim()
    .slice(0, 64);
  return HAN.test(plain) ? { Ideographic: plain } : { Alphabetic: plain };
}

export type Relationship = 'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD' | 'INFERRED FROM' | 'SELECTED FROM';

/** A content item (PS3.3 C.17.3) without its relationship, which `related` gives. */
export type ContentItem = DicomJson;

export function related(RelationshipType: Relationship, ...items: readonly ContentItem[]): ContentItem[] {
  return items.map((item) => ({ ...dataSet({ RelationshipType }), ...item }));
}

function contentItem(
  ValueType: string,
  concept: Code | undefined,
  value: Readonly<Record<string, Given>>,
  children: readonly ContentItem[] = [],
): ContentItem {
  return dataSet({
    ValueType,
    ...(concept && { ConceptNameCodeSequence: codeItem(concept) }),
    ...value,
    ...(children.length > 0 && { ContentSequence: children }),
  });
}

export function container(concept: Code, template: string | undefined, children: readonly ContentItem[]): ContentItem {
  const ContentTemplateSequence = template && dataSet({ MappingResource: 'DCMR', TemplateIdentifier: template });
  return contentItem(
    'CONTAINER',
    concept,
    { ContinuityOfContent: 'SEPARATE', ...(ContentTemplateSequence && { ContentTemplateSequence }) },
    children,
  );
}

export function textItem(concept: Code, TextValue: string): ContentItem {
  return contentItem('TEXT', concept, { TextValue });
}

export function codedItem(concept: Code, value: Code, children: readonly ContentItem[] = []): ContentItem {
  return contentItem('CODE', concept, { ConceptCodeSequence: codeItem(value) }, children);
}

export function nameItem(concept: Code, name: string): ContentItem {
  return contentItem('PNAME', concept, { PersonName: nameValue(name) });
}

export function uidItem(concept: Code, UID: string): ContentItem {
  return contentItem('UIDREF', concept, { UID });
}

/** A number in 16 characters (DS, PS3.5 section 6.2), as exact as they allow. */
export function decimalText(value: number): string {
  for (let digits = 17; digits > 0; digits -= 1) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return '0';
}

export function numberItem(
  concept: Code,
  value: number,
  unit: Code,
  children: readonly ContentItem[] = [],
): ContentItem {
  const NumericValue = decimalText(value);
  const MeasuredValueSequence = dataSet({
    MeasurementUnitsCodeSequence: codeItem(unit),
    // PS3.3 table C.18.1-1: required where a decimal string is not exact enough.
    ...(Number(NumericValue) !== value && { FloatingPointValue: value }),
    NumericValue,
  });
  return contentItem('NUM', concept, { MeasuredValueSequence }, children);
}

/** An image that a document speaks of. */
export interface ImageReference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** of a multi-frame image the frame is named */
  readonly multiFrame: boolean;
}

export function imageItem(image: ImageReference, frame: number): ContentItem {
  return contentItem('IMAGE', undefined, {
    ReferencedSOPSequence: dataSet({
      ReferencedSOPClassUID: image.sopClassUid,
      ReferencedSOPInstanceUID: image.sopInstanceUid,
      ...(image.multiFrame && { ReferencedFrameNumber: frame }),
    }),
  });
}

export function coordinatesItem(shape: Shape, source: ContentItem, concept?: Code): ContentItem {
  const GraphicData = shape.points.flatMap(([column, row]) => [column, row]);
  return contentItem('SCOORD', concept, { GraphicType: shape.graphic, GraphicData }, related('SELECTED FROM', source));
}

/** TID 1204, and TID 1001 with a person as TID 1003 has it. */
export function contextItems(observer: { name: string; organization: string }): ContentItem[] {
  return [
    ...related('HAS CONCEPT MOD', codedItem(CODES.language, ['zh-CN', 'RFC5646', 'Chinese (China)'])),
    ...related(
      'HAS OBS CONTEXT',
      codedItem(CODES.observerType, CODES.person),
      nameItem(CODES.observerName, observer.name),
      ...(observer.organization === '' ? [] : [textItem(CODES.observerOrganization, observer.organization)]),
    ),
  ];
}

/** Those of our own codes that a document uses are explained by it (PS3.3 table C.12-1). */
export const OWN_SCHEME_IDENTIFICATION = dataSet({
  CodingSchemeDesignator: METHODS.length[1],
  CodingSchemeName: 'Qiao codes',
  CodingSchemeResponsibleOrganization: 'Qiao',
});
