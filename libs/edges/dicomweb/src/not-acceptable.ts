/** What is asked for exists, but not in a form that the asker would take (RFC 9110 section 15.5.7). */
export class NotAcceptable extends Error {
  readonly statusCode = 406;
  readonly code = 'not-acceptable';
}
