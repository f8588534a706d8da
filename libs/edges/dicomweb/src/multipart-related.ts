import type { Readable } from 'node:stream';

/** One part of a multipart body; `body` must be read to its end before the next part is asked for. */
export interface Part {
  headers: ReadonlyMap<string, string>;
  body: AsyncIterable<Buffer>;
}

export class MultipartError extends Error {}

const HEADER_LIMIT = 16 * 1024;
const CRLF = Buffer.from('\r\n');
const HEADER_END = Buffer.from('\r\n\r\n');

/** The boundary parameter of a multipart/related content type (RFC 2387), or null. */
export function boundaryOf(contentType: string): string | null {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
}

/**
 * The parts of a multipart/related stream (RFC 2046 section 5.1) as they arrive, without holding any of them.
 * @throws MultipartError when the stream ends inside a part or a part's header does not end
 */
export async function* readParts(stream: Readable, boundary: string): AsyncGenerator<Part> {
  const source = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter may stand at the very beginning, without the line break that belongs to the others.
  let held: Buffer = Buffer.from(CRLF);
  let ended = false;
  const more = async (): Promise<boolean> => {
    const { value, done } = await source.next();
    if (done) {
      ended = true;
      return false;
    }
    held = held.length === 0 ? value : Buffer.concat([held, value]);
    return true;
  };
  async function* upToDelimiter(): AsyncGenerator<Buffer> {
    for (;;) {
      const at = held.indexOf(delimiter);
      if (at >= 0) {
        const rest = held.subarray(0, at);
        held = held.subarray(at + delimiter.length);
        if (rest.length > 0) yield rest;
        return;
      }
      const safe = held.length - delimiter.length + 1;
      if (safe > 0) {
        const ready = held.subarray(0, safe);
        held = held.subarray(safe);
        yield ready;
      }
      if (!(await more())) throw new MultipartError('The body ends before its closing boundary.');
    }
  }
  const preamble = upToDelimiter();
  while (!(await preamble.next()).done);
  for (;;) {
    while (held.length < 2) if (!(await more())) throw new MultipartError('The body ends at a boundary.');
    if (held.toString('latin1', 0, 2) === '--') break;
    let end = held.indexOf(HEADER_END);
    while (end < 0) {
      if (held.length > HEADER_LIMIT) throw new MultipartError('The header of a part does not end.');
      if (!(await more())) throw new MultipartError('The body ends inside the header of a part.');
      end = held.indexOf(HEADER_END);
    }
    const headers = parseHeaders(held.toString('latin1', 0, end));
    // The line break before the delimiter may be the one that ends the header, when a part is empty.
    held = held.subarray(end + 2);
    let skip = CRLF.length;
    const raw = upToDelimiter();
    const body = (async function* () {
      for await (const chunk of raw) {
        const piece: Buffer = chunk.subarray(skip);
        skip = Math.max(0, skip - chunk.length);
        if (piece.length > 0) yield piece;
      }
    })();
    yield { headers, body };
    for await (const _left of body);
  }
  if (!ended) stream.resume();
}

function parseHeaders(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}
