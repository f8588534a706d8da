import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { instanceUids, integer, personName, sequence, text, texts } from './attribute-readers.js';
import { keywordOf, tagOf } from './dictionary.js';
import { instanceDigest } from './instance-digest.js';
import { readAttributes } from './read-attributes.js';
import { isStorageSopClass } from './storage-sop-classes.js';
import { transferSyntaxOf } from './transfer-syntaxes.js';
import { isUid } from './uids.js';
import { type WritableDataset, writeDataset } from './write-dataset.js';

const EXPLICIT = '1.2.840.10008.1.2.1';
const sample: WritableDataset = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
  '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['2.25.7'] } }, {}] },
  '00100010': { vr: 'PN', Value: ['Wang^Xiaoming=王^小明'] },
  '00200013': { vr: 'IS', Value: [12] },
  '00280009': { vr: 'AT', Value: ['00181063'] },
  '00280010': { vr: 'US', Value: [2] },
  '00281051': { vr: 'DS', Value: [400, 1500.5] },
  '00289001': { vr: 'UL', Value: [70_000] },
  '54000100': { vr: 'SQ', Value: [{ '54001010': { vr: 'OW', bytes: new Uint8Array(2000) } }] },
  '7FE00010': { vr: 'OW', bytes: Uint8Array.of(1, 2, 3, 4) },
};

