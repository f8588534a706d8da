import { describe, expect, it } from '@jest/globals';
import { deriveLimbLeads } from '../derive-limb-leads.js';
import { readEcg } from '../read-ecg.js';

const HEAD = '# qiao-ecg-csv: 1\n# sampleRateHz: 250\n# unit: mV\n';
const read = (text: string): ReturnType<typeof readEcg> => readEcg(Buffer.from(text));

describe('readCsv', () => {
  it('reads values, gaps and what is said of the person', () => {
    const recording = read(
      `\uFEFF${HEAD}# patientId: 7\n# patientName: 王丽\n# sex: F\n# birthDate: 1950-05-04\n# startTime: 2026-03-02T08:15:30+08:00\n` +
        '# device: E1\nlead ii,avr\r\n0.125,-1\r\n,.5\r\n\r\n',
    );
    expect(recording).toMatchObject({
      source: 'csv',
      patient: { id: '7', name: '王丽', sex: 'F', birthDate: '1950-05-04' },
      device: { model: 'E1' },
      startTime: '2026-03-02T08:15:30+08:00',
    });
    expect(recording.leads.map(({ name, samples }) => [name, [...samples]])).toEqual([
      ['II', [125, -0x8000_0000]],
      ['aVR', [-1000, 500]],
    ]);
    expect(recording.leads[0]).toMatchObject({ microvoltsPerUnit: 1, sampleRateHz: 250, missingValue: -0x8000_0000 });
    expect(recording.leads[1]?.missingValue).toBeUndefined();
  });

  it('reads steps, filters, skew and what the device says, where they are declared', () => {
    const recording = read(
      `${HEAD}# resolution: 0.005,0.0025\n# baseline: ,0.1\n# skewSeconds: ,0.002\n# startSeconds: 2.5\n# filterLowHz: 0.05\n` +
        '"# patientName: Li, ""Anna"""\n# measurement 1: 420 ms QT\n# measurement 2: -1.5e-1 1 ratio of two\n# statement 1: 窦性心律\n' +
        'I,"Chest, low"\n0.01,0.1025\n"",0.095\n',
    );
    expect(recording).toMatchObject({
      patient: { name: 'Li, "Anna"' },
      measurements: [
        { code: 'QT', value: 420, unit: 'ms' },
        { code: 'ratio of two', value: -0.15, unit: '' },
      ],
      statements: ['窦性心律'],
    });
    const of250Hz = { sampleRateHz: 250, startSeconds: 2.5, derived: false, filter: { lowHz: 0.05 } };
    expect(recording.leads).toEqual([
      {
        ...of250Hz,
        name: 'I',
        samples: Int32Array.of(2, -0x8000_0000),
        microvoltsPerUnit: 5,
        baselineMicrovolts: 0,
        missingValue: -0x8000_0000,
      },
      {
        ...of250Hz,
        name: 'Chest, low',
        samples: Int32Array.of(1, -2),
        microvoltsPerUnit: 2.5,
        baselineMicrovolts: 100,
        skewSeconds: 0.002,
      },
    ]);
  });

  it('no derived lead runs over: 1.2 mV as nanovolts', () => {
    const recording = read(`${HEAD.replace('mV', 'nV')}I,II\n-300000,1200000\n`);
    const values = deriveLimbLeads(recording).map(({ name, samples, microvoltsPerUnit }) => [
      name,
      samples[0]! * microvoltsPerUnit,
    ]);
    expect(values).toEqual([
      ['III', 1500],
      ['aVR', -450],
      ['aVL', -900],
      ['aVF', 1350],
    ]);
  });

  it.each(['constructor', 'toString', '__proto__'])('%s is no unit', (unit) => {
    expect(() => read(`${HEAD.replace('mV', unit)}I\n1\n`)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('GB 18030, as spreadsheets save it, and no half-read names', () => {
    const gb = Buffer.concat([
      Buffer.from(`${HEAD}# patientName: `),
      Buffer.from([0xcd, 0xf5, 0xc0, 0xf6]),
      Buffer.from('\nI\n1\n'),
    ]);
    expect(readEcg(gb).patient.name).toBe('王丽');
    const neither = Buffer.concat([
      Buffer.from(`${HEAD}# patientName: `),
      Buffer.from([0xff, 0xff]),
      Buffer.from('\nI\n1\n'),
    ]);
    expect(() => readEcg(neither)).toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  it('a bracket that makes another lead of one is kept', () => {
    const { leads } = read(`${HEAD}Lead I (Einthoven),V4 (R),aVR (inverted)\n1,2,3\n`);
    expect(leads.map(({ name }) => name)).toEqual(['I', 'V4 (R)', 'aVR (inverted)']);
  });

  it('leads by their names in other scripts and languages', () => {
    const { leads } = read(`${HEAD}Ⅰ,D2,Ⅲ导联,ａＶＲ,aVl,DIX\n1,2,3,4,5,6\n`);
    expect(leads.map(({ name }) => name)).toEqual(['I', 'II', 'III', 'aVR', 'aVL', 'DIX']);
  });

  it('keeps thousands of rows', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${i}`).join('\n');
    expect(read(`${HEAD}I\n${rows}`).leads[0]?.samples[4999]).toBe(4_999_000);
  });

  it.each([
    ['no rate', 'unsupported', /sampleRateHz/, '# qiao-ecg-csv: 1\n# unit: mV\nI\n1\n'],
    ['no unit', 'unsupported', /# unit/, '# qiao-ecg-csv: 1\n# sampleRateHz: 250\nI\n1\n'],
    ['a unit that is no voltage', 'unsupported', /mmHg/, HEAD.replace('mV', 'mmHg') + 'I\n1\n'],
    ['a rate that is none', 'unsupported', /fast/, HEAD.replace('250', 'fast') + 'I\n1\n'],
    ['a time that is none', 'unsupported', /startTime/, `${HEAD}# startTime: noon\nI\n1\n`],
    ['a time of no calendar', 'unsupported', /2026-13-01/, `${HEAD}# startTime: 2026-13-01\nI\n1\n`],
    ['a resolution of nothing', 'unsupported', /resolution of lead 2/, `${HEAD}# resolution: 1,0\nI,II\n1,2\n`],
    [
      'a resolution for two leads of three',
      'unsupported',
      /'1,2' as resolution/,
      `${HEAD}# resolution: 1,2\nI,II,V1\n1,2,3\n`,
    ],
    ['a baseline without steps', 'unsupported', /without the line '# resolution/, `${HEAD}# baseline: 1\nI\n1\n`],
    ['a measurement of a word', 'unsupported', /measurement 1/, `${HEAD}# measurement 1: long ms QT\nI\n1\n`],
    ['a value between two steps', 'damaged', /Line 6 .*'1.5'.*whole number/, `${HEAD}# resolution: 1\nI\n1.5\n`],
    ['a step beyond 32 bits', 'damaged', /too large/, `${HEAD}# resolution: 0.001\nI\n3000000\n`],
    ['an open quotation mark', 'damaged', /Line 5/, `${HEAD}I,II\n"1,2\n`],
    ['a day that is none', 'unsupported', /startTime/, `${HEAD}# startTime: 2026-02-30T08:00:00\nI\n1\n`],
    ['words behind a time', 'unsupported', /startTime/, `${HEAD}# startTime: 2026-02-03T08:00:00 (CST)\nI\n1\n`],
    ['a word as a value', 'damaged', /Line 6 .*'x'/, `${HEAD}I\n1\nx\n`],
    ['a value too few', 'damaged', /Line 5 /, `${HEAD}I,II\n1\n`],
    ['a lead twice', 'damaged', /twice/, `${HEAD}I,i\n1,2\n`],
    ['a nameless lead', 'damaged', /name each lead/, `${HEAD}I,\n1,2\n`],
    ['a value of a megabyte', 'damaged', /Line 5/, `${HEAD}I\n${'1'.repeat(1e6)}x\n`],
    ['a name of brackets', 'damaged', /too long/, `${HEAD}${'('.repeat(1e6)}\n1\n`],
    ['no rows', 'no-waveform', /no samples/, `${HEAD}I\n`],
    ['no names', 'no-waveform', /lead names/, HEAD],
    ['another CSV', 'not-ecg', /no ECG format/, 'I,II\n1,2\n'],
  ])('refuses %s as %s', (_, code, message, text) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ name: 'EcgFormatError', code, message: expect.stringMatching(message) }),
    );
  });
});
