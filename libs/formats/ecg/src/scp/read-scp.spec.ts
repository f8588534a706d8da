import { describe, expect, it } from '@jest/globals';
import { detectEcgFormat, EcgFormatError, type EcgRecording, readEcg, readScp } from '../index.js';
import {
  ascii,
  type Coding,
  encodeScp,
  type FixtureBeat,
  record,
  reseal,
  type ScpFixture,
  u16,
  u32,
} from './scp-encoder.fixture.js';

const CODINGS: readonly Coding[] = ['none', 'default', 'own'];
const ORDERS = [0, 1, 2] as const;
const FIDUCIAL = 31;
/** A beat of 100 samples, of both signs and with steps too high for any short code. */
const BEAT = Array.from({ length: 100 }, (_, i) => Math.round(900 * Math.exp(-(((i - 30) / 5) ** 2)) - i));
const BEATS: readonly FixtureBeat[] = [
  { type: 0, start: 81, fiducial: 101, end: 160, protect: [90, 121] },
  { type: 1, start: 0, fiducial: 230, end: 0, protect: [220, 241] },
  { type: 0, start: 300, fiducial: 330, end: 360, protect: [317, 347] },
];

/** What is left when the reference beat is taken away, seldom 0 and at times far from its neighbours. */
const rough = (i: number): number => ((i * 7919) % 37) - 18 + (i % 50 === 0 ? 4000 : 0) - (i % 83 === 0 ? 90 : 0);
const ramp = (i: number): number => 3 * i - 500;

function samplesOf(residual: (i: number) => number, beat: readonly number[], length = 403): number[] {
  return Array.from({ length }, (_, i) => {
    const zone = BEATS.find(({ type, start, end }) => type === 0 && i + 1 >= start && i + 1 <= end);
    return residual(i) + (zone ? beat[FIDUCIAL - 1 + i + 1 - zone.fiducial]! : 0);
  });
}

function fixture(residual: (i: number) => number, more: Partial<ScpFixture> = {}): ScpFixture {
  const references = [BEAT, BEAT.map((value) => 5 - 2 * value)];
  return {
    leads: references.map((beat, i) => ({ id: i + 1, start: 1, samples: samplesOf(residual, beat) })),
    coding: 'default',
    differences: 2,
    beats: BEATS,
    reference: { fiducial: FIDUCIAL, samples: references },
    ...more,
  };
}

function outcomeOf(bytes: Uint8Array): string {
  try {
    readEcg(bytes);
  } catch (error) {
    if (error instanceof EcgFormatError) return error.code;
    throw error;
  }
  return 'read';
}

const combinations = CODINGS.flatMap((coding) =>
  ORDERS.flatMap((differences) => [false, true].map((subtract) => ({ coding, differences, subtract }))),
);

