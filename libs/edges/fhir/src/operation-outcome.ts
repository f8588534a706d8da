import { HttpException } from '@nestjs/common';
import { Refusal, type RefusalKind } from '#libs/kernel';
import { ObjectStoreUnavailable } from '#libs/ports';
import type { Resource } from './resource.js';

/** HTTP status and FHIR's issue type (R4, valueset-issue-type) of each kind of refusal. */
const ANSWERS: Record<RefusalKind, { status: number; issue: string }> = {
  invalid: { status: 400, issue: 'invalid' },
  unauthenticated: { status: 401, issue: 'login' },
  forbidden: { status: 403, issue: 'forbidden' },
  'not-found': { status: 404, issue: 'not-found' },
  conflict: { status: 409, issue: 'conflict' },
  'too-large': { status: 413, issue: 'too-long' },
  'no-room': { status: 507, issue: 'throttled' },
  unavailable: { status: 503, issue: 'transient' },
};
const BY_CODE: Record<string, string> = {
  'unknown-parameter': 'not-supported',
  'modifier-not-supported': 'not-supported',
  'format-not-supported': 'not-supported',
  'type-not-supported': 'not-supported',
};
const CODE_SYSTEM = 'urn:qiao:error';

export interface ErrorAnswer {
  status: number;
  outcome: Resource;
  /** nobody expected this one */
  unexpected: boolean;
}

export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof Refusal) {
    const { status, issue } = ANSWERS[error.kind];
    return { status, outcome: outcome(BY_CODE[error.code] ?? issue, error.code, error.message), unexpected: false };
  }
  if (error instanceof ObjectStoreUnavailable) {
    return {
      status: 503,
      outcome: outcome('transient', 'store-unavailable', 'The object store cannot answer right now.'),
      unexpected: true,
    };
  }
  if (error instanceof HttpException) {
    return {
      status: error.getStatus(),
      outcome: outcome('processing', 'http-error', error.message),
      unexpected: false,
    };
  }
  return {
    status: 500,
    outcome: outcome('exception', 'internal-error', 'Something went wrong inside.'),
    unexpected: true,
  };
}

function outcome(issue: string, code: string, diagnostics: string): Resource {
  return {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: issue, details: { coding: [{ system: CODE_SYSTEM, code }] }, diagnostics }],
  };
}
