import { isoDate, isoDateTime } from '../date-times.js';
import { joinedName } from '../field-text.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { ScpReader } from './scp-reader.js';
import { scpText, type ScpEncoding, scpEncoding } from './scp-text.js';

/** What section 1 says of the person, the device and how it recorded. */
export interface ScpHeader {
  readonly patient: EcgRecording['patient'];
  readonly device?: EcgRecording['device'];
  readonly startTime?: string;
  readonly filter?: NonNullable<EcgLead['filter']>;
  readonly encoding: ScpEncoding;
  readonly notes: readonly string[];
}

const LAST_NAME = 0;
const FIRST_NAME = 1;
const PATIENT_ID = 2;
const SECOND_LAST_NAME = 3;
const BIRTH_DATE = 5;
const SEX = 8;
const ACQUIRING_DEVICE = 14;
const DATE = 25;
const TIME = 26;
const HIGH_PASS = 27;
const LOW_PASS = 28;
const FILTERS = 29;
const TIME_ZONE = 34;
const END = 255;

/** Section 1 (EN 1064, 5.4): tags of 1 byte, lengths of 2, up to tag 255. What is not well formed in a tag is left out and noted. */
export function readHeader(section: Uint8Array): ScpHeader {
  const notes: string[] = [];
  const tags = readTags(section, notes);
  const deviceTag = tags.get(ACQUIRING_DEVICE);
  const encoding = scpEncoding(deviceTag?.[16]);
  const text = (tag: number): string => scpText(tags.get(tag) ?? new Uint8Array(), encoding, notes);
  const name = joinedName([text(LAST_NAME), text(SECOND_LAST_NAME), text(FIRST_NAME)]);
  const id = text(PATIENT_ID);
  // 9 is 'unspecified', which is not another sex.
  const sex = ({ 1: 'M', 2: 'F' } as const)[tags.get(SEX)?.[0] ?? 0];
  const birthDate = isoDate(digits(tags.get(BIRTH_DATE)));
  const startTime = isoDateTime(digits(tags.get(DATE)) + clock(tags.get(TIME)), zone(tags.get(TIME_ZONE)));
  const device = deviceTag && readDevice(deviceTag, encoding, notes);
  const filter = readFilter(tags);
  return {
    patient: {
      ...(id !== '' && { id }),
      ...(name !== '' && { name }),
      ...(sex && { sex }),
      ...(birthDate !== undefined && { birthDate }),
    },
    ...(device && Object.keys(device).length > 0 && { device }),
    ...(startTime !== undefined && { startTime }),
    ...(filter && { filter }),
    encoding,
    notes,
  };
}

/** Of a tag that may occur once the first counts. */
function readTags(section: Uint8Array, notes: string[]): Map<number, Uint8Array> {
  const tags = new Map<number, Uint8Array>();
  const reader = new ScpReader(section, 'Section 1');
  while (reader.left >= 3) {
    const tag = reader.u8();
    if (tag === END) return tags;
    const length = reader.u16();
    if (length > reader.left) break;
    const value = reader.take(length);
    if (!tags.has(tag)) tags.set(tag, value);
  }
  notes.push('Section 1 does not end as it should; what came before was read.');
  return tags;
}

/** YYYYMMDD from a year of two bytes, a month and a day; all zero is no date. */
function digits(value: Uint8Array | undefined): string {
  if (!value || value.length < 4) return '';
  const [low, high, month, day] = value as unknown as [number, number, number, number];
  return `${String(low + 256 * high).padStart(4, '0')}${two(month)}${two(day)}`;
}

function clock(value: Uint8Array | undefined): string {
  return value && value.length >= 3 ? [...value.subarray(0, 3)].map(two).join('') : '';
}

/** Minutes from UTC, '' when the tag is missing or says that they are not known (0x7FFF). */
function zone(value: Uint8Array | undefined): string {
  if (!value || value.length < 2) return '';
  const minutes = ((value[0]! | (value[1]! << 8)) << 16) >> 16;
  if (Math.abs(minutes) > 14 * 60) return '';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Tag 14: fixed fields up to byte 34, then the length of the first of five strings that each end in a zero (EN 1064, 5.4.3.1). */
function readDevice(tag: Uint8Array, encoding: ScpEncoding, notes: string[]): NonNullable<EcgRecording['device']> {
  if (tag.length < 36) return {};
  const known = (value: string): boolean => value !== '' && value !== 'unknown';
  const model = scpText(tag.subarray(8, 14), encoding, notes);
  // A program revision of length 0 still ends in a zero in some files, and in others does not.
  const start = 36 + (tag[35] ?? 0);
  const [serial = '', , , manufacturer = ''] = splitAtZero(tag.subarray(start)).map((part) =>
    scpText(part, encoding, notes),
  );
  return {
    ...(known(manufacturer) && { manufacturer }),
    ...(known(model) && { model }),
    ...(known(serial) && { serial }),
  };
}

function splitAtZero(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length && parts.length < 5;) {
    const zero = bytes.indexOf(0, at);
    const end = zero < 0 ? bytes.length : zero;
    parts.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return parts;
}

/** Tags 27 (in 0.01 Hz), 28 (in Hz) and 29 (bit 0: 60 Hz notch, bit 1: 50 Hz notch); 0 says nothing. */
function readFilter(tags: ReadonlyMap<number, Uint8Array>): EcgLead['filter'] {
  const number = (tag: number): number => {
    const value = tags.get(tag);
    return value && value.length >= 2 ? value[0]! + 256 * value[1]! : 0;
  };
  const bits = tags.get(FILTERS)?.[0] ?? 0;
  const filter = {
    ...(number(HIGH_PASS) > 0 && { lowHz: number(HIGH_PASS) / 100 }),
    ...(number(LOW_PASS) > 0 && { highHz: number(LOW_PASS) }),
    ...((bits & 3) !== 0 && { notchHz: bits & 2 ? 50 : 60 }),
  };
  return Object.keys(filter).length > 0 ? filter : undefined;
}
