import { describe, expect, it } from '@jest/globals';
import { deriveLimbLeads } from './derive-limb-leads.js';
import type { EcgLead, EcgRecording } from './ecg-recording.js';
import { toEcgView } from './ecg-view.js';

const lead = (name: string, change: Partial<EcgLead> = {}): EcgLead => ({
  name,
  samples: new Int32Array(5000),
  sampleRateHz: 500,
  microvoltsPerUnit: 2.5,
  baselineMicrovolts: 0,
  derived: false,
  startSeconds: 0,
  ...change,
});
const recordingOf = (...leads: EcgLead[]): EcgRecording => ({
  patient: { name: 'A<b>&"' },
  leads,
  measurements: [],
  statements: [],
  notes: [],
  source: 'dicom',
});
const eight = ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'].map((name) => lead(name));

describe('deriveLimbLeads', () => {
  it('is exact in whole halves of the stored unit', () => {
    const I = lead('I', { samples: Int32Array.from([3, -5]), baselineMicrovolts: 10 });
    const II = lead('II', { samples: Int32Array.from([4, 2]), baselineMicrovolts: 20 });
    const microvolts = deriveLimbLeads(recordingOf(I, II)).map(({ name, samples, ...scale }) => [
      name,
      Array.from(samples, (value) => value * scale.microvoltsPerUnit + scale.baselineMicrovolts),
    ]);
    const [a, b, c, d] = [3 * 2.5 + 10, 4 * 2.5 + 20, -5 * 2.5 + 10, 2 * 2.5 + 20];
    expect(microvolts).toEqual([
      ['III', [b - a, d - c]],
      ['aVR', [-(a + b) / 2, -(c + d) / 2]],
      ['aVL', [a - b / 2, c - d / 2]],
      ['aVF', [b - a / 2, d - c / 2]],
    ]);
  });

  it('replaces no stored lead, and invents nothing over gaps or from other times', () => {
    expect(deriveLimbLeads(recordingOf(...eight, lead('aVF'))).map(({ name }) => name)).toEqual(['III', 'aVR', 'aVL']);
    expect(deriveLimbLeads(recordingOf(lead('I'), lead('II', { startSeconds: 1 })))).toEqual([]);
    expect(deriveLimbLeads(recordingOf(lead('II'), lead('V1')))).toEqual([]);
    const gap = lead('I', { samples: Int32Array.from([-32_768, 1]), missingValue: -32_768 });
    const [III] = deriveLimbLeads(recordingOf(gap, lead('II')));
    expect(III?.samples[0]).toBe(III?.missingValue);
    expect(III?.samples[1]).not.toBe(III?.missingValue);
  });
});

describe('toEcgView', () => {
  it('writes 16 bits where they do, 32 where they do not', () => {
    const { recording } = toEcgView(
      recordingOf(
        lead('V1', { samples: Int32Array.from([-2, 1]) }),
        lead('V2', { samples: Int32Array.from([40_000]) }),
      ),
    );
    expect(recording.leads.map(({ encoding, samples }) => [encoding, samples])).toEqual([
      ['int16', '/v8BAA=='],
      ['int32', 'QJwAAA=='],
    ]);
  });
});
