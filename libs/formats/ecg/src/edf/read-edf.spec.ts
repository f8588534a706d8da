import { describe, expect, it } from '@jest/globals';
import { readEdf } from './read-edf.js';
import { readEcg } from '../read-ecg.js';

interface Signal {
  readonly label: string;
  readonly transducer?: string;
  readonly unit?: string;
  readonly physical?: readonly [string, string];
  readonly digital?: readonly [string, string];
  readonly records: readonly (readonly number[] | string)[];
  readonly filter?: string;
}

function edf(
  signals: readonly Signal[],
  { plus = '', records = '2', seconds = '1', patient = 'P 1', recording = 'x' } = {},
): Buffer {
  const field = (text: string, width: number): string => text.padEnd(width);
  const widths: [number, (signal: Signal) => string][] = [
    [16, ({ label }) => label],
    [80, ({ transducer = '' }) => transducer],
    [8, ({ unit = 'mV' }) => unit],
    [8, ({ physical }) => physical?.[0] ?? '-3.2768'],
    [8, ({ physical }) => physical?.[1] ?? '3.2767'],
    [8, ({ digital }) => digital?.[0] ?? '-32768'],
    [8, ({ digital }) => digital?.[1] ?? '32767'],
    [80, ({ filter = '' }) => filter],
    [8, ({ records: [first = []] }) => String(typeof first === 'string' ? 20 : first.length)],
    [32, () => ''],
  ];
  const head =
    field('0', 8) +
    field(patient, 80) +
    field(recording, 80) +
    '24.01.2004.05.56' +
    field(String(256 * (signals.length + 1)), 8) +
    field(plus, 44) +
    field(records, 8) +
    field(seconds, 8) +
    field(String(signals.length), 4) +
    widths.map(([width, of]) => signals.map((signal) => field(of(signal), width)).join('')).join('');
  const data = [0, 1].flatMap((record) =>
    signals.map(({ records: all }) => {
      const part = all[record] ?? [];
      if (typeof part === 'string') return Buffer.concat([Buffer.from(part), Buffer.alloc(40)]).subarray(0, 40);
      const bytes = Buffer.alloc(part.length * 2);
      part.forEach((value, i) => bytes.writeInt16LE(value, i * 2));
      return bytes;
    }),
  );
  return Buffer.concat([Buffer.from(head, 'latin1'), ...data]);
}

const II = {
  label: 'ECG II',
  records: [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ],
};
const annotations = (...lists: string[]): Signal => ({
  label: 'EDF Annotations',
  unit: '',
  physical: ['-1', '1'],
  records: lists,
});