/** The bytes of a text element that need not be valid text. */
function raw(tag: [number, number], vr: string, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(tag[0], 0);
  header.writeUInt16LE(tag[1], 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}

const named = (value: Buffer, declared = ''): ReturnType<typeof readAttributes> => {
  const charset = raw([0x0008, 0x0005], 'CS', Buffer.from(declared));
  return readAttributes(Buffer.concat([charset, raw([0x0010, 0x0010], 'PN', value)]), EXPLICIT);
};

describe('readAttributes', () => {
  it.each(['', '.1', '.2', '.1.99'])('reads what was written in 1.2.840.10008.1.2%s', (suffix) => {
    const syntax = `1.2.840.10008.1.2${suffix}`;
    const { attributes, pixelData, bulk, needMore, charset } = readAttributes(writeDataset(sample, syntax), syntax);
    expect(attributes).toEqual({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
      '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['2.25.7'] } }, {}] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Wang^Xiaoming', Ideographic: '王^小明' }] },
      '00200013': { vr: 'IS', Value: [12] },
      '00280009': { vr: 'AT', Value: ['00181063'] },
      '00280010': { vr: 'US', Value: [2] },
      '00281051': { vr: 'DS', Value: [400, 1500.5] },
      '00289001': { vr: 'UL', Value: [70_000] },
      '54000100': { vr: 'SQ', Value: [{ '54001010': { vr: 'OW', BulkDataURI: 'bulk/54000100/0/54001010' } }] },
    });
    expect(pixelData).toMatchObject({ length: 4, vr: 'OW' });
    expect(bulk['bulk/54000100/0/54001010']).toMatchObject({ length: 2000 });
    expect({ needMore, guessed: charset.guessed }).toEqual({ needMore: false, guessed: false });
  });

  it('asks for more until the pixel data begins, and throws where a whole file stops short', () => {
    const bytes = writeDataset(sample);
    const { pixelData } = readAttributes(bytes, EXPLICIT);
    for (let length = 0; length < bytes.length; length += 1) {
      const { needMore } = readAttributes(bytes.subarray(0, length), EXPLICIT, { complete: false });
      expect(needMore).toBe(length < pixelData!.offset);
    }
    expect(() => readAttributes(bytes.subarray(0, -1), EXPLICIT)).toThrow(
      expect.objectContaining({ code: 'truncated' }),
    );
  });

  it.each(['', 'ISO_IR 100', 'ISO_IR 6', 'NONSENSE'])('finds GBK mislabelled as %j', (declared) => {
    const gbk = Buffer.from([0xcd, 0xf5, 0x5e, 0xd0, 0xa1, 0xc3, 0xf7, 0x20]);
    const { attributes, charset } = named(gbk, declared.padEnd(declared.length + (declared.length % 2)));
    expect(personName(attributes, '00100010').display).toBe('王小明');
    expect(charset).toMatchObject({ used: 'GB18030', guessed: true });
    expect(text(attributes, '00080005')).toBe('ISO_IR 192');
  });

  it('finds UTF-8 mislabelled, and leaves true Latin-1 alone', () => {
    expect(named(Buffer.from('王^小明=', 'utf8').subarray(0, 10), 'ISO_IR 100').charset).toMatchObject({
      used: 'ISO_IR 192',
    });
    for (const name of ['Äneas^Rüdiger ', 'Buc^Jérôme', 'Muñoz^José', 'Strauß^Käthe']) {
      const { attributes, charset } = named(Buffer.from(name, 'latin1'), 'ISO_IR 100');
      expect(charset.guessed).toBe(false);
      expect(personName(attributes, '00100010').alphabetic).toBe(name.trim());
    }
  });

  it('splits values after decoding, since GBK may hold a backslash inside a character', () => {
    const value = Buffer.from([0x90, 0x5c, 0x5c, 0xd0, 0xa1, 0x20]);
    expect(texts(named(value, 'GB18030 ').attributes, '00100010')).toHaveLength(2);
  });

  it('keeps IS and DS that are no numbers, and drops empty ones', () => {
    const bytes = Buffer.concat([
      raw([0x0020, 0x0011], 'IS', Buffer.alloc(0)),
      raw([0x0020, 0x0013], 'IS', Buffer.from('n/a ')),
      raw([0x0028, 0x1051], 'DS', Buffer.from('1\\\\2 ')),
    ]);
    const { attributes } = readAttributes(bytes, EXPLICIT);
    expect(attributes['00200011']).toEqual({ vr: 'IS' });
    expect(attributes['00200013']).toEqual({ vr: 'IS', Value: ['n/a'] });
    expect(attributes['00281051']).toEqual({ vr: 'DS', Value: [1, null, 2] });
    expect(integer(attributes, '00200013')).toBeNull();
  });

  it('refuses a nest of sequences without end', () => {
    let nested: WritableDataset = {};
    for (let depth = 0; depth < 80; depth += 1) nested = { '00081140': { vr: 'SQ', Value: [nested] } };
    expect(() => readAttributes(writeDataset(nested), EXPLICIT)).toThrow(expect.objectContaining({ code: 'too-deep' }));
  });

  it('leaves the insisting on UIDs to instanceUids', () => {
    const { attributes } = readAttributes(writeDataset(sample), EXPLICIT);
    expect(() => instanceUids(attributes)).toThrow(expect.objectContaining({ code: 'missing-uid' }));
    expect(sequence(attributes, '00081140')).toHaveLength(2);
  });
});

describe('tables', () => {
  it('know their entries', () => {
    expect(keywordOf('00100010')).toBe('PatientName');
    expect(tagOf('WaveformData')).toBe('54001010');
    expect(keywordOf('60023000')).toBe('OverlayData');
    expect(transferSyntaxOf('1.2.840.10008.1.2.4.90')).toMatchObject({
      encapsulated: true,
      lossy: false,
      explicit: true,
    });
    expect(transferSyntaxOf('1.2.3')).toBeUndefined();
    expect(isStorageSopClass('1.2.840.10008.5.1.4.1.1.9.1.1')).toBe(true);
    expect(isStorageSopClass('1.2.840.10008.1.1')).toBe(false);
    expect([isUid('1.2.840'), isUid('1.02'), isUid('1'.repeat(70)), isUid('1.2.')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('digest the transfer syntax, a line feed and the data set', () => {
    const whole = createHash('sha256').update('1.2.840.10008.1.2.1\nabcdef').digest('hex');
    expect(instanceDigest(EXPLICIT).update(Buffer.from('abc')).update(Buffer.from('def')).digest('hex')).toBe(whole);
  });
});
