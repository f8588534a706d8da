import { describe, expect, it } from '@jest/globals';
import { readWfdb } from './read-wfdb.js';
import { readWfdbAnnotations } from './read-wfdb-annotations.js';

const A = [1, -2, 300, -301];
const B = [-5, 6, -512, 511];
const sum = (values: readonly number[]): number => (values.reduce((all, value) => all + value, 0) << 16) >> 16;
const mixed = A.flatMap((value, i) => [value, B[i] ?? 0]);

const each = (width: number, write: (bytes: Buffer, value: number) => void, values = mixed): Buffer =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(width);
      write(bytes, value);
      return bytes;
    }),
  );

function bits212(values: readonly number[]): Buffer {
  const nibbles: number[] = [];
  for (let i = 0; i < values.length; i += 2) {
    const [a = 0, b = 0] = [(values[i] ?? 0) & 0xfff, (values[i + 1] ?? 0) & 0xfff];
    nibbles.push(a % 256, Math.floor(a / 256) + 16 * Math.floor(b / 256), b % 256);
  }
  return Buffer.from(nibbles);
}

function bits31x(values: readonly number[], format: 310 | 311): Buffer {
  const out: Buffer[] = [];
  for (let i = 0; i < values.length; i += 3) {
    const [a = 0, b = 0, c = 0] = [0, 1, 2].map((k) => ((values[i + k] ?? 0) + 1024) % 1024);
    const word = Buffer.alloc(4);
    if (format === 311) word.writeUInt32LE(a + b * 1024 + c * 1024 * 1024);
    else
      [a * 2 + (c % 32) * 2048, b * 2 + Math.floor(c / 32) * 2048].forEach((half, k) =>
        word.writeUInt16LE(half, k * 2),
      );
    out.push(word);
  }
  return Buffer.concat(out);
}

const record = (format: string, bytes: Buffer, first = A, second = B): Parameters<typeof readWfdb>[0] => [
  {
    name: 'in/r.hea',
    bytes: Buffer.from(
      `# sex: F\nr 2 250 ${first.length} 08:30:00.5 24/12/2021\n` +
        `r.dat ${format} 200(100)/mV 12 0 ${first[0]} ${sum(first)} 0 ECG ii\n` +
        `r.dat ${format} 1/uV 12 0 ${second[0]} ${sum(second)} 0 v1\n`,
    ),
  },
  { name: 'in/r.dat', bytes },
];