describe('readEdf', () => {
  it.each([
    ['+3600.5\x14\x14\0', '2020-01-24T05:05:56.500000'],
    ['+72000\x14\x14\0', '2020-01-25T00:05:56'],
    ['+0.25\x14\x14\0', '2020-01-24T04:05:56.250000'],
  ])('a first record at %j begins then', (list, startTime) => {
    const recording = readEcg(edf([II, annotations(list, '+1')], { plus: 'EDF+C' }));
    expect(recording.startTime).toBe(startTime);
  });

  it('a name in GB 2312', () => {
    const bytes = edf([II], { patient: `7 F X ${String.fromCharCode(0xc0, 0xee, 0xc3, 0xf7)}`, plus: 'EDF+C' });
    expect(readEcg(bytes).patient).toEqual({ id: '7', sex: 'F', name: '李明' });
  });

  it.each([
    ['X X X X', {}],
    ['X M X Wang_Wei', { name: 'Wang Wei', sex: 'M' }],
    ['4711 F 02-MAY-1951 Li_Ming', { id: '4711', name: 'Li Ming', sex: 'F', birthDate: '1951-05-02' }],
    ['Li Ming', { id: 'Li Ming' }],
  ])('plain EDF: the patient %j', (patient, expected) => {
    expect(readEcg(edf([II], { patient })).patient).toEqual(expected);
  });

  it('signals of one name are as many leads', () => {
    const { leads } = readEcg(
      edf([
        { ...II, label: 'ECG' },
        { ...II, label: 'ECG' },
        { ...II, label: 'ECG 2' },
      ]),
    );
    expect(leads.map(({ name }) => name)).toEqual(['ECG', 'ECG 3', 'ECG 2']);
    expect(new Set(leads.map(({ name }) => name)).size).toBe(3);
  });

  it('reads plain EDF with a rate and scale of each signal', () => {
    const V1 = {
      label: 'V1',
      unit: 'uV',
      physical: ['0', '1000'],
      digital: ['0', '2000'],
      filter: 'HP:0.05Hz LP:150Hz N:50Hz',
    } as const;
    const recording = readEcg(
      edf([
        II,
        {
          ...V1,
          records: [
            [10, 20],
            [30, 40],
          ],
        },
      ]),
    );
    expect(recording).toMatchObject({ source: 'edf', patient: { id: 'P 1' }, startTime: '2020-01-24T04:05:56' });
    expect(recording.leads).toEqual([
      expect.objectContaining({ name: 'II', sampleRateHz: 4, microvoltsPerUnit: 0.1, baselineMicrovolts: 0 }),
      expect.objectContaining({
        name: 'V1',
        sampleRateHz: 2,
        microvoltsPerUnit: 0.5,
        baselineMicrovolts: 0,
        filter: { lowHz: 0.05, highHz: 150, notchHz: 50 },
      }),
    ]);
    expect(recording.leads.map(({ samples }) => [...samples])).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
      [10, 20, 30, 40],
    ]);
  });

  it('keeps offset and inverted polarity exact', () => {
    const [lead] = readEdf(edf([{ ...II, physical: ['10', '-10'], digital: ['0', '2000'] }])).leads;
    expect([lead?.microvoltsPerUnit, lead?.baselineMicrovolts]).toEqual([-10, 10_000]);
  });

  it('reads the fields, fraction of a second and annotations of EDF+', () => {
    const bytes = edf([II, annotations('+0.25\x14\x14\0', '+1.25\x14\x14\0+1.5\x150.2\x14心动过速\x14\0')], {
      plus: 'EDF+C',
      patient: 'MCH-1 F 02-MAY-1951 Wang_Li',
      recording: 'Startdate 24-JAN-1920 X tech Holter_9',
    });
    expect(readEdf(bytes)).toMatchObject({
      patient: { id: 'MCH-1', sex: 'F', birthDate: '1951-05-02', name: 'Wang Li' },
      device: { model: 'Holter 9' },
      startTime: '1920-01-24T04:05:56.250000',
      notes: ['At 1.25 s: 心动过速'],
    });
  });

  it('places EDF+D in time and says so', () => {
    const { leads, notes } = readEdf(edf([II, annotations('+0\x14\x14\0', '+2\x14\x14\0')], { plus: 'EDF+D' }));
    const gap = leads[0]?.missingValue ?? 0;
    expect(gap).toBe(-32_769);
    expect([...(leads[0]?.samples ?? [])]).toEqual([1, 2, 3, 4, gap, gap, gap, gap, 5, 6, 7, 8]);
    expect(notes.join()).toMatch(/discontinuous/);
  });

  it.each<[string, string, RegExp, Buffer]>([
    ['an EEG', 'not-ecg', /Fp1 \[uV\]/, edf([{ ...II, label: 'Fp1', unit: 'uV' }])],
    ['an ECG label without volts', 'not-ecg', /ECG II \[bpm\]/, edf([{ ...II, unit: 'bpm' }])],
    [
      'annotations alone',
      'not-ecg',
      /annotations only/,
      edf([annotations('+0\x14\x14\0', '+1\x14\x14\0')], { plus: 'EDF+C' }),
    ],
    ['more records than are there', 'truncated', /declares 3/, edf([II], { records: '3' })],
    ['a field that is no number', 'unsupported', /'one'/, edf([II], { seconds: 'one' })],
    ['an empty digital range', 'unsupported', /no scale/, edf([{ ...II, digital: ['5', '5'] }])],
    ['records without duration', 'unsupported', /duration/, edf([II], { seconds: '0' })],
    [
      'a day of gap',
      'unsupported',
      /mostly gaps/,
      edf([II, annotations('+0\x14\x14\0', '+86400\x14\x14\0')], { plus: 'EDF+D' }),
    ],
    [
      'overlapping records',
      'unsupported',
      /overlap/,
      edf([II, annotations('+0\x14\x14\0', '+0.5\x14\x14\0')], { plus: 'EDF+D' }),
    ],
    ['a cut header', 'truncated', /header/, edf([II]).subarray(0, 400)],
  ])('refuses %s as %s', (_, code, message, bytes) => {
    expect(() => readEdf(bytes)).toThrow(
      expect.objectContaining({ name: 'EcgFormatError', code, message: expect.stringMatching(message) }),
    );
  });

  it('takes the number of records from the length where the header has -1', () => {
    expect(readEdf(edf([II], { records: '-1' })).leads[0]?.samples).toHaveLength(8);
  });
});
