export interface ReceivedPart {
  headers: Map<string, string>;
  body: Buffer;
}

/** The boundary that a multipart content type names. */
export function boundaryOf(contentType: string): string {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) throw new Error(`no boundary in ${contentType}`);
  return boundary;
}

/** A whole multipart body cut into its parts by RFC 2046, written apart from the product's own reader and writer. */
export function parseParts(body: Buffer, boundary: string): ReceivedPart[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: ReceivedPart[] = [];
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  let at = whole.indexOf(delimiter);
  for (;;) {
    const start = at + delimiter.length;
    if (at < 0) throw new Error('the body ends without its closing boundary');
    if (whole.toString('latin1', start, start + 2) === '--') return parts;
    const next = whole.indexOf(delimiter, start);
    const headerEnd = whole.indexOf('\r\n\r\n', start);
    const headers = new Map<string, string>();
    for (const line of whole.toString('latin1', start + 2, headerEnd).split('\r\n')) {
      const colon = line.indexOf(':');
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    parts.push({ headers, body: whole.subarray(headerEnd + 4, next) });
    at = next;
  }
}