describe('readWfdb', () => {
  it.each<[string, Buffer]>([
    ['16', each(2, (bytes, value) => bytes.writeInt16LE(value))],
    ['24', each(3, (bytes, value) => bytes.writeIntLE(value, 0, 3))],
    ['32', each(4, (bytes, value) => bytes.writeInt32LE(value))],
    ['61', each(2, (bytes, value) => bytes.writeInt16BE(value))],
    ['160', each(2, (bytes, value) => bytes.writeUInt16LE(value + 32_768))],
    ['212', bits212(mixed)],
    ['310', bits31x(mixed, 310)],
    ['311', bits31x(mixed, 311)],
    ['16+3', Buffer.concat([Buffer.alloc(3), each(2, (bytes, value) => bytes.writeInt16LE(value))])],
  ])('format %s', (format, bytes) => {
    const recording = readWfdb(record(format, bytes));
    expect(recording.leads.map(({ name, samples }) => [name, [...samples]])).toEqual([
      ['II', A],
      ['V1', B],
    ]);
    expect(recording).toMatchObject({ source: 'wfdb', patient: { sex: 'F' }, startTime: '2021-12-24T08:30:00.5' });
    expect(recording.leads[0]).toMatchObject({ microvoltsPerUnit: 5, baselineMicrovolts: -500, sampleRateHz: 250 });
    expect(recording.leads[1]).toMatchObject({ microvoltsPerUnit: 1, baselineMicrovolts: 0 });
  });

  it('formats 80 and 8, of small values and of differences', () => {
    const [a, b] = [
      [1, -2, 3],
      [-128, 127, 0],
    ];
    const bytes = Buffer.from(a.flatMap((value, i) => [value + 128, (b[i] ?? 0) + 128]));
    expect(readWfdb(record('80', bytes, a, b)).leads.map(({ samples }) => [...samples])).toEqual([a, b]);
    const differences = Buffer.from(Int8Array.from([0, 0, 5, -5, -100, 100]));
    const [c, d] = [
      [1, 6, -94],
      [2, -3, 97],
    ];
    expect(readWfdb(record('8', differences, c, d)).leads.map(({ samples }) => [...samples])).toEqual([c, d]);
  });

  it('several samples a frame, skew, other units', () => {
    const head =
      'r 3 100 2\nr.dat 16x2:1 1000 16 7 1 10 0 I\nr.dat 16 10/mmHg 16 0 9 18 0 ABP\nr.dat 16 0 16 0 5 10 0\n';
    const bytes = each(2, (word, value) => word.writeInt16LE(value), [1, 2, 9, 5, 3, 4, 9, 5]);
    const { leads, notes } = readWfdb([
      { name: 'r.hea', bytes: Buffer.from(head) },
      { name: 'r.dat', bytes },
    ]);
    expect(leads[0]).toMatchObject({
      name: 'I',
      sampleRateHz: 200,
      baselineMicrovolts: -7,
      skewSeconds: -0.01,
      missingValue: -32_768,
    });
    expect([...(leads[0]?.samples ?? [])]).toEqual([1, 2, 3, 4]);
    expect(leads[1]).toMatchObject({ name: 'Channel 2', microvoltsPerUnit: 5 });
    expect(notes).toEqual(["Signal 'ABP' [mmHg] is not shown: no ECG in volts."]);
  });

  const bytes = each(2, (word, value) => word.writeInt16LE(value));
  const headed = (head: string): Parameters<typeof readWfdb>[0] => [
    { name: 'r.hea', bytes: Buffer.from(head) },
    { name: 'r.dat', bytes },
  ];
  it.each<[string, string, Parameters<typeof readWfdb>[0]]>([
    ['a changed sample', 'damaged', record('16', Buffer.concat([bytes.subarray(0, 14), Buffer.from([0, 0])]))],
    ['another first sample', 'damaged', headed('r 1 250 8\nr.dat 16 200 12 0 9 2 0 I\n')],
    ['a short file', 'truncated', record('16', bytes.subarray(0, 15))],
    ['a missing file', 'truncated', record('16', bytes).slice(0, 1)],
    ['no header', 'not-ecg', record('16', bytes).slice(1)],
    ['two headers', 'unsupported', [...record('16', bytes), ...record('16', bytes)]],
    ['several segments', 'unsupported', headed('r/3 2 250 100\n')],
    ['an unknown format', 'unsupported', headed('r 1 250 8\nr.dat 99 200\n')],
    ['a line of a megabyte', 'damaged', headed(`r 1 ${'1'.repeat(1e6)}x`)],
    ['no signals', 'no-waveform', headed('r 0 250\n')],
    ['pressure alone', 'not-ecg', headed('r 1 250 8\nr.dat 16 10/mmHg\n')],
    ['fewer signals than declared', 'truncated', headed('r 2 250 8\nr.dat 16 200\n')],
  ])('refuses %s as %s', (_, code, files) => {
    expect(() => readWfdb(files)).toThrow(expect.objectContaining({ name: 'EcgFormatError', code }));
  });
});

describe('readWfdbAnnotations', () => {
  const words = (...values: number[]): Buffer => each(2, (bytes, value) => bytes.writeUInt16LE(value), values);
  const text = Buffer.from('(N\0\0', 'latin1');

  it('reads times, skips, texts, subtypes, channels and numbers', () => {
    const bytes = Buffer.concat([
      words((28 << 10) | 18, (63 << 10) | 3),
      text,
      words((59 << 10) | 0, 1, 2, (1 << 10) | 5, (61 << 10) | 2, (62 << 10) | 1, (60 << 10) | 255, (5 << 10) | 7, 0),
    ]);
    expect(readWfdbAnnotations(bytes)).toEqual([
      { sample: 18, code: 28, subtype: 0, channel: 0, number: 0, text: '(N' },
      { sample: 65_561, code: 1, subtype: 2, channel: 1, number: -1, text: '' },
      { sample: 65_568, code: 5, subtype: 0, channel: 1, number: -1, text: '' },
    ]);
    expect(() => readWfdbAnnotations(bytes.subarray(0, -2))).toThrow(expect.objectContaining({ code: 'truncated' }));
    expect(() => readWfdbAnnotations(words((61 << 10) | 2, 0))).toThrow(expect.objectContaining({ code: 'damaged' }));
  });
});
