import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { detectEcgFormat } from '../detect-ecg-format.js';
import { readEcg } from '../read-ecg.js';
import { readWfdbArchive } from './wfdb-archive.js';

interface File {
  readonly name: string;
  readonly content: Buffer;
  readonly method?: number;
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
}

function zip(files: readonly File[]): Buffer {
  const [locals, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const { name, content, method = 8, size = content.length, crc = crc32(content), flags = 0 } of files) {
    const packed = method === 8 ? deflateRawSync(content) : content;
    const about = Buffer.alloc(26);
    about.writeUInt16LE(flags, 2);
    about.writeUInt16LE(method, 4);
    [crc, packed.length, size].forEach((value, i) => about.writeUInt32LE(value, 10 + i * 4));
    about.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\0\0'), about, place, Buffer.from(name));
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, Buffer.from(name), packed]);
    locals.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const hea = { name: 'x/r.hea', content: Buffer.from('r 1 250 3\nr.dat 80 200 8 0 1 6 0 II\n') };
const dat = { name: 'x/r.dat', content: Buffer.from([129, 130, 131]) };

describe('readWfdbArchive', () => {
  it.each([0, 8])('reads a record packed by method %s', (method) => {
    const bytes = zip([
      { ...hea, method },
      { ...dat, method },
      { name: 'x/r.atr', content: Buffer.alloc(2) },
    ]);
    expect(detectEcgFormat(bytes)).toBe('wfdb');
    expect([...(readEcg(bytes).leads[0]?.samples ?? [])]).toEqual([1, 2, 3]);
  });

  it('takes the signal file beside the header, and none of two elsewhere', () => {
    const other = { ...dat, name: 'a/r.dat', content: Buffer.from([135, 136, 137]) };
    const unchecked = { ...hea, content: Buffer.from('r 1 250 3\nr.dat 80 200 8 0\n') };
    expect([...(readEcg(zip([other, unchecked, dat])).leads[0]?.samples ?? [])]).toEqual([1, 2, 3]);
    expect(() => readEcg(zip([other, unchecked, { ...dat, name: 'b/r.dat' }]))).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
  });

  it('takes an archive without a header for none', () => {
    expect(detectEcgFormat(zip([dat]))).toBeNull();
    expect(detectEcgFormat(zip([hea, dat]).subarray(0, -1))).toBeNull();
  });

  it.each<[string, string, Buffer]>([
    ['a wrong checksum', 'damaged', zip([hea, { ...dat, crc: 1 }])],
    ['a bomb that hides its size', 'damaged', zip([hea, { ...dat, content: Buffer.alloc(1 << 20), size: 3 }])],
    ['a bomb that declares it', 'unsupported', zip([hea, { ...dat, size: 1 << 30 }])],
    ['an encrypted file', 'unsupported', zip([hea, { ...dat, flags: 1 }])],
    ['another method', 'unsupported', zip([hea, { ...dat, method: 12 }])],
    ['a record without its signals', 'truncated', zip([hea])],
    ['no header', 'not-ecg', zip([dat])],
    ['a cut archive', 'truncated', zip([hea, dat]).subarray(0, -1)],
  ])('refuses %s as %s', (_, code, bytes) => {
    expect(() => readWfdbArchive(bytes)).toThrow(expect.objectContaining({ name: 'EcgFormatError', code }));
  });
});
