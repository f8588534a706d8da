export interface WrittenPart {
  headers?: Record<string, string>;
  body: Uint8Array | string;
}

/** A multipart/related body (RFC 2387) of these parts. */
export function multipart(parts: readonly WrittenPart[], boundary = 'the-boundary'): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ headers = { 'Content-Type': 'application/dicom' }, body }) => [
      Buffer.from(
        `--${boundary}\r\n${Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('')}\r\n`,
      ),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}
