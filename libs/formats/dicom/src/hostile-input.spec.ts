import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sampleCt, sampleDr, sampleEcg } from '#libs/formats/samples';
import { DicomFormatError } from './dicom-format-error.js';
import { locateFrames } from './frames.js';
import { Part10Splitter } from './part10-splitter.js';
import { readAttributes, readAttributesOf } from './read-attributes.js';
import { type WritableDataset, writeDataset } from './write-dataset.js';

const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const JPEG = '1.2.840.10008.1.2.4.70';
const SYNTAXES = [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN, JPEG];
const UNDEFINED = 0xffffffff;

function item(element: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(0xfffe, 0);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function header(tag: [number, number], vr: string, length: number, syntax = EXPLICIT): Buffer {
  const long = ['OB', 'OW', 'SQ', 'UN', 'UT'].includes(vr);
  const bytes = Buffer.alloc(syntax === EXPLICIT && long ? 12 : 8);
  bytes.writeUInt16LE(tag[0], 0);
  bytes.writeUInt16LE(tag[1], 2);
  if (syntax === IMPLICIT) bytes.writeUInt32LE(length, 4);
  else {
    bytes.write(vr, 4, 'latin1');
    if (long) bytes.writeUInt32LE(length, 8);
    else bytes.writeUInt16LE(length, 6);
  }
  return bytes;
}

/** Sequences in sequences, `depth` times. */
function nest(depth: number, syntax: string, defined: boolean, vr = 'SQ'): Buffer {
  const parts: Buffer[] = [];
  const size = header([0x0008, 0x1140], vr, 0, syntax).length + 8;
  for (let level = 0; level < depth; level += 1) {
    const inside = (depth - level - 1) * size;
    parts.push(
      header([0x0008, 0x1140], vr, defined ? inside + 8 : UNDEFINED, syntax),
      item(0xe000, defined ? inside : UNDEFINED),
    );
  }
  return Buffer.concat(parts);
}

/** What comes of it: 'read' or the code of the refusal; whatever else is thrown goes through. */
function outcome(act: () => unknown): string {
  try {
    act();
    return 'read';
  } catch (error) {
    if (error instanceof DicomFormatError) return error.code;
    throw error;
  }
}

function dataset(file: Buffer): { bytes: Buffer; syntax: string } {
  const splitter = new Part10Splitter();
  const bytes = Buffer.concat([splitter.push(file), splitter.end()]);
  return { bytes, syntax: splitter.meta!.transferSyntaxUid };
}

const small: WritableDataset = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080018': { vr: 'UI', Value: ['2.25.7'] },
  '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['2.25.7'] } }, {}] },
  '00100010': { vr: 'PN', Value: ['王^小明'] },
  '00280010': { vr: 'US', Value: [2] },
  '00280011': { vr: 'US', Value: [2] },
  '00280100': { vr: 'US', Value: [8] },
  '7FE00010': { vr: 'OW', bytes: Uint8Array.of(1, 2, 3, 4) },
};

