import { describe, expect, it } from '@jest/globals';
import { Part10Splitter, readAttributes } from '#libs/formats/dicom';
import { readDicomWaveform } from '../dicom/read-dicom-waveform.js';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { exactProduct } from './decimal-string.js';
import { writeDicomWaveform } from './write-dicom-waveform.js';

const TWELVE = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const identity = {
  studyInstanceUid: '2.25.1',
  seriesInstanceUid: '2.25.2',
  sopInstanceUid: (instanceNumber: number) => `2.25.3.${instanceNumber}`,
  receivedAt: '2026-01-02T03:04:05',
};

function lead(name: string, length = 4, more: Partial<EcgLead> = {}): EcgLead {
  return {
    name,
    samples: Int32Array.from({ length }, (_, i) => ((i * 37) % 1001) - 500),
    sampleRateHz: 500,
    microvoltsPerUnit: 2.5,
    baselineMicrovolts: 0,
    derived: false,
    startSeconds: 0,
    ...more,
  };
}
function recording(leads: readonly EcgLead[], more: Partial<EcgRecording> = {}): EcgRecording {
  return { patient: {}, leads, measurements: [], statements: [], notes: [], source: 'scp', ...more };
}
const again = (given: EcgRecording): EcgRecording[] =>
  writeDicomWaveform(given, identity).map((bytes) => readDicomWaveform(bytes));
const classOf = (given: EcgRecording): (string | undefined)[] =>
  writeDicomWaveform(given, identity).map(
    (bytes) => /1\.2\.840\.10008\.5\.1\.4\.1\.1\.9\.1\.(\d)/.exec(Buffer.from(bytes).toString('latin1'))?.[1],
  );
