import { describe, expect, it } from '@jest/globals';
import { readIshne } from './read-ishne.js';
import { readEcg } from '../read-ecg.js';

function crcOf(bytes: Buffer): number {
  let crc = 0xffff;
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const top = ((crc >> 15) ^ ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7)))) & 1;
    crc = ((crc << 1) ^ (top === 1 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

function ishne(change: (header: Buffer) => void = () => undefined, crc = true): Buffer {
  const header = Buffer.alloc(522 + 4);
  header.write('ISHNE1.0', 0, 'latin1');
  header.writeInt32LE(4, 10);
  header.writeInt32LE(3, 14);
  header.writeInt32LE(522, 18);
  header.writeInt32LE(526, 22);
  header.write('Li', 28);
  header.write('Wang', 68);
  header.write('P-7', 108);
  header.writeInt16LE(2, 128);
  [4, 5, 1950, 6, 7, 2024, 0, 0, 0, 23, 59, 58, 2].forEach((value, i) => header.writeInt16LE(value, 132 + i * 2));
  [6, 11].forEach((code, i) => header.writeInt16LE(code, 158 + i * 2));
  [2500, 1000].forEach((nanovolts, i) => header.writeInt16LE(nanovolts, 206 + i * 2));
  header.write('Recorder', 232);
  header.writeInt16LE(250, 272);
  change(header);
  if (crc) header.writeUInt16LE(crcOf(header.subarray(10)), 8);
  const samples = Buffer.alloc(12);
  [1, -1, 300, -300, 32_767, -32_768].forEach((value, i) => samples.writeInt16LE(value, i * 2));
  return Buffer.concat([header, samples]);
}

describe('readIshne', () => {
  it('reads leads, resolution, patient and start', () => {
    const recording = readEcg(ishne());
    expect(recording).toMatchObject({
      source: 'ishne',
      patient: { id: 'P-7', name: 'Wang Li', sex: 'F', birthDate: '1950-05-04' },
      startTime: '2024-07-06T23:59:58',
      device: { model: 'Recorder' },
      notes: [],
    });
    expect(recording.leads.map(({ name, samples, ...scale }) => [name, [...samples], scale.microvoltsPerUnit])).toEqual(
      [
        ['II', [1, 300, 32_767], 2.5],
        ['V1', [-1, -300, -32_768], 1],
      ],
    );
    expect(recording.leads[0]?.sampleRateHz).toBe(250);
  });

  it.each([
    ['GB 2312', [0xc0, 0xee], [0xc3, 0xf7], '李明'],
    ['GBK beyond it', [0xcd, 0xf5], [0xac, 0x42], '王珺'],
    ['UTF-8', [...Buffer.from('李')], [...Buffer.from('明')], '李明'],
    ['Latin-1', [0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72], [0x4a, 0x6f, 0x73, 0xe9], 'Müller José'],
  ])('a name in %s', (_, last, first, name) => {
    const bytes = ishne((header) => {
      header.fill(0, 28, 108);
      header.set(first, 28);
      header.set(last, 68);
    });
    expect(readEcg(bytes).patient.name).toBe(name);
  });

  it('accepts a count over all leads and notes a missing CRC', () => {
    expect(readIshne(ishne((header) => header.writeInt32LE(6, 14))).leads[1]?.samples).toHaveLength(3);
    expect(readIshne(ishne(undefined, false)).notes).toEqual(['The header carries no CRC.']);
  });

  it.each<[string, string, Buffer]>([
    ['a changed header', 'damaged', ishne((header) => header.writeUInt16LE(1, 8), false)],
    ['more samples than are there', 'truncated', ishne((header) => header.writeInt32LE(4, 14))],
    ['no samples', 'no-waveform', ishne().subarray(0, 527)],
    ['a cut header', 'truncated', ishne().subarray(0, 521)],
    ['an ECG outside the file', 'truncated', ishne((header) => header.writeInt32LE(99_999, 22))],
    ['no resolution', 'unsupported', ishne((header) => header.writeInt16LE(0, 206))],
    ['13 leads', 'unsupported', ishne((header) => header.writeInt16LE(13, 156))],
    ['another magic', 'not-ecg', Buffer.from('ISHNE2.0')],
  ])('refuses %s as %s', (_, code, bytes) => {
    expect(() => readIshne(bytes)).toThrow(expect.objectContaining({ name: 'EcgFormatError', code }));
  });
});