describe('hostile data sets', () => {
  it.each([
    ['explicit, undefined length', EXPLICIT, false, 'SQ'],
    ['explicit, defined length', EXPLICIT, true, 'SQ'],
    ['implicit, undefined length', IMPLICIT, false, 'SQ'],
    ['implicit, defined length', IMPLICIT, true, 'SQ'],
    ['under UN, undefined length', EXPLICIT, false, 'UN'],
    ['under UN, defined length', EXPLICIT, true, 'UN'],
  ])('nested 10,000 deep, %s, are refused', (_how, syntax, defined, vr) => {
    const bytes = nest(10_000, syntax, defined, vr);
    expect(outcome(() => readAttributes(bytes, syntax))).toBe('too-deep');
    expect(outcome(() => readAttributes(bytes, syntax, { complete: false }))).toBe('too-deep');
  });

  it.each(['OB', 'OW', 'SQ', 'UN', 'UT'])('a value of %s that declares 4 GB is cut short, not believed', (vr) => {
    for (const length of [UNDEFINED - 1, 0x80000000, 0x7fffffff]) {
      const bytes = Buffer.concat([header([0x0009, 0x1010], vr, length), Buffer.alloc(64, 1)]);
      expect(['truncated', 'malformed']).toContain(outcome(() => readAttributes(bytes, EXPLICIT)));
      expect(['read', 'malformed']).toContain(outcome(() => readAttributes(bytes, EXPLICIT, { complete: false })));
    }
  });

  it('millions of elements or items are too many', () => {
    const elements = Buffer.alloc(8 * 600_000, header([0x0009, 0x1010], 'SH', 0));
    expect(outcome(() => readAttributes(elements, EXPLICIT))).toBe('too-large');
    const items = Buffer.concat([
      header([0x0008, 0x1140], 'SQ', UNDEFINED),
      Buffer.alloc(8 * 600_000, item(0xe000, 0)),
    ]);
    expect(outcome(() => readAttributes(items, EXPLICIT))).toBe('too-large');
  });

  it('a deflate bomb is bounded, and a truncated or broken stream refused', () => {
    const bomb = deflateRawSync(Buffer.concat([writeDataset(small).subarray(0, 100), Buffer.alloc(200 * 1024 * 1024)]));
    expect(outcome(() => readAttributes(bomb, DEFLATED))).toBe('too-large');
    const good = writeDataset(small, DEFLATED);
    expect(outcome(() => readAttributes(good.subarray(0, -3), DEFLATED))).toBe('truncated');
    expect(outcome(() => readAttributes(Buffer.alloc(100, 0xff), DEFLATED))).toBe('malformed');
  });

  it('cut at every byte are read or refused, in every syntax', () => {
    for (const syntax of SYNTAXES.slice(0, 4)) {
      const bytes = writeDataset(small, syntax);
      for (let length = 0; length < bytes.length; length += 1) {
        const cut = bytes.subarray(0, length);
        expect(['read', 'truncated']).toContain(outcome(() => readAttributes(cut, syntax)));
        outcome(() => readAttributes(cut, syntax, { complete: false }));
      }
    }
  });

  it('group lengths are not believed', () => {
    const lie = Buffer.concat([header([0x0008, 0x0000], 'UL', 4), Buffer.from([0xff, 0xff, 0xff, 0x7f])]);
    const { attributes } = readAttributes(Buffer.concat([lie, writeDataset(small)]), EXPLICIT);
    expect(attributes['00100010']).toBeDefined();
    expect(attributes['00080000']).toBeUndefined();
  });

  it('values beyond 64 kB are referred to, whatever they are', () => {
    const bytes = Buffer.concat([
      header([0x0008, 0x1030], 'LO', 200_000, IMPLICIT),
      Buffer.alloc(200_000, '1\\'),
      header([0x0028, 0x1051], 'DS', 4_000_000, IMPLICIT),
      Buffer.alloc(4_000_000, '1\\'),
    ]);
    const { attributes, bulk } = readAttributes(bytes, IMPLICIT);
    expect(attributes).toEqual({
      '00081030': { vr: 'LO', BulkDataURI: 'bulk/00081030' },
      '00281051': { vr: 'DS', BulkDataURI: 'bulk/00281051' },
    });
    expect(bulk['bulk/00281051']).toEqual({ offset: 200_016, length: 4_000_000 });
  });

  it('NULs, broken UTF-8 and endless names are text, not trouble', () => {
    for (const value of [Buffer.alloc(64), Buffer.from([0xc0, 0xaf, 0xff, 0xfe]), Buffer.alloc(60_000, 'A^=\\')]) {
      const bytes = Buffer.concat([
        header([0x0008, 0x0005], 'CS', 10),
        Buffer.from('ISO_IR 192'),
        header([0x0010, 0x0010], 'PN', value.length),
        value,
      ]);
      expect(outcome(() => JSON.stringify(readAttributes(bytes, EXPLICIT).attributes))).toBe('read');
    }
  });
});