function refusal(given: EcgRecording): string {
  try {
    writeDicomWaveform(given, identity);
  } catch (error) {
    if (error instanceof EcgFormatError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'written';
}

describe('the class that fits', () => {
  it.each([
    ['twelve leads at rest', TWELVE.map((name) => lead(name)), ['1']],
    ['three leads', ['I', 'II', 'V1'].map((name) => lead(name)), ['2']],
    ['fifteen leads', [...TWELVE, 'X', 'Y', 'Z'].map((name) => lead(name)), ['2']],
    ['three leads at 125 Hz', ['I', 'II', 'V1'].map((name) => lead(name, 4, { sampleRateHz: 125 })), ['3']],
    ['two leads of ten minutes', ['I', 'II'].map((name) => lead(name, 300_000)), ['3']],
    ['samples of 24 bits', [lead('I', 2, { samples: Int32Array.of(8_000_000, -8_000_000) })], ['4']],
    ['a sample that 16 bits would take for a gap', [lead('I', 1, { samples: Int32Array.of(-32_768) })], ['4']],
    ['a rhythm of 40 s', TWELVE.map((name) => lead(name, 20_000)), ['1', '1']],
  ])('%s', (_, leads, classes) => {
    expect(classOf(recording(leads))).toEqual(classes);
  });

  it('keeps the samples of 24 bits and a gap among them', () => {
    const samples = Int32Array.of(8_000_000, 77, -8_000_000);
    const [read] = again(recording([lead('I', 3, { samples, missingValue: 77 })]));
    expect(read?.leads[0]?.missingValue).toBe(-0x8000_0000);
    expect([...(read?.leads[0]?.samples ?? [])]).toEqual([8_000_000, -0x8000_0000, -8_000_000]);
  });

  it('keeps what begins later: four groups of three leads', () => {
    const leads = TWELVE.map((name, i) => lead(name, 1250, { startSeconds: Math.floor(i / 3) * 2.5 }));
    const [read, ...more] = again(recording(leads));
    expect(more).toEqual([]);
    expect(read?.leads.map(({ startSeconds }) => startSeconds)).toEqual(leads.map(({ startSeconds }) => startSeconds));
  });
});

describe('what is refused', () => {
  it.each([
    ['2000 Hz', recording([lead('I', 4, { sampleRateHz: 2000 })]), /^unsupported: .*2000 Hz is outside 200 to 1000 Hz/],
    ['40 Hz', recording([lead('I', 4, { sampleRateHz: 40 })]), /^unsupported: .*Ambulatory ECG: 40 Hz/],
    ['25 leads', recording(Array.from({ length: 25 }, (_, i) => lead(`L${i}`))), /more than 24/],
    ['an EDF of an EEG', recording([lead('Fp1'), lead('C3')], { source: 'edf' }), /no ECG: .*Fp1, C3/],
    ['nothing but derived leads', recording([lead('III', 4, { derived: true })]), /^no-waveform/],
    ['no scale', recording([lead('I', 4, { microvoltsPerUnit: 0 })]), /no scale/],
  ])('%s', (_, given, expected) => {
    expect(refusal(given)).toMatch(expected);
  });

  it('takes an EDF whose channel is an ECG', () => {
    expect(refusal(recording([lead('ECG'), lead('Resp')], { source: 'edf' }))).toBe('written');
  });
});

describe('what comes back', () => {
  it.each([2.5, 4.88, 1 / 3, 0.1 + 0.2 / 3, 10_000 / 65_535, 0.00015259021896696422, 1e-9 / 7, 123456.78901234567])(
    'a scale of %d microvolt as the same number',
    (microvoltsPerUnit) => {
      const product = exactProduct(microvoltsPerUnit);
      expect(product?.sensitivity.length).toBeLessThanOrEqual(16);
      expect(product?.factor.length).toBeLessThanOrEqual(16);
      expect(again(recording([lead('I', 4, { microvoltsPerUnit })]))[0]?.leads[0]?.microvoltsPerUnit).toBe(
        microvoltsPerUnit,
      );
    },
  );

  it('baseline, skew, filters and a name that has no code', () => {
    const given = lead('MLII', 4, {
      baselineMicrovolts: -0.000762951094835,
      skewSeconds: 1 / 360,
      sampleRateHz: 360,
      filter: { lowHz: 0.05, highHz: 150, notchHz: 50 },
    });
    const [read] = again(recording([given]));
    expect(read?.leads[0]).toEqual({ ...given, missingValue: -0x8000 });
  });

  it.each([undefined, '0000'])('a start time of %s is the moment of receipt', (startTime) => {
    const given = recording([lead('I')], startTime === undefined ? {} : { startTime });
    expect(again(given)[0]?.startTime).toBe(identity.receivedAt);
  });

  it('derived leads stay out, stored ones keep their order', () => {
    const leads = [lead('I'), lead('III', 4, { derived: true }), lead('II')];
    expect(again(recording(leads))[0]?.leads.map(({ name }) => name)).toEqual(['I', 'II']);
  });

  it('beats apart from the rhythm, patient, device, measurements and statements', () => {
    const given = recording([lead('I'), lead('II')], {
      patient: { id: 'ECG-12', name: '王小明', sex: 'F', birthDate: '1961-02-03' },
      device: { manufacturer: '理邦', model: 'SE-1200', serial: '7' },
      startTime: '2026-11-22T09:10:00.5+08:00',
      representativeBeats: [lead('I', 3), lead('II', 3)],
      measurements: [
        { code: 'HR', value: 61, unit: 'bpm' },
        { code: 'QTc', value: 443, unit: 'ms' },
        { code: 'P-axis', value: -12, unit: 'deg' },
        { code: 'RV5+SV1', value: 2.345, unit: 'mV' },
        { code: 'beats', value: 12, unit: '' },
      ],
      statements: ['窦性心律', `Normal ECG\\${'x'.repeat(20)}`],
    });
    const [read] = again(given);
    const { patient, device, startTime, measurements, statements } = given;
    expect(read).toMatchObject({ patient, device, startTime, measurements, statements });
    expect(read?.leads.map(({ name }) => name)).toEqual(['I', 'II']);
    expect(read?.representativeBeats?.map(({ samples }) => samples.length)).toEqual([3, 3]);
  });

  it.each([
    ['2024-03-02T23:30:15+00:00', '+0000'],
    ['2024-03-02T23:30:15', undefined],
  ])('%s: date and time stand in the zone that (0008,0201) says', (startTime, zone) => {
    const [bytes = new Uint8Array()] = writeDicomWaveform(recording([lead('I')], { startTime }), identity);
    const splitter = new Part10Splitter();
    const body = Buffer.concat([splitter.push(Buffer.from(bytes)), splitter.end()]);
    const { attributes } = readAttributes(body, splitter.meta!.transferSyntaxUid, { complete: true });
    expect(['00080020', '00080030', '00080201'].map((tag) => attributes[tag]?.Value?.[0])).toEqual([
      '20240302',
      '233015',
      zone,
    ]);
  });

  it('a measurement or a unit may be called anything', () => {
    const measurements = ['constructor', 'toString', '__proto__'].map((code) => ({ code, value: 1, unit: code }));
    const [read] = again(recording([lead('I')], { measurements }));
    expect(read?.measurements.map(({ code, unit }) => [code, unit])).toEqual([
      ['constructor', 'constructor'],
      ['toString', 'toString'],
      ['__proto__', '__proto__'],
    ]);
  });
});
