import { describe, expect, it } from '@jest/globals';
import { readAttributes } from './read-attributes.js';
import { reencodeElements } from './reencode-elements.js';
import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntaxes.js';
import { writeDataset, type WritableDataset } from './write-dataset.js';

const EXPLICIT = { explicit: true, bigEndian: false };
const IMPLICIT = { explicit: false, bigEndian: false };
const BIG = { explicit: true, bigEndian: true };

const sample: WritableDataset = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080018': { vr: 'UI', Value: ['1.2.3'] },
  '00081140': {
    vr: 'SQ',
    Value: [{ '00081155': { vr: 'UI', Value: ['1.2.4'] }, '00200013': { vr: 'IS', Value: ['7'] } }, {}],
  },
  '00100010': { vr: 'PN', Value: ['王^小明'] },
  '00190010': { vr: 'LO', Value: ['MAKER'] },
  '00191001': { vr: 'SL', Value: [-5] },
  '00191002': { vr: 'SQ', Value: [{ '00191003': { vr: 'FD', Value: [1.5] } }] },
  '00280010': { vr: 'US', Value: [258] },
  '00280009': { vr: 'AT', Value: ['00181063'] },
  '00283010': { vr: 'SQ', Value: [{ '00283006': { vr: 'OW', bytes: Uint8Array.of(1, 2, 3, 4) } }] },
};
const plain = writeDataset(sample);
const rewritten = (from: Buffer, source: typeof BIG, target: typeof BIG, options = {}) =>
  Buffer.concat(reencodeElements(from, source, target, options));
const read = (bytes: Buffer, uid: string) => readAttributes(bytes, uid).attributes;

describe('reencodeElements', () => {
  it('gives the bytes that the writer gives', () => {
    expect(rewritten(plain, EXPLICIT, BIG)).toEqual(writeDataset(sample, EXPLICIT_VR_BIG_ENDIAN));
    expect(rewritten(plain, EXPLICIT, IMPLICIT)).toEqual(writeDataset(sample, IMPLICIT_VR_LITTLE_ENDIAN));
    expect(rewritten(writeDataset(sample, EXPLICIT_VR_BIG_ENDIAN), BIG, EXPLICIT)).toEqual(plain);
  });

  it('keeps private values of implicit data sets as UN, byte for byte', () => {
    const implicit = writeDataset(sample, IMPLICIT_VR_LITTLE_ENDIAN);
    const explicit = read(rewritten(implicit, IMPLICIT, EXPLICIT), EXPLICIT_VR_LITTLE_ENDIAN);
    expect(explicit['00191001']).toEqual({
      vr: 'UN',
      InlineBinary: Buffer.from([251, 255, 255, 255]).toString('base64'),
    });
    expect(explicit['00081140']).toEqual(read(plain, EXPLICIT_VR_LITTLE_ENDIAN)['00081140']);
  });

  it('writes a value too long for its VR as UN', () => {
    const long = Buffer.alloc(70_000, 65);
    const implicit = Buffer.concat([Buffer.from([0x10, 0, 0x00, 0x40]), Buffer.alloc(4), long]);
    implicit.writeUInt32LE(long.length, 4);
    const explicit = rewritten(implicit, IMPLICIT, EXPLICIT);
    expect(explicit.toString('latin1', 4, 6)).toBe('UN');
    expect(explicit.subarray(12)).toEqual(long);
  });

  it('replaces, adds and leaves out elements of the top level in order', () => {
    const replace = {
      '00280004': { vr: 'CS', Value: ['RGB'] },
      '00280010': { vr: 'US', Value: [3] },
      '00100010': null,
      '99990001': { vr: 'LO', Value: ['last'] },
    };
    const bytes = rewritten(plain, EXPLICIT, EXPLICIT, { replace });
    const { '00100010': _name, ...others } = sample;
    expect(bytes).toEqual(
      writeDataset({
        ...others,
        '00280004': { vr: 'CS', Value: ['RGB'] },
        '00280010': { vr: 'US', Value: [3] },
        '99990001': { vr: 'LO', Value: ['last'] },
      }),
    );
  });

  it('leaves out group lengths, and refuses a data set that ends early', () => {
    const length = Buffer.from([8, 0, 0, 0, 0x55, 0x4c, 4, 0, 1, 2, 3, 4]);
    expect(rewritten(Buffer.concat([length, plain]), EXPLICIT, EXPLICIT)).toEqual(plain);
    expect(() => reencodeElements(plain.subarray(0, plain.length - 1), EXPLICIT, BIG)).toThrow(
      'ends inside an element',
    );
  });

  it('drops an icon in fragments when the pixels leave their encapsulation', () => {
    const icon = { '00880200': { vr: 'SQ', Value: [{ '7FE00010': { vr: 'OB', fragments: [Uint8Array.of(1, 2)] } }] } };
    const bytes = writeDataset({ ...sample, ...icon });
    expect(rewritten(bytes, EXPLICIT, EXPLICIT, { toNative: true })).toEqual(plain);
    expect(rewritten(bytes, EXPLICIT, EXPLICIT)).toEqual(bytes);
  });
});
