import { describe, expect, it } from '@jest/globals';
import { readMfer } from './read-mfer.js';
import { readEcg } from '../read-ecg.js';

const item = (tag: number, ...value: number[]): number[] => [tag, value.length, ...value];
const PREAMBLE = [...Buffer.from('@ MFR Standard 12leads ECG        ', 'latin1')];
const channel = (index: number, ...items: number[]): number[] => [0x3f, index, items.length, ...items];
const TWO = [...PREAMBLE, ...item(1, 1), ...item(4, 2), ...item(5, 2), ...item(6, 2)];
const words = (...values: number[]): number[] => values.flatMap((value) => [value & 255, (value >> 8) & 255]);
const mfer = (...parts: number[][]): Uint8Array => Uint8Array.from(parts.flat());
const values = (bytes: Uint8Array): number[][] => readMfer(bytes).leads.map(({ samples }) => [...samples]);

describe('readMfer', () => {
  it('reads blocks, leads, scale, null value, person, device and time', () => {
    const bytes = mfer(
      TWO,
      item(0x0b, 0, 0, ...words(500)),
      item(0x0c, 0, 0xfa, 5),
      item(0x12, ...words(-32_768)),
      channel(0, ...item(9, 2)),
      channel(1, ...item(9, 61), ...item(0x0c, 0, 0xf7, ...words(1250)), ...item(0x0d, ...words(8))),
      [0x17, 11, ...Buffer.from('Maker^M1^2^')],
      [0x81, 4, ...Buffer.from('李明').subarray(0, 3), 0],
      [0x82, 3, ...Buffer.from('P-1')],
      item(0x84, 2),
      item(0x83, 60, 0, 0, ...words(1960), 2, 29),
      item(0x85, ...words(2024), 2, 29, 8, 30, 15, ...words(250), 0, 0),
      item(0x1e, ...words(1, 2, -3, -4, 5, -32_768, 7, 8)),
      [0x80],
    );
    const recording = readEcg(bytes);
    expect(recording).toMatchObject({
      source: 'mfer',
      patient: { id: 'P-1', name: '李', sex: 'F', birthDate: '1960-02-29' },
      device: { manufacturer: 'Maker', model: 'M1' },
      startTime: '2024-02-29T08:30:15.250',
    });
    expect(recording.leads.map(({ samples, ...lead }) => ({ ...lead, samples: [...samples] }))).toEqual([
      expect.objectContaining({
        name: 'II',
        samples: [1, 2, 5, -32_768],
        sampleRateHz: 500,
        microvoltsPerUnit: 5,
        missingValue: -32_768,
      }),
      expect.objectContaining({
        name: 'III',
        samples: [-3, -4, 7, 8],
        microvoltsPerUnit: 1.25,
        baselineMicrovolts: -10,
      }),
    ]);
  });

  const one = [...PREAMBLE, ...item(5, 1)];
  it.each<[string, number, number[], number[]]>([
    ['int16, big endian by default', 0, [0xff, 0xfe, 0x01, 0x00], [-2, 256]],
    ['uint16', 1, [0xff, 0xfe], [0xfffe]],
    ['int32', 2, [0xff, 0xff, 0xff, 0xfd], [-3]],
    ['uint8', 3, [200, 1], [200, 1]],
    ['int8', 5, [200, 1], [-56, 1]],
    ['uint32', 6, [0, 1, 0, 0], [65_536]],
  ])('data type %s', (_, type, data, expected) => {
    expect(values(mfer(one, item(0x0a, type), item(0x1e, ...data)))).toEqual([expected]);
  });

  it.each<[string, number, number[], number[], number]>([
    ['unsigned 16 bits', 1, [0x80, 0x00], [0x80, 0x0a], 10],
    ['unsigned 8 bits', 3, [0x80], [0x8a], 10],
    ['signed 16 bits', 0, [0xff, 0xf6], [0x00, 0x00], 10],
  ])('an offset is of the kind of its samples: %s', (_, type, offset, data, microvolts) => {
    const { leads } = readMfer(mfer(one, item(0x0a, type), item(0x0d, ...offset), item(0x1e, ...data)));
    const [{ samples, microvoltsPerUnit, baselineMicrovolts }] = leads as [(typeof leads)[number]];
    expect(samples[0]! * microvoltsPerUnit + baselineMicrovolts).toBe(microvolts);
  });

  it.each<[string, number[], string]>([
    ['GB 2312', [0xc0, 0xee, 0x5e, 0xc3, 0xf7], '李明'],
    ['GB 2312 that could be katakana', [0xb3, 0xc2, 0xbe, 0xb2], '陈静'],
    ['Shift-JIS', [0x8e, 0x52, 0x93, 0x63, 0x5e, 0x91, 0xbe, 0x98, 0x59], '山田太郎'],
    ['katakana of half width', [0xd4, 0xcf, 0xc0, 0xde, 0x5e, 0xc0, 0xdb, 0xb3], 'ﾔﾏﾀﾞ ﾀﾛｳ'],
    ['UTF-8', [...Buffer.from('Müller^Jo')], 'Müller Jo'],
  ])('a name in %s', (_, name, expected) => {
    const bytes = mfer(one, item(0x81, ...name), item(0x1e, 0, 1));
    expect(readMfer(bytes).patient.name).toBe(expected);
  });

  it('a name in the encoding that the file names', () => {
    const named = item(0x03, ...Buffer.from('EUC-JP'));
    const bytes = mfer(one, named, item(0x81, 0xbb, 0xb3, 0xc5, 0xc4), item(0x1e, 0, 1));
    expect(readMfer(bytes).patient.name).toBe('山田');
  });

  it('long and indefinite lengths, channel numbers of two bytes, padding', () => {
    expect(values(mfer(one, [0x1e, 0x84, 0, 0, 0, 4, 0, 1, 0, 2]))).toEqual([[1, 2]]);
    const nested = [0x3f, 0x00, 0x80, ...item(9, 3), 0, 0];
    expect(readMfer(mfer(one, nested, [0, 0], item(0x1e, 0, 1))).leads[0]?.name).toBe('V1');
    const many = Array.from({ length: 131 }, (_, i) => [0, i]).flat();
    const bytes = mfer(PREAMBLE, item(5, 131), [0x3f, 0x81, 0x02, 3, ...item(9, 1)], [0x1e, 0x82, 1, 6, ...many]);
    expect(readMfer(bytes).leads[130]).toMatchObject({ name: 'I', samples: Int32Array.of(130) });
  });

  it.each<[string, string, Uint8Array]>([
    ['a compressed waveform', 'unsupported', mfer(one, item(0x0e, 1, 0), item(0x1e, 0, 1))],
    ['an EEG', 'not-ecg', mfer(one, item(0x08, 40), item(0x1e, 0, 1))],
    ['a pressure', 'not-ecg', mfer(one, item(0x0c, 1, 0, 1), item(0x1e, 0, 1))],
    ['two waveforms', 'unsupported', mfer(one, item(0x1e, 0, 1), item(0x1e, 0, 1))],
    ['no waveform', 'no-waveform', mfer(one)],
    ['a float', 'unsupported', mfer(one, item(0x0a, 7), item(0x1e, 0, 1, 0, 1))],
    ['fewer sequences than declared', 'truncated', mfer(one, item(6, 3), item(0x1e, 0, 1))],
    ['a cut waveform', 'truncated', mfer(one, [0x1e, 4, 0, 1])],
    ['a channel too many', 'damaged', mfer(one, channel(1, ...item(9, 1)), item(0x1e, 0, 1))],
    [
      'items without end',
      'unsupported',
      mfer(
        one,
        Array.from({ length: 400_000 }, (_, i) => (i % 2 === 0 ? 0x16 : 0)),
      ),
    ],
    ['no channels', 'unsupported', mfer(PREAMBLE, item(5, 0), item(0x1e, 0, 1))],
    ['another file', 'not-ecg', Uint8Array.of(1, 2, 3)],
  ])('refuses %s as %s', (_, code, bytes) => {
    expect(() => readMfer(bytes)).toThrow(expect.objectContaining({ name: 'EcgFormatError', code }));
  });
});