describe('what the encoder wrote comes back', () => {
  it.each(combinations)('exactly: table $coding, differences $differences, beat subtracted $subtract', (options) => {
    const input = fixture(rough, options);
    const recording = readScp(encodeScp(input));
    expect(recording.leads.map(({ name, samples }) => [name, [...samples]])).toEqual([
      ['I', input.leads[0]?.samples],
      ['II', input.leads[1]?.samples],
    ]);
    expect(recording.representativeBeats?.map(({ samples }) => [...samples])).toEqual(input.reference?.samples);
    expect(recording.leads[0]).toMatchObject({ sampleRateHz: 500, microvoltsPerUnit: 2.5, startSeconds: 0 });
    expect(recording.notes).toEqual([]);
  });

  const bimodal = combinations.flatMap((options) => [2, 3, 4].map((factor) => ({ ...options, factor })));
  it.each(bimodal)(
    'bimodal by $factor: table $coding, differences $differences, beat subtracted $subtract',
    ({ factor, ...options }) => {
      // A slope survives means and interpolation up to their rounding, but for the held half block at the ends of a run.
      const input = fixture(options.subtract ? ramp : rough, { ...options, factor });
      const recording = readScp(encodeScp(input));
      expect(recording.notes.join(' ')).toMatch(/interpolated/);
      recording.leads.forEach(({ samples, sampleRateHz }, lead) => {
        expect([samples.length, sampleRateHz]).toEqual([403, 500]);
        const expected = input.leads[lead]!.samples;
        for (const { protect } of BEATS)
          expect([...samples.subarray(protect[0] - 1, protect[1])]).toEqual(expected.slice(protect[0] - 1, protect[1]));
        if (!options.subtract) return;
        const edge = (i: number): boolean =>
          BEATS.some(
            ({ protect: [start, end] }) => Math.abs(i + 1 - start) <= factor || Math.abs(i + 1 - end) <= factor,
          ) ||
          i < factor ||
          i >= 403 - factor;
        samples.forEach((value, i) => {
          const away = Math.abs(value - expected[i]!);
          expect(away).toBeLessThanOrEqual(edge(i) ? 3 * factor : 1);
        });
      });
    },
  );

  it('bimodal with a residual of steps only between zones, exactly', () => {
    const flat = (i: number): number => (i < 105 ? 12 : i < 230 ? -40 : i < 330 ? 7 : 500);
    const input = fixture(flat, { factor: 4, subtract: true });
    const samples = readScp(encodeScp(input)).leads.map((lead) => [...lead.samples]);
    expect(samples).toEqual(input.leads.map((lead) => lead.samples));
  });
});

describe('a reference beat that was subtracted', () => {
  it('is never left out: without section 4, which says where, the record is refused', () => {
    const bytes = encodeScp(fixture(rough, { subtract: true }));
    bytes.fill(0, 22 + 4 * 10 + 2, 22 + 5 * 10);
    expect(() => readEcg(reseal(bytes))).toThrow(
      expect.objectContaining({
        name: 'EcgFormatError',
        code: 'unsupported',
        message: expect.stringMatching(/subtracted/),
      }),
    );
  });
});

