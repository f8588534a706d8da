/** One part of a multipart/related answer. */
export interface AnswerPart {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly size: number;
  stream(): AsyncIterable<Buffer | Uint8Array>;
}

/** What comes before a part (RFC 2046 section 5.1.1). */
export function partHead(boundary: string, headers: AnswerPart['headers']): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`\r\n--${boundary}\r\n${lines.join('')}\r\n`, 'latin1');
}

export function multipartEnd(boundary: string): Buffer {
  return Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1');
}

/** The whole body, part by part as they are made; nothing is held, and whoever stops reading stops the making. */
export async function* multipartBody(boundary: string, parts: AsyncIterable<AnswerPart>): AsyncGenerator<Buffer> {
  for await (const part of parts) {
    yield partHead(boundary, { ...part.headers, 'Content-Length': part.size });
    yield* part.stream() as AsyncIterable<Buffer>;
  }
  yield multipartEnd(boundary);
}
