import { NotAcceptableException } from '@nestjs/common';
import { parseMediaType } from './media-type.js';

export const DICOM_JSON = 'application/dicom+json';
const ANSWERED: Readonly<Record<string, string>> = {
  [DICOM_JSON]: DICOM_JSON,
  'application/json': 'application/json',
  'application/*': DICOM_JSON,
  '*/*': DICOM_JSON,
};

/**
 * The media type to answer DICOM JSON as (PS3.18 section 8.7): the accept parameter of the address goes before the header.
 * @throws NotAcceptableException (406) when neither allows it
 */
export function acceptedJson(header: string | undefined, parameter: string | undefined): string {
  const given = parameter ?? header ?? '';
  if (given.trim() === '' || given === DICOM_JSON) return DICOM_JSON;
  const ranges = given
    .split(',')
    .map((range) => parseMediaType(range.trim()))
    .filter(
      (range) => range !== null && ANSWERED[range.type] !== undefined && Number(range.parameters.get('q') ?? 1) > 0,
    )
    .sort((a, b) => Number(b!.parameters.get('q') ?? 1) - Number(a!.parameters.get('q') ?? 1));
  const best = ranges.find((range) => range!.type === DICOM_JSON) ?? ranges[0];
  if (!best) throw new NotAcceptableException(`This is answered as ${DICOM_JSON}.`);
  return ANSWERED[best.type]!;
}