describe('leads and what is said beside them', () => {
  const plain: ScpFixture = { leads: [{ id: 1, start: 1, samples: [1, 2, 3] }], coding: 'none', differences: 0 };
  const read = (more: Partial<ScpFixture>): EcgRecording => readScp(encodeScp({ ...plain, ...more }));
  const device = [
    ...u32(0),
    ...u16(0),
    0,
    255,
    ...ascii('M-12'),
    0,
    0,
    20,
    0xa0,
    0x27,
    0xd0,
    1,
    ...Array.from({ length: 16 }, () => 0),
    2,
    ...ascii('1\0SN-7\0v2\0v3\0Maker\0'),
  ];

  it('more samples than any ECG at rest has are refused before memory is taken', () => {
    const [leads, bytesOfLead] = [40, 60_000];
    const layout = Array.from({ length: leads }, (_, i) => [...u32(1), ...u32(bytesOfLead * 8), i + 1]);
    const lengths = Array.from({ length: leads }, () => u16(bytesOfLead));
    const zeros = Array.from({ length: leads * bytesOfLead }, () => 0);
    const bytes = record([
      [2, u16(19_999)],
      [3, [leads, 4, ...layout.flat()]],
      [6, [...u16(2500), ...u16(2000), 0, 0, ...lengths.flat(), ...zeros]],
    ]);
    expect(outcomeOf(bytes)).toBe('unsupported');
  });

  it('a name in GB 2312, whether the file says ASCII or Latin-1, and a sex that is not specified', () => {
    for (const language of [0, 1]) {
      const machine = [...Array.from({ length: 16 }, () => 0), language, ...Array.from({ length: 19 }, () => 0)];
      const recording = read({
        tags: [
          [14, machine],
          [0, [0xc0, 0xee, 0]],
          [1, [0xc3, 0xf7, 0]],
          [8, [9]],
        ],
      });
      expect(recording.patient).toEqual({ name: '李明' });
      expect(recording.notes.join(' ')).toMatch(/gb18030/);
    }
  });

  it('a lead that starts later does so in seconds', () => {
    const { leads } = read({
      leads: [
        { id: 2, start: 1, samples: [5] },
        { id: 99, start: 1251, samples: [6, 7] },
      ],
      nanovolts: 1250,
    });
    expect(leads.map(({ name, startSeconds, microvoltsPerUnit }) => [name, startSeconds, microvoltsPerUnit])).toEqual([
      ['II', 0, 1.25],
      ['lead 99', 2.5, 1.25],
    ]);
  });

  it('person, device, time and filters, in GB 2312 where the device says so', () => {
    const recording = read({
      tags: [
        [0, [0xcd, 0xf5, 0]],
        [1, [0xb7, 0xbc, 0]],
        [2, ascii('P1\0')],
        [5, [...u16(1960), 2, 29]],
        [8, [2]],
        [14, device],
        [25, [...u16(2024), 3, 1]],
        [26, [23, 5, 9]],
        [27, u16(5)],
        [28, u16(150)],
        [29, [2]],
        [34, [...u16(480), ...u16(0), 0]],
      ],
    });
    expect(recording.patient).toEqual({ id: 'P1', name: '王芳', sex: 'F', birthDate: '1960-02-29' });
    expect(recording.device).toEqual({ manufacturer: 'Maker', model: 'M-12', serial: 'SN-7' });
    expect(recording.startTime).toBe('2024-03-01T23:05:09+08:00');
    expect(recording.leads[0]?.filter).toEqual({ lowHz: 0.05, highHz: 150, notchHz: 50 });
  });

  it('text that breaks a promise of ASCII is read and noted, dates that cannot be are left out', () => {
    const recording = read({
      tags: [
        [0, [0xcd, 0xf5, 0xb7, 0xbc, 0]],
        [5, [...u16(1961), 2, 29]],
      ],
    });
    expect(recording.patient).toEqual({ name: '王芳' });
    expect(recording.notes.join(' ')).toMatch(/read as gb18030/);
  });

  it('measurements without what the device did not measure, and spikes in words', () => {
    const interval = (...values: number[]): number[] => values.flatMap((value) => u16(value & 0xffff));
    const recording = read({
      more: [
        [
          7,
          [
            2,
            1,
            ...interval(800, 29_999),
            ...interval(100, 19_999, 260, 350, 640, 999, -30, 45),
            ...interval(1, 2, 3, 4, 5, 6, 7, 8),
            ...interval(412, -900),
            0,
            1,
            ...interval(0, 2),
            ...u16(3),
            0,
            1,
            0,
            ...interval(75, 29_999, 425),
            1,
            ...u16(0),
          ],
        ],
      ],
    });
    expect(recording.measurements.map(({ code, value, unit }) => `${code} ${value} ${unit}`)).toEqual([
      'RR 800 ms',
      'PR 160 ms',
      'QRS 90 ms',
      'QT 380 ms',
      'QRS-axis -30 deg',
      'T-axis 45 deg',
      'HR 75 bpm',
      'QTcB 425 ms',
    ]);
    expect(recording.notes).toEqual(['The device saw 1 pacemaker spikes, at 412 ms.']);
  });

  it('statements of section 8, free texts of section 11, its codes only when nothing else is said', () => {
    const head = [1, ...u16(2024), 3, 1, 9, 0, 0];
    const statement = (bytes: number[]): number[] => [1, ...u16(bytes.length), ...bytes];
    const text: [number, number[]] = [8, [...head, 1, ...statement(ascii('Sinus rhythm\0'))]];
    const coded: [number, number[]] = [
      11,
      [...head, 2, ...statement([1, ...ascii('SR\0AB\0')]), ...statement([2, ...ascii('Borderline\0')])],
    ];
    const onlyCodes: [number, number[]] = [11, [...head, 1, ...statement([1, ...ascii('SR\0AB\0')])]];
    const both = read({ more: [text, coded] });
    expect(both.statements).toEqual(['Sinus rhythm', 'Borderline']);
    expect(both.notes).toEqual(['The file says that its statements were confirmed by a physician.']);
    expect(read({ more: [onlyCodes] }).statements).toEqual(['SR AB']);
  });

  it('is told without its mark too, by pointers that agree', () => {
    const bytes = encodeScp(plain);
    bytes.fill(0, 16, 22);
    expect(readEcg(reseal(bytes)).leads[0]?.samples).toEqual(Int32Array.of(1, 2, 3));
    bytes[28] = 99;
    expect(detectEcgFormat(bytes)).toBeNull();
  });
});

