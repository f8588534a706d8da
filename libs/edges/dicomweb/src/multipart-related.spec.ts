import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { boundaryOf, parseMediaType } from './media-type.js';
import { MultipartError, readParts } from './multipart-related.js';

const BODY = [
  '--XX\r\nContent-Type: application/dicom\r\n\r\nfirst\r\n-part\r\n--X',
  '\r\n--XX \t\r\nContent-Type: application/dicom\r\nContent-ID: 2\r\n\r\n\r\n--XX\r\n\r\nthird\r\n--XX--\r\nepilogue',
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

function cut(bytes: Buffer, size: number): Buffer[] {
  const chunks = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

describe('readParts', () => {
  const expected = [
    { type: 'application/dicom', text: 'first\r\n-part\r\n--X' },
    { type: 'application/dicom', text: '' },
    { type: undefined, text: 'third' },
  ];

  it('gives the same parts however the stream is cut', async () => {
    const bytes = Buffer.from(BODY, 'latin1');
    for (let size = 1; size <= bytes.length; size += 1) expect(await parse(cut(bytes, size))).toEqual(expected);
  });

  it('skips a part that nobody reads', async () => {
    const seen = [];
    for await (const part of readParts(Readable.from([Buffer.from(BODY, 'latin1')]), 'XX'))
      seen.push(part.headers.size);
    expect(seen).toEqual([1, 2, 0]);
  });

  it('goes on with the next part when a reader stops half-way', async () => {
    const bytes = Buffer.from(`--XX\r\n\r\n${'a\r\n\r\nb'.repeat(50)}\r\n--XX\r\nA: b\r\n\r\nnext\r\n--XX--`);
    const seen = [];
    for await (const part of readParts(Readable.from(cut(bytes, 20)), 'XX')) {
      for await (const chunk of part.body) {
        seen.push(chunk.length);
        break;
      }
    }
    expect(seen).toEqual([expect.any(Number), 4]);
  });

  it.each(['--XXY', '--XX-', '--XX x', '--X', `--XX${' '.repeat(300)}`])(
    'takes line %#, which only begins like a boundary, as content',
    async (line) => {
      const text = `a\r\n${line}\r\nb`;
      const bytes = Buffer.from(`--XX\r\n\r\n${text}\r\n--XX--`);
      for (const size of [1, 5, bytes.length]) expect(await parse(cut(bytes, size))).toEqual([{ text }]);
    },
  );

  it.each([
    '',
    '--XX',
    '--XX\r\nA: b\r\n\r\nno end',
    'nothing at all',
    `--XX\r\nA: ${'b'.repeat(20_000)}`,
    `--XX\r\n${'A: b\r\n'.repeat(1_000_000)}`,
    '--XX\n\nwithout carriage returns\n--XX--',
  ])('refuses body %#', async (body) => {
    await expect(parse(cut(Buffer.from(body), 65_536))).rejects.toThrow(MultipartError);
  });

  it('reads back whatever is written, cut anywhere, boundaries inside included', async () => {
    const noise = fc.stringMatching(/^[\r\n\-X a]{0,40}$/);
    const content = fc.oneof(noise, fc.string()).filter((text) => !/(^|\r\n)--XX([ \t]*\r\n|--)/.test(`${text}\r\n`));
    await fc.assert(
      fc.asyncProperty(fc.array(content, { maxLength: 6 }), fc.integer({ min: 1, max: 64 }), async (texts, size) => {
        const bodies = texts.map((text) => Buffer.from(text, 'utf8').toString('latin1'));
        const whole = [...bodies.map((text) => `--XX\r\nA: b\r\n\r\n${text}\r\n`), '--XX--\r\n'].join('');
        const parts = await parse(cut(Buffer.from(whole, 'latin1'), size));
        expect(parts.map(({ text }) => text)).toEqual(bodies);
      }),
      { numRuns: 300 },
    );
  });

  it('ends in parts or in its own error for any bytes', async () => {
    const pieces = fc.array(fc.constantFrom('--XX', '\r\n', '--', '\r', '\n', 'A: b', ' ', 'XX', '\0'), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 9 }), async (some, size) => {
        await parse(cut(Buffer.from(some.join(''), 'latin1'), size)).catch((error: unknown) =>
          expect(error).toBeInstanceOf(MultipartError),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseMediaType', () => {
  const boundary = (text: string) => boundaryOf(parseMediaType(text)!);

  it('reads quoted and bare parameters', () => {
    expect(boundary('multipart/related; type="application/dicom"; boundary="a b"')).toBe('a b');
    expect(boundary('multipart/related;boundary=xyz; type=x')).toBe('xyz');
    expect(boundary('Multipart/Related; Boundary="x;type=y"; type="application/dicom+json"')).toBe('x;type=y');
    expect(parseMediaType('Multipart/Related; TYPE="application/dicom"')).toMatchObject({ type: 'multipart/related' });
  });

  it('takes the 73 characters that Orthanc sends, beyond the 70 of RFC 2046', () => {
    const uuid = 'edd29924-be0d-44ea-bf0f-f89e5b4e5647';
    expect(boundary(`multipart/related; boundary=${uuid}-${uuid}`)).toBe(`${uuid}-${uuid}`);
  });

  it.each(['multipart/related', 'multipart/related; boundary=', `multipart/related; boundary=${'x'.repeat(201)}`])(
    'finds no boundary in %#',
    (text) => {
      expect(boundary(text)).toBeNull();
    },
  );

  it.each(['', 'no type at all', ';boundary=x', 'x'.repeat(2000)])('takes text %# for no media type', (text) => {
    expect(parseMediaType(text)).toBeNull();
  });
});
