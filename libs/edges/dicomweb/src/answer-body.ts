import { Readable } from 'node:stream';
import { requestedRange, unchanged } from './byte-range.js';

/** The parts of Fastify's request and reply that retrieval uses. */
export interface RetrieveRequest {
  readonly method: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly query: Record<string, unknown>;
  readonly protocol: string;
}
export interface RetrieveReply {
  code(status: number): RetrieveReply;
  header(name: string, value: string | number): RetrieveReply;
  send(body?: Buffer | Readable | string): RetrieveReply;
}

export interface Body {
  readonly type: string;
  /** Strong where the bytes are always the same, quoted. */
  readonly etag: string;
  /** Bytes in all, where that is known before they are made. */
  readonly size?: number | undefined;
  /** Whether a part may be asked for; needs `size`. */
  readonly ranges?: boolean;
  readonly cacheControl?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The bytes; `start` and `length` only where `ranges`. */
  open(start?: number, length?: number): AsyncIterable<Buffer> | Promise<Buffer | AsyncIterable<Buffer>>;
}

/**
 * What is stored never changes, so a browser may keep it, for this person alone: `Vary` names who asked, so another session of the same
 * browser asks anew.
 */
export const IMMUTABLE = 'private, max-age=86400, immutable';
/** May be kept, but must be asked about each time. */
export const ASK_AGAIN = 'private, no-cache';

/** Answers with a body: 200, 206 for a range, 304 where the asker has it, 416 for a range outside; HEAD without the bytes. */
export async function answerBody(request: RetrieveRequest, reply: RetrieveReply, body: Body): Promise<void> {
  reply
    .header('etag', body.etag)
    .header('cache-control', body.cacheControl ?? IMMUTABLE)
    .header('vary', 'accept, accept-encoding, authorization, cookie');
  if (unchanged(request.headers['if-none-match'], body.etag)) {
    reply.code(304).send();
    return;
  }
  const { size } = body;
  const ranged = body.ranges === true && size !== undefined;
  const range = ranged ? requestedRange(request.headers, size, body.etag) : undefined;
  if (ranged) reply.header('accept-ranges', 'bytes');
  if (range === null) {
    reply.code(416).header('content-range', `bytes */${size}`).header('content-type', 'application/json');
    reply.send(JSON.stringify({ code: 'range-not-satisfiable', detail: `There are ${size} bytes.` }));
    return;
  }
  reply.header('content-type', body.type);
  for (const [name, value] of Object.entries(body.headers ?? {})) reply.header(name, value);
  const length = range ? range.end - range.start : size;
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end - 1}/${size}`);
  else reply.code(200);
  if (length !== undefined) reply.header('content-length', length);
  if (request.method === 'HEAD') {
    reply.send(Readable.from([]));
    return;
  }
  const opened = await body.open(...(range ? [range.start, range.end - range.start] : []));
  reply.send(Buffer.isBuffer(opened) ? opened : Readable.from(opened, { objectMode: false }));
}
