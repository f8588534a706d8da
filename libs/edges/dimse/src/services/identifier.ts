import {
  characterSetFor,
  DicomFormatError,
  readAttributes,
  writeDataset,
  type DicomJson,
  type DicomJsonElement,
  type PersonNameValue,
  type WritableCharacterSet,
  type WritableDataset,
  type WritableElement,
  type WritableValue,
} from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';
import type { ServiceRequest } from '../dimse-service.js';

/** The data set of a request, and how an answer to it is to be written. */
export interface Identifier {
  readonly attributes: DicomJson;
  readonly characterSet: WritableCharacterSet;
}

const SPECIFIC_CHARACTER_SET = '00080005';
const BEYOND_ASCII = /[^\0-\x7f]/;

/** @throws Refusal `invalid` / the code of the DicomFormatError: the bytes are no data set */
export function readIdentifier(request: Pick<ServiceRequest<unknown>, 'dataSet' | 'transferSyntaxUid'>): Identifier {
  try {
    const { attributes, charset } = readAttributes(request.dataSet, request.transferSyntaxUid);
    return { attributes, characterSet: characterSetFor(charset.declared) };
  } catch (error) {
    if (error instanceof DicomFormatError) throw new Refusal('invalid', error.code, error.message);
    throw error;
  }
}

/** A data set of an answer; its Specific Character Set is written where the text needs one. */
export function writeIdentifier(
  attributes: DicomJson,
  transferSyntaxUid: string,
  characterSet: WritableCharacterSet = characterSetFor([]),
): Buffer {
  const dataset = { ...writable(attributes) } as Record<string, WritableElement>;
  delete dataset[SPECIFIC_CHARACTER_SET];
  if (BEYOND_ASCII.test(JSON.stringify(attributes))) {
    dataset[SPECIFIC_CHARACTER_SET] = { vr: 'CS', Value: [...characterSet.terms] };
  }
  return writeDataset(dataset, transferSyntaxUid, (text) => characterSet.encode(text));
}

function writable(attributes: DicomJson): WritableDataset {
  return Object.fromEntries(Object.entries(attributes).map(([tag, element]) => [tag, writableElement(element)]));
}

function writableElement({ vr, Value = [], InlineBinary }: DicomJsonElement): WritableElement {
  if (InlineBinary !== undefined) return { vr, bytes: Buffer.from(InlineBinary, 'base64') };
  return {
    vr,
    Value: Value.map((value): WritableValue => {
      if (value === null) return vr === 'SQ' ? {} : '';
      if (typeof value !== 'object') return value;
      return vr === 'PN' ? nameText(value as PersonNameValue) : writable(value as DicomJson);
    }),
  };
}

function nameText({ Alphabetic = '', Ideographic = '', Phonetic = '' }: PersonNameValue): string {
  return `${Alphabetic}=${Ideographic}=${Phonetic}`.replace(/=+$/, '');
}
