import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  detectEcgFormat,
  EcgFormatError,
  type EcgLead,
  type EcgRecording,
  readAecg,
  readDicomWaveform,
  readEcg,
  toEcgView,
} from '#libs/formats/ecg';
import { ecgPageToSvg, layoutEcgPage } from '#libs/formats/ecg-page';

const root = process.env['QIAO_TEST_DATA'];
if (root === undefined) throw new Error('Set QIAO_TEST_DATA to the folder of real files.');
const path = (name: string): string => join(root, 'ecg', name);
const file = (name: string): Uint8Array => readFileSync(path(name));
const TWELVE = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

function leadOf(leads: readonly EcgLead[], name: string): EcgLead {
  const lead = leads.find((candidate) => candidate.name === name);
  if (!lead) throw new Error(`No lead ${name}.`);
  return lead;
}

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof EcgFormatError) return error.code;
    throw error;
  }
  return 'read';
}

describe('the same recording as DICOM and as aECG', () => {
  const dicom = readDicomWaveform(file('dicom/ECGToolkit__Example.dcm'));
  const aecg = readAecg(file('aecg/ECGToolkit__Example.xml'));

  it.each([
    ['dicom', dicom],
    ['aecg', aecg],
  ])('%s: 12 leads of 5000 samples, 500 Hz, 2.5 microvolt', (_, recording) => {
    expect(recording.leads.map(({ name }) => name).sort()).toEqual([...TWELVE].sort());
    for (const lead of recording.leads)
      expect({ ...lead, samples: lead.samples.length }).toMatchObject({
        samples: 5000,
        sampleRateHz: 500,
        microvoltsPerUnit: 2.5,
        baselineMicrovolts: 0,
        derived: false,
        startSeconds: 0,
      });
    expect(recording.patient).toEqual({ id: 'SBJ-123', name: 'Clark', sex: 'M', birthDate: '1953-05-08' });
    expect(recording.startTime).toMatch(/^2002-11-22T09:10:00/);
  });

  it.each(TWELVE)('%s agrees sample for sample, in the rhythm and in the representative beat', (name) => {
    expect(leadOf(dicom.leads, name).samples).toEqual(leadOf(aecg.leads, name).samples);
    const [ofDicom, ofAecg] = [dicom, aecg].map(({ representativeBeats = [] }) => leadOf(representativeBeats, name));
    expect(ofDicom?.samples).toHaveLength(600);
    // The DICOM file fills its last place with -32768, no sample, which the aECG leaves out.
    expect([ofDicom?.missingValue, ofDicom?.samples[599]]).toEqual([-32_768, -32_768]);
    expect(ofAecg?.samples).toEqual(ofDicom?.samples.slice(0, 599));
  });

  it('agrees in what the device measured, and says where the file is odd', () => {
    const expected = { PR: 148, QRS: 120, QT: 420, QTc: 443, 'P-axis': 44, 'QRS-axis': -61, 'T-axis': 86 };
    const values = ({ measurements }: EcgRecording): Record<string, number> =>
      Object.fromEntries(measurements.map(({ code, value }) => [code, value]));
    expect(values(dicom)).toEqual(expected);
    expect(values(aecg)).toEqual({ P: 102, ...expected });
    expect(dicom.measurements.find(({ code }) => code === 'QRS-axis')?.unit).toBe('deg');
    expect(dicom.notes.join(' ')).toMatch(/QRS-axis in ms/);
    expect(aecg.statements).toEqual(['Sinus Rhythm']);
    expect(aecg.device).toEqual({ manufacturer: 'Mortara Instrument, Inc.', model: 'ELI250' });
  });
});

describe('pydicom waveform_ecg', () => {
  const recording = readDicomWaveform(file('dicom/pydicom__waveform_ecg.dcm'));

  it('has 12 leads of 10 s at 1000 Hz, 1.25 microvolt, and a median beat apart', () => {
    expect(recording.leads.map(({ name }) => name)).toEqual(TWELVE);
    for (const lead of recording.leads)
      expect([lead.samples.length, lead.sampleRateHz, lead.microvoltsPerUnit]).toEqual([10_000, 1000, 1.25]);
    expect(recording.representativeBeats?.map(({ samples }) => samples.length)).toEqual(TWELVE.map(() => 1200));
  });

  it('keeps the statements and measurements of the device, without the PP interval of 0', () => {
    expect(recording.statements).toEqual(['RITMO SINUSALE', 'ECG NORMALE']);
    expect(recording.measurements.map(({ code, value, unit }) => `${code} ${value} ${unit}`)).toEqual([
      'RR 982 ms',
      'PR 161 ms',
      'QRS 75 ms',
      'QT 368 ms',
      'QTc 370 ms',
      'P-axis 74 deg',
      'QRS-axis 52 deg',
      'T-axis 57 deg',
    ]);
  });

  it('obeys Einthoven within the rounding of the device', () => {
    const [I, II, III] = ['I', 'II', 'III'].map((name) => leadOf(recording.leads, name).samples);
    const worst = III?.reduce((most, value, i) => Math.max(most, Math.abs((II?.[i] ?? 0) - (I?.[i] ?? 0) - value)), 0);
    expect(worst).toBeLessThanOrEqual(1);
  });
});

