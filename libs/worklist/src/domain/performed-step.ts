import { isUid, sequence, text, texts, type DicomJson } from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';
import type { PerformedStepState } from './performed-step.states.js';

/** A modality performed procedure step as it stands. */
export interface PerformedStep {
  id: string;
  organisation: string;
  sopInstanceUid: string;
  aeTitle: string;
  state: PerformedStepState;
  version: number;
  requestId: string | null;
  studyInstanceUid: string;
  accessionNumber: string | null;
  modality: string;
  patientNumber: string | null;
  attributes: DicomJson;
}

export interface PerformedSeries {
  seriesInstanceUid: string;
  protocol: string | null;
  description: string | null;
  retrieveAeTitle: string | null;
  sopInstanceUids: string[];
}

/** What a step says of the scheduled steps it answers. */
export interface ScheduledReference {
  studyInstanceUid: string;
  accessionNumber: string | null;
  scheduledStepId: string | null;
  requestedProcedureId: string | null;
}

const STATUS = '00400252';
const SCHEDULED_STEP_ATTRIBUTES = '00400270';
const PERFORMED_SERIES = '00400340';
/** Type 1 at N-CREATE (PS3.4 table F.7.2-1). */
const REQUIRED_AT_CREATION = [
  SCHEDULED_STEP_ATTRIBUTES,
  '00400253',
  '00400241',
  '00400244',
  '00400245',
  STATUS,
  '00080060',
];
/** Type 1 of a step that is completed (the same table, final state). */
const REQUIRED_WHEN_COMPLETED = ['00400250', '00400251', PERFORMED_SERIES];
const STATUS_STATES: Readonly<Record<string, PerformedStepState>> = {
  'IN PROGRESS': 'in-progress',
  COMPLETED: 'completed',
  DISCONTINUED: 'discontinued',
};
/** Set at creation and never again (PS3.4 table F.7.2-1: not allowed in N-SET). */
const FIXED = new Set([
  SCHEDULED_STEP_ATTRIBUTES,
  '00080060',
  '00100010',
  '00100020',
  '00100030',
  '00100040',
  '00081120',
  '00400253',
  '00400241',
  '00400242',
  '00400243',
  '00400244',
  '00400245',
  '00200010',
]);

function refuseMissing(attributes: DicomJson, tags: readonly string[]): void {
  for (const tag of tags) {
    const element = attributes[tag];
    if (element === undefined) {
      throw new Refusal('invalid', 'missing-attribute', `Attribute ${tag} is missing.`, { tag });
    }
    if ((element.Value ?? []).length === 0) {
      throw new Refusal('invalid', 'missing-attribute-value', `Attribute ${tag} has no value.`, { tag });
    }
  }
}

/** The status that a step is given. @throws Refusal `invalid` / invalid-attribute-value */
function stateIn(attributes: DicomJson): PerformedStepState {
  const state = STATUS_STATES[text(attributes, STATUS) ?? ''];
  if (state !== undefined) return state;
  const message = 'Performed Procedure Step Status is IN PROGRESS, COMPLETED or DISCONTINUED.';
  throw new Refusal('invalid', 'invalid-attribute-value', message, { tag: STATUS });
}

/**
 * What N-CREATE must bring (PS3.4 table F.7.2-1).
 * @throws Refusal `invalid` / missing-attribute, missing-attribute-value, invalid-attribute-value, with the `tag` in its detail
 */
export function scheduledReferenceAtCreation(attributes: DicomJson): ScheduledReference {
  refuseMissing(attributes, REQUIRED_AT_CREATION);
  if (stateIn(attributes) !== 'in-progress') {
    const message = 'A step is created IN PROGRESS.';
    throw new Refusal('invalid', 'invalid-attribute-value', message, { tag: STATUS });
  }
  const [item = {}] = sequence(attributes, SCHEDULED_STEP_ATTRIBUTES);
  refuseMissing(item, ['0020000D']);
  const studyInstanceUid = text(item, '0020000D') ?? '';
  if (!isUid(studyInstanceUid)) {
    throw new Refusal('invalid', 'invalid-attribute-value', 'Study Instance UID is no UID.', { tag: '0020000D' });
  }
  return {
    studyInstanceUid,
    accessionNumber: text(item, '00080050'),
    scheduledStepId: text(item, '00400009'),
    requestedProcedureId: text(item, '00401001'),
  };
}

/**
 * The step with what N-SET brought, and the state that it asks for.
 * @throws Refusal as at creation; also `invalid` / no-such-attribute for what may not be set any more
 */
export function changedBy(
  before: DicomJson,
  modification: DicomJson,
): { attributes: DicomJson; event: 'update' | 'complete' | 'discontinue' } {
  const fixed = Object.keys(modification).find(
    (tag) => FIXED.has(tag) && JSON.stringify(modification[tag]) !== JSON.stringify(before[tag]),
  );
  if (fixed !== undefined) {
    throw new Refusal('invalid', 'no-such-attribute', `Attribute ${fixed} may not be set any more.`, { tag: fixed });
  }
  const attributes = { ...before, ...modification };
  const state = modification[STATUS] === undefined ? 'in-progress' : stateIn(modification);
  if (state === 'completed') refuseMissing(attributes, REQUIRED_WHEN_COMPLETED);
  return {
    attributes,
    event: state === 'completed' ? 'complete' : state === 'discontinued' ? 'discontinue' : 'update',
  };
}

/** The series of a step, with the images and other objects that each is said to have. */
export function performedSeries(attributes: DicomJson): PerformedSeries[] {
  return sequence(attributes, PERFORMED_SERIES)
    .map((item) => ({
      seriesInstanceUid: text(item, '0020000E') ?? '',
      protocol: text(item, '00181030'),
      description: text(item, '0008103E'),
      retrieveAeTitle: text(item, '00080054'),
      sopInstanceUids: ['00081140', '00400220'].flatMap((tag) =>
        sequence(item, tag).flatMap((reference) => texts(reference, '00081155').filter(isUid)),
      ),
    }))
    .filter((series) => isUid(series.seriesInstanceUid));
}

/** Code and meaning of the reason to discontinue (0040,0281), where one was given. */
export function discontinuationReason(attributes: DicomJson): { code: string; meaning: string } | null {
  const [item] = sequence(attributes, '00400281');
  if (item === undefined) return null;
  return { code: text(item, '00080100') ?? '', meaning: text(item, '00080104') ?? '' };
}
