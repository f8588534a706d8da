import { describe, expect, it } from '@jest/globals';
import { buildFileMeta } from './file-meta.js';
import { Part10Splitter } from './part10-splitter.js';
import { writeDataset } from './write-dataset.js';

const uids = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
  sopInstanceUid: '2.25.1',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
};
const dataset = writeDataset({
  '00080016': { vr: 'UI', Value: [uids.sopClassUid] },
  '00080018': { vr: 'UI', Value: [uids.sopInstanceUid] },
  '00100010': { vr: 'PN', Value: ['A^B'] },
});
const meta = buildFileMeta(uids);

function split(bytes: Buffer, size: number): { splitter: Part10Splitter; out: Buffer } {
  const splitter = new Part10Splitter();
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(splitter.push(bytes.subarray(at, at + size)));
  return { splitter, out: Buffer.concat([...parts, splitter.end()]) };
}

describe('Part10Splitter', () => {
  it.each([1, 3, 132, 133, 10_000])('gives the data set in chunks of %i', (size) => {
    const { splitter, out } = split(Buffer.concat([meta, dataset]), size);
    expect(out.equals(dataset)).toBe(true);
    expect(splitter.meta).toEqual({ ...uids, transferSyntaxGuessed: false });
  });

  it('takes group 0002 without preamble', () => {
    expect(split(Buffer.concat([meta.subarray(132), dataset]), 64).splitter.meta).toMatchObject(uids);
  });

  it.each(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'])(
    'sees that a bare data set is %s',
    (uid) => {
      const bare = writeDataset({ '00080016': { vr: 'UI', Value: [uids.sopClassUid] } }, uid);
      const { splitter, out } = split(bare, 1000);
      expect(splitter.meta).toEqual({ transferSyntaxUid: uid, transferSyntaxGuessed: true });
      expect(out.equals(bare)).toBe(true);
    },
  );

  it.each([
    ['', 'not-dicom'],
    ['%PDF-1.7 and so on', 'not-dicom'],
    ['<?xml version="1.0"?>'.repeat(20), 'not-dicom'],
  ])('refuses %j', (content, code) => {
    expect(() => split(Buffer.from(content), 50)).toThrow(expect.objectContaining({ code }));
  });

  it('says truncated when the file ends inside its meta', () => {
    expect(() => split(meta.subarray(0, 170), 50)).toThrow(expect.objectContaining({ code: 'truncated' }));
  });
});
