/** A part of a body; null: the range cannot be had (416); undefined: none was asked for, so the whole. */
export type RequestedRange = { start: number; end: number } | null | undefined;

/**
 * The one range of a Range header (RFC 9110 section 14.1.2) for a body of `size` bytes; `end` is exclusive. Several ranges, other units and
 * nonsense are answered with the whole, as the RFC allows. With If-Range the range counts only for the very same body.
 */
export function requestedRange(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  size: number,
  etag: string,
): RequestedRange {
  const range = headers['range'];
  const condition = headers['if-range'];
  if (typeof range !== 'string' || (condition !== undefined && condition !== etag)) return undefined;
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(range);
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  if (first === '') {
    const length = Math.min(size, Number(last));
    return length > 0 ? { start: size - length, end: size } : null;
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) return null;
  return { start, end: last === '' ? size : Math.min(size, Number(last) + 1) };
}

/** Whether the asker already has it (RFC 9110 section 13.1.2; the comparison is weak). */
export function unchanged(ifNoneMatch: string | string[] | undefined, etag: string): boolean {
  if (typeof ifNoneMatch !== 'string') return false;
  if (ifNoneMatch.trim() === '*') return true;
  const plain = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => plain(tag) === plain(etag));
}
