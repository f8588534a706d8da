import type { QueryLevel } from '#libs/catalogue';
import { text, texts, type DicomJson } from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';

/** The query/retrieve information models (PS3.4 sections C.6.1 and C.6.2) by the SOP classes of each. */
export const QUERY_RETRIEVE = {
  patientRoot: {
    find: '1.2.840.10008.5.1.4.1.2.1.1',
    move: '1.2.840.10008.5.1.4.1.2.1.2',
    get: '1.2.840.10008.5.1.4.1.2.1.3',
    levels: ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'],
  },
  studyRoot: {
    find: '1.2.840.10008.5.1.4.1.2.2.1',
    move: '1.2.840.10008.5.1.4.1.2.2.2',
    get: '1.2.840.10008.5.1.4.1.2.2.3',
    levels: ['STUDY', 'SERIES', 'IMAGE'],
  },
} as const satisfies Record<string, { find: string; move: string; get: string; levels: readonly QueryLevel[] }>;

const LEVEL_TAG = '00080052';
export const UNIQUE_KEYS = {
  PATIENT: '00100020',
  STUDY: '0020000D',
  SERIES: '0020000E',
  IMAGE: '00080018',
} as const satisfies Record<QueryLevel, string>;

/** @throws Refusal `invalid` / level, with the `tag` in its detail: none, or one that the model does not have */
export function levelOf(sopClassUid: string, identifier: DicomJson): QueryLevel {
  const model = Object.values(QUERY_RETRIEVE).find((one) =>
    [one.find, one.move, one.get].some((uid) => uid === sopClassUid),
  );
  const given = text(identifier, LEVEL_TAG)?.trim() ?? '';
  const level = model?.levels.find((one) => one === given);
  if (level !== undefined) return level;
  const message = `Query/Retrieve Level "${given.slice(0, 16)}" is none of ${model?.levels.join(', ')}.`;
  throw new Refusal('invalid', 'level', message, { tag: LEVEL_TAG });
}

/**
 * The unique keys of a retrieval (PS3.4 section C.4.2.2.1): at its level one value or, of UIDs, several; above it as far as they were
 * given. Nothing else in the identifier counts.
 * @throws Refusal `invalid` / unique-key with the `tag` in its detail: missing, or with wildcards
 */
export function uniqueKeys(level: QueryLevel, identifier: DicomJson): DicomJson {
  const keys: DicomJson = {};
  for (const [at, tag] of Object.entries(UNIQUE_KEYS) as [QueryLevel, string][]) {
    const values = texts(identifier, tag).filter((value) => value !== '');
    const usable =
      tag === UNIQUE_KEYS.PATIENT
        ? values.length === 1 && !/[*?]/.test(values[0]!)
        : values.every((value) => /^\d[\d.]{0,63}$/.test(value));
    if ((values.length > 0 && !usable) || (values.length === 0 && at === level)) {
      throw new Refusal('invalid', 'unique-key', `${tag} is missing or cannot be retrieved by.`, { tag });
    }
    if (values.length > 0) keys[tag] = { vr: tag === UNIQUE_KEYS.PATIENT ? 'LO' : 'UI', Value: values };
    if (at === level) break;
  }
  return keys;
}
