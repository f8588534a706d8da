import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ZipFile } from 'yazl';
import { writeZip, type WrittenEntry } from '#test/zip-writer';
import { looksLikeZip, readZip, ZipError, type ZipSource } from './read-zip.js';

const sourceOf = (bytes: Buffer): ZipSource => ({
  size: bytes.length,
  read: async (start, length) => bytes.subarray(start, start + length),
});

interface Read {
  name: string;
  problem?: string | undefined;
  text: string;
}

async function readAll(bytes: Buffer): Promise<Read[]> {
  const found: Read[] = [];
  for await (const { name, problem, directory, bytes: content } of readZip(sourceOf(bytes))) {
    if (directory) continue;
    const chunks: Buffer[] = [];
    if (!problem) for await (const chunk of content()) chunks.push(chunk);
    found.push({ name, ...(problem ? { problem } : {}), text: Buffer.concat(chunks).toString() });
  }
  return found;
}

async function byYazl(fill: (zip: ZipFile) => void): Promise<Buffer> {
  const zip = new ZipFile();
  fill(zip);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('readZip', () => {
  it('reads what another writer made: folders, deflated, stored, zip64 and data descriptors', async () => {
    const bytes = await byYazl((zip) => {
      zip.addEmptyDirectory('影像');
      zip.addBuffer(Buffer.from('deflated'), '影像/a.dcm');
      zip.addBuffer(Buffer.from('stored'), 'b.dcm', { compress: false });
      zip.addBuffer(Buffer.from('zip64'), 'c.dcm', { forceZip64Format: true });
      zip.addReadStream(Readable.from([Buffer.from('with a descriptor')]), 'd.dcm');
    });
    expect((await readAll(bytes)).map(({ name, text }) => [name, text])).toEqual([
      ['影像/a.dcm', 'deflated'],
      ['b.dcm', 'stored'],
      ['c.dcm', 'zip64'],
      ['d.dcm', 'with a descriptor'],
    ]);
  });

  it('tells names in UTF-8 and in GBK, and turns backslashes', async () => {
    const gbk = Buffer.from([0xcd, 0xf5, 0xbd, 0xa8, 0xb9, 0xfa, 0x2f, 0x31]);
    const entries: WrittenEntry[] = [
      { name: '王建国/1' },
      { name: gbk },
      { name: Buffer.from('王建国/2') },
      { name: 'a\\b\\c' },
      { name: '../../etc/passwd' },
      { name: '/C:\\windows' },
    ];
    const names = (await readAll(writeZip(entries))).map(({ name }) => name);
    expect(names).toEqual(['王建国/1', '王建国/1', '王建国/2', 'a/b/c', '../../etc/passwd', '/C:/windows']);
  });

  it('says beforehand what it cannot open', async () => {
    const read = await readAll(
      writeZip([
        { name: 'locked', flags: 1 },
        { name: 'lzma', method: 14 },
        { name: 'plain', content: Buffer.from('x') },
      ]),
    );
    expect(read.map(({ problem }) => problem)).toEqual(['zip-encrypted', 'zip-method', undefined]);
  });

  it.each<[string, Partial<WrittenEntry>]>([
    ['gives more than declared', { size: 3 }],
    ['gives less than declared', { size: 300 }],
    ['has another checksum', { crc: 1 }],
    ['is no deflate stream', { compressed: Buffer.from('garbage that is no deflate stream') }],
    ['reaches beyond the archive', { compressedSize: 100_000 }],
  ])('fails on an entry that %s, without a byte too many', async (_how, wrong) => {
    await expect(readAll(writeZip([{ name: 'a', content: Buffer.alloc(200, 'abc'), ...wrong }]))).rejects.toThrow(
      ZipError,
    );
  });

  it.each([Buffer.alloc(0), Buffer.from('PK\x03\x04'), writeZip([{ name: 'a' }]).subarray(0, -5)])(
    'refuses archive %# as broken',
    async (bytes) => {
      await expect(readAll(bytes)).rejects.toThrow(ZipError);
    },
  );

  it('passes on what the source itself fails with', async () => {
    const away = new Error('the disk is away');
    const bytes = writeZip([{ name: 'a', content: Buffer.alloc(100) }]);
    let reads = 0;
    const source: ZipSource = {
      size: bytes.length,
      read: async (start, length) => {
        reads += 1;
        if (reads > 3) throw away;
        return bytes.subarray(start, start + length);
      },
    };
    const reading = async () => {
      for await (const entry of readZip(source)) for await (const _chunk of entry.bytes());
    };
    await expect(reading()).rejects.toBe(away);
  });

  it('knows an archive by its first bytes', () => {
    expect([writeZip([{ name: 'a' }]), writeZip([]), Buffer.from('PK')].map(looksLikeZip)).toEqual([true, true, false]);
  });

  it('ends in entries or in an error for any archive with bytes changed, cut or repeated', async () => {
    const good = writeZip([
      { name: 'a', content: Buffer.alloc(300, 'abc') },
      { name: 'b/', method: 0 },
      { name: 'c', content: Buffer.from('stored'), method: 0 },
    ]);
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 8 }), fc.nat(good.length), async (changes, length) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        await readAll(changes.length > 0 ? bytes : bytes.subarray(0, length)).catch((error: unknown) =>
          expect(error).toBeInstanceOf(ZipError),
        );
      }),
      { numRuns: 400 },
    );
  });
});