describe('pixel counts that lie', () => {
  const pixels = { offset: 0, length: 100, vr: 'OW' };
  const number = (vr: string, value: number) => ({ vr, Value: [value] });

  it.each([
    [65_535, 65_535, 32, 2_147_483_647],
    [1, 1, 8, 1_000_000_000],
    [10, 10, 8, -5],
    [1e15, 1e15, 64, 1e15],
  ])('rows %d, columns %d, %d bits, %d frames: no frame that is not there', (rows, columns, bits, frames) => {
    const attributes = {
      '00280008': number('IS', frames),
      '00280010': number('US', rows),
      '00280011': number('US', columns),
      '00280100': number('US', bits),
    };
    for (const syntax of [EXPLICIT, JPEG]) {
      const started = Date.now();
      const table = outcome(() => {
        const found = locateFrames(Buffer.alloc(100), syntax, attributes, pixels);
        for (const { fragments } of found.frames)
          for (const { offset, length } of fragments) expect(offset + length).toBeLessThanOrEqual(100);
      });
      expect(table).not.toBe('');
      expect(Date.now() - started).toBeLessThan(5000);
    }
  });
});

describe('random changes of real shapes', () => {
  const samples = [
    ...sampleCt({ slices: 1, seed: 'fuzz', patientId: 'F', patientName: 'F' }),
    ...sampleDr({ seed: 'fuzz', patientId: 'F', patientName: 'F' }),
    ...sampleEcg({ seed: 'fuzz', patientId: 'F' }),
  ].map(({ bytes }) => dataset(bytes));
  samples.push(...SYNTAXES.slice(0, 4).map((syntax) => ({ bytes: writeDataset(small, syntax), syntax })));
  samples.push(
    { bytes: nest(30, EXPLICIT, true), syntax: EXPLICIT },
    { bytes: nest(30, IMPLICIT, false), syntax: IMPLICIT },
  );

  /** Where headers are: changes to pixels prove little. */
  const LOOKED = 4096;
  const change = fc.record({
    at: fc.nat(LOOKED),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(
        Uint8Array.of(0xff, 0xff, 0xff, 0xff),
        Uint8Array.of(0xfe, 0xff, 0x00, 0xe0),
        Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0),
        Uint8Array.of(0x53, 0x51),
        Uint8Array.of(0x55, 0x4e),
      ),
    ),
  });

  it('give a result or a refusal, the same from memory and from a file, and frames that lie within it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(LOOKED)),
        fc.constantFrom(...SYNTAXES),
        fc.boolean(),
        (sample, changes, length, otherSyntax, mislabel) => {
          const bytes = Buffer.from(sample.bytes.subarray(0, length ?? sample.bytes.length));
          for (const { at, bytes: put } of changes) Buffer.from(put).copy(bytes, at % Math.max(1, bytes.length));
          const syntax = mislabel ? otherSyntax : sample.syntax;
          let read: ReturnType<typeof readAttributes> | undefined;
          const whole = outcome(() => {
            read = readAttributes(bytes, syntax);
            JSON.stringify(read.attributes);
          });
          if (syntax !== DEFLATED) {
            const fetched = outcome(() => {
              const other = readAttributesOf(
                bytes.length,
                (at, count) => Buffer.from(bytes.subarray(at, at + count)),
                syntax,
              );
              expect(other).toEqual(read);
            });
            expect(fetched).toBe(whole);
          }
          outcome(() => readAttributes(bytes, syntax, { complete: false }));
          const pixelData = read?.pixelData;
          if (!pixelData || syntax === DEFLATED) return;
          outcome(() => {
            for (const { fragments } of locateFrames(bytes, syntax, read!.attributes, pixelData).frames.slice(0, 100))
              for (const one of fragments) expect(one.offset + one.length).toBeLessThanOrEqual(bytes.length);
          });
        },
      ),
      { numRuns: 600 },
    );
  }, 120_000);

  it('of file heads split or refuse alike in any chunks', () => {
    const file = sampleCt({ slices: 1, seed: 'fuzz', patientId: 'F', patientName: 'F' })[0]!.bytes.subarray(0, 2000);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 5 }), fc.integer({ min: 1, max: 700 }), (changes, size) => {
        const bytes = Buffer.from(file);
        for (const { at, bytes: put } of changes) Buffer.from(put).copy(bytes, at % 400);
        outcome(() => {
          const splitter = new Part10Splitter();
          for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
          splitter.end();
        });
      }),
      { numRuns: 400 },
    );
  });
});
