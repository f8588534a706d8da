import { ObjectStoreUnavailable } from '#libs/ports';

/** The error code of an S3 answer or of the operating system; empty when there is none. */
export function errorCode(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : '';
}

/** A HEAD answer has no body to name its code, so the client calls it NotFound; a GET names the key. */
export function isMissingObject(cause: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(errorCode(cause));
}

const NETWORK = new Set(
  'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN'.split(
    ' ',
  ),
);
/** Refusals that pass: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and wrong keys, which a person mends. */
const REFUSED_FOR_NOW = new Set(
  (
    'InternalError ServiceUnavailable SlowDown RequestTimeout OperationAborted QuotaExceeded XMinioStorageFull ' +
    'RequestTimeTooSkewed AccessDenied InvalidAccessKeyId SignatureDoesNotMatch NoSuchBucket NoSuchUpload'
  ).split(' '),
);
const TRANSIENT = new Set(
  'InternalError ServiceUnavailable SlowDown RequestTimeout OperationAborted NoSuchUpload'.split(' '),
);

/** An answer that never came, came cut, or was an HTTP 5xx that the client ran out of patience with. */
function isBrokenExchange(cause: unknown): boolean {
  // A refused connection to a name with several addresses comes as an AggregateError with the code of one.
  return (
    NETWORK.has(errorCode(cause)) ||
    /socket hang up|aborted|Request failed after \d+ retries|Retryable HTTP status|timed out/.test(messageOf(cause))
  );
}

function messageOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : '';
}

/** Whether the same request may fare better in a moment. */
export function isTransient(cause: unknown): boolean {
  return isBrokenExchange(cause) || TRANSIENT.has(errorCode(cause));
}

/** What the port promises to throw for what the client threw; anything that is no failure of the store passes as it is. */
export function asPortError(cause: unknown): unknown {
  if (isTransient(cause) || REFUSED_FOR_NOW.has(errorCode(cause))) {
    const reason = errorCode(cause) || messageOf(cause) || 'nothing';
    return new ObjectStoreUnavailable(`the S3 store answers ${reason}`, { cause });
  }
  return cause;
}