/** All microvolts as pydicom scales them, by group and channel. */
const PYDICOM = [
  'import json, sys, pydicom',
  'd = pydicom.dcmread(sys.argv[1])',
  'print(json.dumps([d.waveform_array(g).T.tolist() for g in range(len(d.WaveformSequence))]))',
].join('\n');
const python = ['/usr/bin/python3', 'python3'].find((command) => {
  try {
    execFileSync(command, ['-c', 'import pydicom, numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});
if (python === undefined) {
  if (process.env['CI']) throw new Error('python3-pydicom and python3-numpy are needed for this suite.');
  console.warn('Left out: the comparison with pydicom (python3-pydicom, python3-numpy are not installed).');
}

describe('against pydicom', () => {
  (python === undefined ? it.skip : it).each(['dicom/ECGToolkit__Example.dcm', 'dicom/pydicom__waveform_ecg.dcm'])(
    '%s: every microvolt of both groups is the same',
    (name) => {
      const output = execFileSync(python ?? '', ['-c', PYDICOM, path(name)], { maxBuffer: 1 << 28 }).toString();
      const theirs = JSON.parse(output) as number[][][];
      const recording = readDicomWaveform(file(name));
      const ours = [recording.leads, recording.representativeBeats ?? []].map((leads) =>
        leads.map((lead) => Array.from(lead.samples, (v) => v * lead.microvoltsPerUnit + lead.baselineMicrovolts)),
      );
      expect(ours).toEqual(theirs);
    },
  );
});

describe('other files', () => {
  it.each([
    ['aecg/aecg-python__subject1_0.xml', 'aecg', 'read'],
    ['aecg/aecg-python__minimum_aecg.xml', 'aecg', 'read'],
    ['aecg/aecg-python__minimum_aecg_nouuid.xml', 'aecg', 'read'],
    ['aecg/aecg-python__empty.xml', 'aecg', 'no-waveform'],
    ['scp/ECGToolkit__Example.scp', 'scp', 'read'],
    ['mfer/mfer-parser__sample.mwf', 'mfer', 'read'],
    ['ishne/ECG_P28.01.ecg', 'ishne', 'read'],
    ['pdf/dicom-ecg-plot__anonymous_ecg_3x4_1.pdf', 'pdf', 'no-waveform'],
    ['wfdb/100.dat', null, 'not-ecg'],
  ])('%s is %s: %s', (name, format, outcome) => {
    expect(detectEcgFormat(file(name))).toBe(format);
    expect(codeOf(() => readEcg(file(name)))).toBe(outcome);
  });

  it('the smallest aECG gives a page that names what it lacks', () => {
    const page = layoutEcgPage(readEcg(file('aecg/aecg-python__minimum_aecg.xml')));
    expect(page.traces.map(({ lead }) => lead)).toEqual(['II', 'II']);
    expect(page.notes.join(' ')).toMatch(/Not recorded: I, III, aVR.*shorter than 10 s/);
  });

  it.each(['dicom/ECGToolkit__Example.dcm', 'dicom/pydicom__waveform_ecg.dcm'])(
    '%s cut anywhere is refused by code or read, never worse',
    (name) => {
      const bytes = file(name);
      for (let length = 0; length < bytes.length; length += Math.ceil(bytes.length / 60))
        expect(['not-ecg', 'truncated', 'no-waveform', 'unsupported', 'read']).toContain(
          codeOf(() => readDicomWaveform(bytes.subarray(0, length))),
        );
      expect(codeOf(() => readDicomWaveform(bytes.subarray(0, bytes.length >> 1)))).toBe('truncated');
    },
  );

  it('an aECG cut anywhere is bad-xml', () => {
    const bytes = file('aecg/ECGToolkit__Example.xml');
    for (let length = 1000; length < bytes.length - 20; length += 50_000)
      expect(codeOf(() => readAecg(bytes.subarray(0, length)))).toBe('bad-xml');
  });
});

describe('page and view of a real recording', () => {
  const recording = readEcg(file('dicom/ECGToolkit__Example.dcm'));

  it('takes no zero for a gap, though the file declares 0 as padding', () => {
    expect(recording.leads.map(({ missingValue }) => missingValue)).toEqual(TWELVE.map(() => -32_768));
    expect(leadOf(recording.leads, 'II').samples).toContain(0);
    expect(leadOf(recording.leads, 'II').samples).not.toContain(-32_768);
  });

  it('shows 2.5 s of each lead and 10 s of lead II', () => {
    const { traces } = layoutEcgPage(recording);
    expect(traces).toHaveLength(13);
    expect(traces.map(({ startSample, endSample }) => endSample - startSample)).toEqual([
      ...Array.from({ length: 12 }, () => 1250),
      5000,
    ]);
    expect(traces.at(-1)).toMatchObject({
      lead: 'II',
      startSample: 0,
      endSample: 5000,
      mmPerSample: 0.05,
      mmPerUnit: 0.025,
    });
  });

  it('carries the samples unchanged through JSON', () => {
    const view = JSON.parse(JSON.stringify(toEcgView(recording))) as ReturnType<typeof toEcgView>;
    const V6 = view.recording.leads.find(({ name }) => name === 'V6');
    const bytes = Buffer.from(V6?.samples ?? '', 'base64');
    expect(V6?.encoding).toBe('int16');
    expect(Array.from({ length: 5000 }, (_, i) => bytes.readInt16LE(i * 2))).toEqual([
      ...leadOf(recording.leads, 'V6').samples,
    ]);
    expect(ecgPageToSvg(layoutEcgPage(recording), recording)).toContain('width="297mm"');
  });
});