describe('what is not sound is refused', () => {
  const whole = encodeScp(fixture(ramp, { coding: 'own', factor: 4, subtract: true }));

  it('a section whose own CRC is wrong, though the CRC of the record is right', () => {
    const bytes = Uint8Array.from(whole);
    const place = new DataView(bytes.buffer).getUint32(22 + 6 * 10 + 6, true) - 1;
    bytes[place + 30]! ^= 1;
    expect(() => readScp(bytes)).toThrow(/CRC of the SCP-ECG record/);
    reseal(bytes, false);
    expect(() => readScp(bytes)).toThrow(/CRC of section 6/);
    expect(outcomeOf(bytes)).toBe('damaged');
    expect(outcomeOf(reseal(bytes))).toBe('read');
  });

  it('samples by the milliard in a few bytes, at once and without the memory', () => {
    const lead = [...u32(1), ...u32(0xffff_ffff), 1];
    for (const tables of [[], [[2, u16(19_999)] as const]]) {
      const bytes = record([
        ...tables,
        [3, [1, 12, ...lead]],
        [6, [...u16(2500), ...u16(2000), 0, 0, ...u16(4), 1, 2, 3, 4]],
      ]);
      const before = performance.now();
      expect(outcomeOf(bytes)).toBe('truncated');
      expect(performance.now() - before).toBeLessThan(100);
    }
  });

  it('without leads, without rhythm, without a scale, with overlapping zones', () => {
    expect(outcomeOf(record([[3, [0, 0]]]))).toBe('no-waveform');
    expect(outcomeOf(encodeScp({ ...fixture(ramp), nanovolts: 0 }))).toBe('unsupported');
    const [first] = BEATS;
    expect(outcomeOf(encodeScp(fixture(ramp, { beats: [first!, { ...first!, start: 100 }] })))).toBe('damaged');
  });

  it('cut anywhere it is refused, and with 10,000 changes under right CRCs it is refused or read, in time', () => {
    for (let length = 0; length < whole.length; length += 7)
      expect(['truncated', 'not-ecg', 'damaged']).toContain(outcomeOf(whole.subarray(0, length)));
    let state = 4711;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const small = encodeScp({
      ...fixture(ramp, { coding: 'own', factor: 2, subtract: true }),
      tags: [[14, Array.from({ length: 60 }, () => 65)]],
      more: [
        [7, [1, 1, ...Array.from({ length: 40 }, () => 1)]],
        [8, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 0, 65, 0]],
      ],
    });
    const outcomes = new Map<string, number>();
    let slowest = 0;
    for (let i = 0; i < 10_000; i++) {
      const bytes = Uint8Array.from(small);
      // Most changes go where the structure is: the samples are most of the file.
      for (let change = 0; change <= random(3); change++) bytes[random(i % 2 ? bytes.length : 500)] = random(256);
      reseal(bytes);
      const before = performance.now();
      const outcome = outcomeOf(bytes);
      slowest = Math.max(slowest, performance.now() - before);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()]).toEqual(expect.arrayContaining(['read', 'damaged', 'truncated', 'unsupported']));
    expect(outcomes.get('read')).toBeGreaterThan(1000);
    expect(slowest).toBeLessThan(2000);
  });
});
