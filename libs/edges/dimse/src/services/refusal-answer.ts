import { Refusal } from '#libs/kernel';
import { DIMSE_STATUS } from '../command-elements.js';
import type { DimseAnswer } from '../command-set.js';

/** How a refusal is told in the answer to an N-service (PS3.7 annex C). @throws the error, where it is none */
export function normalizedAnswer(error: unknown): DimseAnswer {
  if (!(error instanceof Refusal)) throw error;
  return { status: NORMALIZED[error.kind], comment: `${error.code}: ${error.message}`, ...offending(error) };
}

/** How a refusal is told in the answer to C-FIND, C-GET and C-MOVE (PS3.4 tables C.4-1 to C.4-3). @throws the error, where it is none */
export function compositeAnswer(error: unknown): DimseAnswer {
  if (!(error instanceof Refusal)) throw error;
  return { status: COMPOSITE[error.kind], comment: `${error.code}: ${error.message}`, ...offending(error) };
}

const NORMALIZED: Readonly<Record<Refusal['kind'], number>> = {
  invalid: DIMSE_STATUS.invalidAttributeValue,
  unauthenticated: DIMSE_STATUS.notAuthorised,
  forbidden: DIMSE_STATUS.notAuthorised,
  'not-found': DIMSE_STATUS.noSuchSopInstance,
  conflict: DIMSE_STATUS.processingFailure,
  'too-large': DIMSE_STATUS.resourceLimitation,
  'no-room': DIMSE_STATUS.resourceLimitation,
  unavailable: DIMSE_STATUS.resourceLimitation,
};

const COMPOSITE: Readonly<Record<Refusal['kind'], number>> = {
  invalid: DIMSE_STATUS.identifierDoesNotMatch,
  unauthenticated: DIMSE_STATUS.notAuthorised,
  forbidden: DIMSE_STATUS.notAuthorised,
  'not-found': DIMSE_STATUS.unableToProcess,
  conflict: DIMSE_STATUS.unableToProcess,
  'too-large': DIMSE_STATUS.outOfResources,
  'no-room': DIMSE_STATUS.outOfResources,
  unavailable: DIMSE_STATUS.outOfResources,
};

/** The attribute at fault, where the refusal names it by its tag. */
function offending({ detail }: Refusal): Pick<DimseAnswer, 'offendingElement'> {
  const { tag } = detail;
  return typeof tag === 'string' && /^[0-9A-Fa-f]{8}$/.test(tag) ? { offendingElement: Number.parseInt(tag, 16) } : {};
}
