import { describe, expect, it } from '@jest/globals';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { readEcg } from '../read-ecg.js';
import { writeCsv } from './write-csv.js';

function lead(name: string, more: Partial<EcgLead> = {}): EcgLead {
  return {
    name,
    samples: Int32Array.from({ length: 8 }, (_, i) => ((i * 37) % 101) - 50),
    sampleRateHz: 500,
    microvoltsPerUnit: 2.5,
    baselineMicrovolts: 0,
    derived: false,
    startSeconds: 0,
    ...more,
  };
}
const recording = (leads: readonly EcgLead[], more: Partial<EcgRecording> = {}): EcgRecording => ({
  patient: {},
  leads,
  measurements: [],
  statements: [],
  notes: [],
  source: 'scp',
  ...more,
});
const texts = (given: EcgRecording): string[] => writeCsv(given).map((pieces) => [...pieces].join(''));
const again = (given: EcgRecording): EcgRecording[] => texts(given).map((text) => readEcg(Buffer.from(text)));

describe('writeCsv', () => {
  it('writes what a person can read', () => {
    const samples = Int32Array.of(-4, 0, 7);
    const given = recording([lead('I', { samples }), lead('II', { samples, missingValue: 0 })], {
      patient: { id: 'P-1', name: '王丽', sex: 'F', birthDate: '1961-02-03' },
      startTime: '2026-03-02T08:15:30+08:00',
      measurements: [{ code: 'QT', value: 420, unit: 'ms' }],
    });
    expect(texts(given)).toEqual([
      '# qiao-ecg-csv: 1\n# sampleRateHz: 500\n# unit: uV\n# resolution: 2.5\n# patientId: P-1\n# patientName: 王丽\n# sex: F\n' +
        '# birthDate: 1961-02-03\n# startTime: 2026-03-02T08:15:30+08:00\n# readFrom: scp\n# measurement 1: 420 ms QT\n' +
        'I,II\n-10,-10\n0,\n17.5,17.5\n',
    ]);
  });

  it.each([2.5, 4.88, 1 / 3, -5, 10_000 / 65_535, 0.00015259021896696422, 1e-9, 123_456.789_012_345_67])(
    'comes back with a scale of %d microvolts as the same samples, to the ends of 24 bits',
    (microvoltsPerUnit) => {
      const samples = Int32Array.of(0, 1, -1, 8_388_607, -8_388_608, 4_194_305);
      const given = lead('I', { samples, microvoltsPerUnit, baselineMicrovolts: -0.000762951094835 });
      expect(again(recording([given]))[0]?.leads).toEqual([given]);
    },
  );

  it('comes back with filters, skew, gaps, device and findings', () => {
    const given = recording(
      [
        lead('II', { missingValue: -50, skewSeconds: 0.001, filter: { lowHz: 0.05, highHz: 150, notchHz: 50 } }),
        lead('MLII', { startSeconds: 0, filter: { highHz: 40 } }),
      ],
      {
        device: { manufacturer: '理邦, 深圳', model: 'SE-1200', serial: '7' },
        startTime: '2026-11-22',
        measurements: [
          { code: 'HR', value: 61, unit: 'bpm' },
          { code: 'RV5+SV1', value: 2.345, unit: 'mV' },
          { code: 'beats: all', value: 12, unit: '' },
        ],
        statements: ['窦性心律', 'Normal "ECG", unconfirmed'],
      },
    );
    const [read, ...more] = again(given);
    const { device, startTime, measurements, statements } = given;
    expect(more).toEqual([]);
    expect(read).toMatchObject({ device, startTime, measurements, statements });
    const [first, second] = given.leads;
    const samples = first!.samples.map((value) => (value === -50 ? -0x8000_0000 : value));
    expect(read?.leads).toEqual([{ ...first, samples, missingValue: -0x8000_0000 }, second]);
  });

  it('keeps the gaps of a lead that is by itself', () => {
    const samples = Int32Array.of(9, 1, 9, 9, 2, 9);
    const [read] = again(recording([lead('I', { samples, missingValue: 9 })]));
    expect([...(read?.leads[0]?.samples ?? [])].map((one) => (one === -0x8000_0000 ? null : one))).toEqual([
      null,
      1,
      null,
      null,
      2,
      null,
    ]);
  });

  it('has a file for each start, rate and length, and for a name that stands twice', () => {
    const leads = [
      lead('I'),
      lead('aVR', { startSeconds: 2.5 }),
      lead('V1', { sampleRateHz: 250 }),
      lead('II', { samples: Int32Array.of(1) }),
      lead('I', { baselineMicrovolts: 5 }),
    ];
    const read = again(recording(leads));
    expect(read.map((one) => one.leads.map(({ name }) => name))).toEqual([['I'], ['I'], ['aVR'], ['V1'], ['II']]);
    expect(read.flatMap((one) => one.leads)).toEqual([leads[0], leads[4], leads[1], leads[2], leads[3]]);
  });

  it('leaves derived leads and averaged beats out', () => {
    const leads = [lead('I'), lead('III', { derived: true }), lead('II')];
    const [read, ...more] = again(
      recording(leads, { representativeBeats: [lead('I', { samples: Int32Array.of(1) })] }),
    );
    expect([read?.leads.map(({ name }) => name), more]).toEqual([['I', 'II'], []]);
  });

  it('writes no cell that a spreadsheet takes for a formula, and no line that ends the header', () => {
    const given = recording([lead('=HYPERLINK("x")'), lead('-aVR'), lead('#, a'), lead('a\n1')], {
      patient: { name: 'Li,=1+1\n5,5' },
    });
    const [text = ''] = texts(given);
    expect(text).toContain('"# patientName: Li,=1+1 5,5"\n');
    expect(text).toContain('\n"Lead =HYPERLINK(""x"")",Lead -aVR,"Lead #, a",a 1\n');
    const [read] = again(given);
    expect(read?.patient.name).toBe('Li,=1+1 5,5');
    expect(read?.leads.map(({ name }) => name)).toEqual(['=HYPERLINK("x")', '-aVR', '#, a', 'a 1']);
  });

  it('comes in pieces', () => {
    const long = lead('I', { samples: Int32Array.from({ length: 100_000 }, (_, i) => i) });
    const [pieces = []] = writeCsv(recording([long, lead('II', { samples: long.samples })]));
    const lengths = [...pieces].map(({ length }) => length);
    expect(lengths.length).toBeGreaterThan(10);
    expect(Math.max(...lengths)).toBeLessThan(70_000);
  });

  it.each([
    ['no lead', recording([lead('III', { derived: true })]), 'no-waveform'],
    ['no scale', recording([lead('I', { microvoltsPerUnit: 0 })]), 'unsupported'],
    ['a rate below 1 Hz', recording([lead('I', { sampleRateHz: 0.5 })]), 'unsupported'],
  ])('refuses %s', (_, given, code) => {
    expect(() => writeCsv(given)).toThrow(EcgFormatError);
    expect(() => writeCsv(given)).toThrow(expect.objectContaining({ code }));
  });
});
