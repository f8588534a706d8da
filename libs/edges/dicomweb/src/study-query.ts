import type { StudyFilter } from '#libs/catalogue';
import { moment } from './query-time.js';
import { tagOf } from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';

const PAGE = 200;
const IGNORED = new Set(['includefield', 'fuzzymatching']);

type Query = Readonly<Record<string, string | string[] | undefined>>;

/**
 * QIDO-RS matching at study level (PS3.18 section 10.6, PS3.4 C.6.2.1.2): PatientID, PatientName (wildcards, Chinese, pinyin and Latin),
 * StudyInstanceUID (list), StudyDate (single or range), AccessionNumber, ModalitiesInStudy.
 * @throws Refusal `invalid` / unsupported-key for a key that is no attribute or cannot be matched yet
 */
export function studyFilter(query: Query): StudyFilter {
  const filter: StudyFilter = {
    limit: whole(query['limit'], PAGE, 'limit'),
    offset: whole(query['offset'], 0, 'offset'),
  };
  filter.limit = Math.min(filter.limit, 1000);
  for (const [key, raw] of Object.entries(query)) {
    const value = Array.isArray(raw) ? raw.join(',') : (raw ?? '');
    if (key === 'limit' || key === 'offset' || IGNORED.has(key) || value === '' || value === '*') continue;
    switch (/^[0-9A-Fa-f]{8}$/.test(key) ? key.toUpperCase() : tagOf(key)) {
      case '00100020':
        filter.patientNumber = value;
        break;
      case '00100010':
        filter.patientName = value;
        break;
      case '0020000D':
        filter.studyInstanceUids = value.split(/[,\\]/);
        break;
      case '00080050':
        filter.accessionNumber = value;
        break;
      case '00080060':
      case '00080061':
        filter.modality = value.toUpperCase();
        break;
      case '00080020':
        Object.assign(filter, range(value));
        break;
      default:
        throw new Refusal('invalid', 'unsupported-key', `Studies cannot be matched by ${key.slice(0, 40)}.`);
    }
  }
  return filter;
}

function range(value: string): { examinedFrom?: Date; examinedTo?: Date } {
  const [from, to] = value.includes('-') ? value.split('-', 2) : [value, value];
  const begin = from ? moment(from) : null;
  const end = to ? moment(to) : null;
  if ((from && !begin) || (to && !end))
    throw new Refusal('invalid', 'bad-date', `${value.slice(0, 20)} is no date or range of dates.`);
  return {
    ...(begin ? { examinedFrom: begin } : {}),
    ...(end ? { examinedTo: new Date(end.getTime() + 86_400_000) } : {}),
  };
}

function whole(raw: string | string[] | undefined, fallback: number, name: string): number {
  if (raw === undefined || raw === '') return fallback;
  const value = Number(raw);
  if (!Number.isInteger(value) || value < 0) throw new Refusal('invalid', 'bad-page', `${name} is no whole number.`);
  return value;
}
