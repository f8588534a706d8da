import type { RefusalKind } from '#libs/kernel';

/** The HTTP status (RFC 9110 section 15; 507: RFC 4918 section 11.5) of each kind of refusal, the same on every HTTP edge. */
export const REFUSAL_STATUS: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'no-room': 507,
  unavailable: 503,
};
