import type { Readable } from 'node:stream';

/** One part of a multipart body; what of `body` is left unread is skipped when the next part is asked for. */
export interface Part {
  headers: ReadonlyMap<string, string>;
  body: AsyncIterable<Buffer>;
}

/** The body is no multipart body, or ends before it should; `code` is stable. */
export class MultipartError extends Error {
  readonly code = 'multipart-broken';
}

const HEADER_LIMIT = 16 * 1024;
/** Spaces between a boundary and its line break (RFC 2046 "transport-padding"). */
const PADDING_LIMIT = 256;
const MOST_PARTS = 50_000;
const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const CRLF = Buffer.from('\r\n');
const HEADER_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/**
 * The parts of a multipart/related stream (RFC 2046 section 5.1) as they arrive. Bodies are slices of the stream's own chunks: nothing is
 * copied but the few bytes at a chunk's end that may begin a boundary.
 * @throws MultipartError when the stream ends before its closing boundary, a part's header is endless, or there are more than 50,000 parts
 */
export async function* readParts(stream: Readable, boundary: string): AsyncGenerator<Part> {
  const source = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  const scanner = new Scanner(source, boundary);
  try {
    for await (const _preamble of scanner.body());
    for (let count = 1; !scanner.closed; count += 1) {
      if (count > MOST_PARTS) throw new MultipartError(`The body has more than ${MOST_PARTS} parts.`);
      const headers = await scanner.headers();
      const bytes = scanner.body(CRLF.length);
      // A reader that stops half-way must not end the bytes: what it left has to be skipped.
      yield { headers, body: { [Symbol.asyncIterator]: () => ({ next: () => bytes.next() }) } };
      for await (const _left of bytes);
    }
  } finally {
    await source.return?.();
    stream.resume();
  }
}

class Scanner {
  /** behind the closing boundary */
  closed = false;
  private readonly delimiter: Buffer;
  // The first delimiter may stand at the very beginning, without the line break that belongs to the others.
  private held: Buffer = CRLF;

  constructor(
    private readonly source: AsyncIterator<Buffer>,
    boundary: string,
  ) {
    this.delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  private async more(where: string): Promise<void> {
    const { value, done } = await this.source.next();
    if (done) throw new MultipartError(`The body ends ${where}.`);
    this.held = this.held.length === 0 ? value : Buffer.concat([this.held, value]);
  }

  /** Bytes up to the next delimiter, which is consumed with the rest of its line; the first `skip` bytes are left out. */
  async *body(skip = 0): AsyncGenerator<Buffer> {
    let left = skip;
    const trimmed = (bytes: Buffer): Buffer => {
      const piece = left === 0 ? bytes : bytes.subarray(left);
      left = Math.max(0, left - bytes.length);
      return piece;
    };
    for (;;) {
      const at = this.held.indexOf(this.delimiter);
      const upTo = at >= 0 ? at : this.mayBegin();
      const ready = this.held.subarray(0, upTo);
      this.held = this.held.subarray(upTo);
      if (ready.length > 0) {
        const piece = trimmed(ready);
        if (piece.length > 0) yield piece;
      }
      if (at < 0) await this.more('before its closing boundary');
      else if (await this.lineEnds()) return;
      else {
        // A line that only begins like the boundary is content.
        const content = this.held.subarray(0, this.delimiter.length);
        this.held = this.held.subarray(this.delimiter.length);
        const piece = trimmed(content);
        if (piece.length > 0) yield piece;
      }
    }
  }

  /** Where the held bytes end in what may be the beginning of a delimiter. */
  private mayBegin(): number {
    const { held, delimiter } = this;
    let at = held.indexOf(CR, Math.max(0, held.length - delimiter.length + 1));
    while (at >= 0) {
      if (held.compare(delimiter, 0, held.length - at, at) === 0) return at;
      at = held.indexOf(CR, at + 1);
    }
    return held.length;
  }

  /** `held` begins with the delimiter: consumes its line when it is one. */
  private async lineEnds(): Promise<boolean> {
    const start = this.delimiter.length;
    for (let at = start; ; at += 1) {
      while (this.held.length < at + 2) await this.more('at a boundary');
      const [one, two] = [this.held[at], this.held[at + 1]];
      if (at === start && one === DASH && two === DASH) {
        this.closed = true;
        this.held = NOTHING;
        return true;
      }
      if (one === CR && two === LF) {
        // The line break stays: it may be the one that ends an empty header.
        this.held = this.held.subarray(at);
        return true;
      }
      if ((one !== 0x20 && one !== 0x09) || at - start > PADDING_LIMIT) return false;
    }
  }

  /** The header of a part; its last line break stays, since an empty body may have no other. */
  async headers(): Promise<ReadonlyMap<string, string>> {
    for (;;) {
      const end = this.held.indexOf(HEADER_END);
      if (end >= 0 && end <= HEADER_LIMIT) {
        const text = this.held.toString('latin1', 0, end);
        this.held = this.held.subarray(end + CRLF.length);
        return parseHeaders(text);
      }
      if (this.held.length > HEADER_LIMIT) throw new MultipartError('The header of a part does not end.');
      await this.more('inside the header of a part');
    }
  }
}

function parseHeaders(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}
