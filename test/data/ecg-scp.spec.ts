import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  detectEcgFormat,
  EcgFormatError,
  type EcgLead,
  readAecg,
  readDicomWaveform,
  readEcg,
  readScp,
} from '#libs/formats/ecg';
import { hasCounterpart } from '#test/counterpart';

const root = process.env['QIAO_TEST_DATA'];
if (root === undefined) throw new Error('Set QIAO_TEST_DATA to the folder of real files.');
const path = (name: string): string => join(root, 'ecg', name);
const file = (name: string): Uint8Array => readFileSync(path(name));
const EXAMPLE = 'scp/ECGToolkit__Example.scp';
const TWELVE = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

function leadOf(leads: readonly EcgLead[] | undefined, name: string): EcgLead {
  const lead = leads?.find((candidate) => candidate.name === name);
  if (!lead) throw new Error(`No lead ${name}.`);
  return lead;
}

function outcomeOf(bytes: Uint8Array): string {
  try {
    readScp(bytes);
  } catch (error) {
    if (error instanceof EcgFormatError) return error.code;
    throw error;
  }
  return 'read';
}

describe('the recording that is at hand as SCP-ECG, aECG and DICOM', () => {
  const scp = readEcg(file(EXAMPLE));
  const aecg = readAecg(file('aecg/ECGToolkit__Example.xml'));
  const dicom = readDicomWaveform(file('dicom/ECGToolkit__Example.dcm'));

  it('has 12 leads of 5000 samples, 500 Hz, 2.5 microvolt', () => {
    expect(scp.leads.map(({ name }) => name).sort()).toEqual([...TWELVE].sort());
    for (const lead of scp.leads)
      expect({ ...lead, samples: lead.samples.length }).toEqual({
        name: lead.name,
        samples: 5000,
        sampleRateHz: 500,
        microvoltsPerUnit: 2.5,
        baselineMicrovolts: 0,
        derived: false,
        startSeconds: 0,
      });
  });

  it.each(TWELVE)('%s: the same samples in all three, in the rhythm and in the reference beat', (name) => {
    const { samples } = leadOf(scp.leads, name);
    expect(samples).toEqual(leadOf(aecg.leads, name).samples);
    expect(samples).toEqual(leadOf(dicom.leads, name).samples);
    expect(leadOf(scp.representativeBeats, name).samples).toEqual(leadOf(aecg.representativeBeats, name).samples);
  });

  it('says the same of the person, the time and what the device measured', () => {
    expect(scp.patient).toEqual({ id: 'SBJ-123', name: 'Clark', sex: 'M', birthDate: '1953-05-08' });
    expect(scp.startTime).toBe('2002-11-22T09:10:00');
    expect(scp.device).toEqual({ manufacturer: 'ECGConversion', model: 'ELI250' });
    const values = (measurements: typeof scp.measurements): Record<string, number> =>
      Object.fromEntries(measurements.map(({ code, value }) => [code, value]));
    expect(values(scp.measurements)).toEqual(values(aecg.measurements));
    expect(scp.measurements).toContainEqual({ code: 'QTc', value: 443, unit: 'ms' });
    expect([scp.statements, scp.notes, scp.source]).toEqual([[], [], 'scp']);
  });
});

const save2gdf = hasCounterpart('save2gdf');

describe('against biosig', () => {
  (save2gdf ? it : it.skip)('every microvolt is the same in all 12 leads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ecg-scp-'));
    try {
      execFileSync('save2gdf', ['-f=ASCII', path(EXAMPLE), join(folder, 'x.asc')], { stdio: 'ignore' });
      const names = readdirSync(folder).filter((name) => /^x\.a\d\d$/.test(name));
      const theirs = names
        .sort()
        .map((name) => readFileSync(join(folder, name), 'utf8').trim().split(/\s+/).map(Number));
      const ours = readScp(file(EXAMPLE)).leads.map((lead) =>
        Array.from(lead.samples, (value) => value * lead.microvoltsPerUnit),
      );
      expect(ours).toHaveLength(12);
      expect(ours).toEqual(theirs);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('files that are not whole', () => {
  it('a layout of its own maker with wrong CRCs is SCP-ECG, and refused as damaged', () => {
    const bytes = file('scp/healforcescpecg__62.SCP');
    expect(detectEcgFormat(bytes)).toBe('scp');
    expect(() => readEcg(bytes)).toThrow(/CRC of section 0 is wrong/);
    expect(outcomeOf(bytes)).toBe('damaged');
  });

  it('cut at every 1,000 bytes it is truncated', () => {
    const bytes = file(EXAMPLE);
    for (let length = 1000; length < bytes.length; length += 1000)
      expect(outcomeOf(bytes.subarray(0, length))).toBe('truncated');
    expect(outcomeOf(bytes.subarray(0, 0))).toBe('truncated');
  });

  it('any one byte changed in 10,000 places is found by the CRCs', () => {
    const bytes = Uint8Array.from(file(EXAMPLE));
    let state = 20_261_129;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const outcomes = new Map<string, number>();
    let slowest = 0;
    for (let i = 0; i < 10_000; i++) {
      const at = random(bytes.length);
      const before = bytes[at]!;
      bytes[at] = before ^ (1 + random(255));
      const start = performance.now();
      const outcome = outcomeOf(bytes);
      slowest = Math.max(slowest, performance.now() - start);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      bytes[at] = before;
    }
    expect([...outcomes.keys()].filter((code) => !['damaged', 'truncated', 'not-ecg'].includes(code))).toEqual([]);
    expect(slowest).toBeLessThan(2000);
  });
});
