import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { boundaryOf, MultipartError, readParts } from './multipart-related.js';

const BODY = [
  '--XX\r\nContent-Type: application/dicom\r\n\r\nfirst\r\n-part\r\n--X',
  '\r\n--XX\r\nContent-Type: application/dicom\r\nContent-ID: 2\r\n\r\n\r\n--XX\r\n\r\nthird\r\n--XX--\r\nepilogue',
].join('');

async function parse(chunks: Buffer[], boundary = 'XX') {
  const parts: { type: string | undefined; text: string }[] = [];
  for await (const part of readParts(Readable.from(chunks), boundary)) {
    const body: Buffer[] = [];
    for await (const chunk of part.body) body.push(chunk);
    parts.push({ type: part.headers.get('content-type'), text: Buffer.concat(body).toString('latin1') });
  }
  return parts;
}

describe('readParts', () => {
  const expected = [
    { type: 'application/dicom', text: 'first\r\n-part\r\n--X' },
    { type: 'application/dicom', text: '' },
    { type: undefined, text: 'third' },
  ];

  it('gives the same parts however the stream is cut', async () => {
    const bytes = Buffer.from(BODY, 'latin1');
    for (let size = 1; size <= bytes.length; size += 1) {
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      expect(await parse(chunks)).toEqual(expected);
    }
  });

  it('skips a part that nobody reads', async () => {
    const seen = [];
    for await (const part of readParts(Readable.from([Buffer.from(BODY, 'latin1')]), 'XX'))
      seen.push(part.headers.size);
    expect(seen).toEqual([1, 2, 0]);
  });

  it.each(['', '--XX', '--XX\r\nA: b\r\n\r\nno end', 'nothing at all'])('refuses %j', async (body) => {
    await expect(parse([Buffer.from(body)])).rejects.toThrow(MultipartError);
  });
});

describe('boundaryOf', () => {
  it('reads quoted and bare boundaries', () => {
    expect(boundaryOf('multipart/related; type="application/dicom"; boundary="a b"')).toBe('a b');
    expect(boundaryOf('multipart/related;boundary=xyz; type=x')).toBe('xyz');
    expect(boundaryOf('multipart/related')).toBeNull();
  });
});
