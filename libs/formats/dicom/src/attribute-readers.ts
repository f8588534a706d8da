import { DicomFormatError } from './dicom-format-error.js';
import type { DicomJson, DicomJsonValue, PersonNameValue } from './dicom-json.js';
import { isUid } from './uids.js';

/** A person's name for showing and for comparing. */
export interface PersonNameText {
  /** Ideographic group when there is one, else the alphabetic, else the phonetic, with spaces for carets; '' when there is no name. */
  readonly display: string;
  readonly alphabetic: string | null;
  readonly ideographic: string | null;
}

/** The UIDs without which an instance has no place. */
export interface InstanceUids {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

function values(attributes: DicomJson, tag: string): DicomJsonValue[] {
  return attributes[tag]?.Value ?? [];
}

function isItem(value: DicomJsonValue): value is DicomJson {
  return typeof value === 'object' && value !== null;
}

/** Text of each value of `tag` (numbers as text, empty values as ''); [] when absent or empty. */
export function texts(attributes: DicomJson, tag: string): string[] {
  return values(attributes, tag).map((value) => {
    if (value === null) return '';
    return isItem(value) ? ((value as PersonNameValue).Alphabetic ?? '') : String(value);
  });
}

/** Text of the first value, or null when absent or empty. */
export function text(attributes: DicomJson, tag: string): string | null {
  const first = texts(attributes, tag)[0];
  return first === undefined || first === '' ? null : first;
}

/** First value as an integer (IS, US, UL, SS, SL …), or null when absent or no integer. */
export function integer(attributes: DicomJson, tag: string): number | null {
  const first = values(attributes, tag)[0];
  const number = typeof first === 'string' && first.trim() !== '' ? Number(first) : first;
  return typeof number === 'number' && Number.isInteger(number) ? number : null;
}

/** All values as numbers; values that are none are left out. */
export function decimals(attributes: DicomJson, tag: string): number[] {
  return values(attributes, tag)
    .map((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value))
    .filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
}

/** Items of a sequence; [] when absent or empty. */
export function sequence(attributes: DicomJson, tag: string): DicomJson[] {
  return attributes[tag]?.vr === 'SQ' ? values(attributes, tag).filter(isItem) : [];
}

const HAN = /\p{Script=Han}/u;

/** Carets out; a Chinese name has no space between family and given name. */
function plainName(components: string): string {
  return components
    .split('^')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(HAN.test(components) ? '' : ' ');
}

/** The first person name under `tag`. */
export function personName(attributes: DicomJson, tag: string): PersonNameText {
  const first = values(attributes, tag)[0];
  const name: PersonNameValue =
    typeof first === 'string'
      ? { Alphabetic: first }
      : first !== undefined && isItem(first)
        ? (first as PersonNameValue)
        : {};
  const alphabetic = name.Alphabetic ?? null;
  const ideographic = name.Ideographic ?? null;
  const display = [ideographic, alphabetic, name.Phonetic].map((group) => plainName(group ?? '')).find(Boolean) ?? '';
  return { display, alphabetic, ideographic };
}

/** Every component group of every person name under `tag`, as written (`Wang^JianGuo`, `王^建国`). */
export function nameGroups(attributes: DicomJson, tag: string): string[] {
  return values(attributes, tag).flatMap((value) => {
    if (typeof value === 'string') return value.split('=');
    if (value === null || !isItem(value)) return [];
    const { Alphabetic, Ideographic, Phonetic } = value as PersonNameValue;
    return [Alphabetic, Ideographic, Phonetic].filter((group): group is string => Boolean(group));
  });
}

function requiredUid(attributes: DicomJson, tag: string, keyword: string): string {
  const uid = text(attributes, tag);
  if (uid === null) throw new DicomFormatError('missing-uid', `${keyword} is missing.`);
  if (!isUid(uid)) throw new DicomFormatError('bad-uid', `${keyword} is not a UID.`);
  return uid;
}

/** SOP class, SOP instance, study and series UID. Throws DicomFormatError `missing-uid` or `bad-uid`. */
export function instanceUids(attributes: DicomJson): InstanceUids {
  return {
    sopClassUid: requiredUid(attributes, '00080016', 'SOPClassUID'),
    sopInstanceUid: requiredUid(attributes, '00080018', 'SOPInstanceUID'),
    studyInstanceUid: requiredUid(attributes, '0020000D', 'StudyInstanceUID'),
    seriesInstanceUid: requiredUid(attributes, '0020000E', 'SeriesInstanceUID'),
  };
}
