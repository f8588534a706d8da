import { describe, expect, it } from '@jest/globals';
import { deriveLimbLeads } from '../derive-limb-leads.js';
import { ecgPageToSvg } from './ecg-page-svg.js';
import { layoutEcgPage } from './ecg-page.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
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

describe('layoutEcgPage', () => {
  it('shows column k from second 2.5 k on, at 25 mm/s and 10 mm/mV', () => {
    const page = layoutEcgPage(recordingOf(...eight));
    const V4 = page.traces.find(({ lead: name }) => name === 'V4');
    expect(V4).toMatchObject({ startSample: 3750, endSample: 5000, mmPerSample: 0.05, mmPerUnit: 0.025 });
    expect((V4?.originXMm ?? 0) - (page.traces[0]?.originXMm ?? 0)).toBe(187.5);
    expect(page.calibrationPulses).toHaveLength(4);
    expect(page.calibrationPulses[0]).toMatchObject({ heightMm: 10, widthMm: 5 });
    expect([page.speedText, page.gainText]).toEqual(['25 mm/s', '10 mm/mV']);
    expect(page.labels.find(({ text }) => text.startsWith('aVR'))).toMatchObject({
      text: 'aVR (derived)',
      kind: 'derived',
    });
    expect(page.notes).toEqual(['Computed from I and II: III, aVR, aVL, aVF.']);
  });

  it('puts every baseline on a line of the 5 mm grid and everything on the page', () => {
    for (const options of [{}, { speedMmPerS: 50, gainMmPerMv: 20 }, { gainMmPerMv: 5 }]) {
      const page = layoutEcgPage(recordingOf(...eight), options);
      for (const trace of page.traces) {
        expect((trace.baselineYMm - page.grid.yMm) % 5).toBe(0);
        const end = trace.originXMm + (trace.endSample - trace.startSample) * trace.mmPerSample;
        expect(end).toBeLessThanOrEqual(page.grid.xMm + page.grid.widthMm);
      }
      expect(page.grid.yMm + page.grid.heightMm).toBeLessThan(page.heightMm);
      for (const pulse of page.calibrationPulses)
        expect(pulse.xMm + pulse.widthMm).toBeLessThan(page.traces[0]?.originXMm ?? 0);
    }
  });

  it('names missing leads, a short recording and another strip', () => {
    const page = layoutEcgPage(recordingOf(lead('V1', { samples: new Int32Array(2000) }), lead('V9')));
    expect(page.labels.filter(({ kind }) => kind === 'missing')).toHaveLength(11);
    expect(page.notes.join(' ')).toMatch(/Not recorded: I, II.*rhythm strip is V1.*not on this page: V9/);
    expect(layoutEcgPage(recordingOf(lead('II', { samples: new Int32Array(2000) }))).notes.join(' ')).toMatch(
      /4 s long/,
    );
  });

  it('shows a lead that was recorded at another time, and says so', () => {
    const short = { samples: new Int32Array(1250) };
    const page = layoutEcgPage(recordingOf(lead('II'), lead('V1', { ...short, startSeconds: 5 }), lead('V4', short)));
    expect(page.traces.filter(({ startSample, endSample }) => endSample - startSample === 1250)).toHaveLength(3);
    expect(page.notes.filter((note) => note.includes('simultaneous'))).toEqual([expect.stringContaining('Lead V4')]);
  });

  it('takes a large constant away, and says so', () => {
    const page = layoutEcgPage(recordingOf(lead('II', { baselineMicrovolts: 5000 })));
    expect(page.traces[0]?.offsetMm).toBe(0);
    expect(page.notes.join(' ')).toMatch(/5\.0 mV is taken away/);
  });

  it.each([0, -1, NaN, Infinity])('refuses a speed or gain of %d', (value) => {
    expect(() => layoutEcgPage(recordingOf(lead('II')), { speedMmPerS: value })).toThrow(RangeError);
    expect(() => layoutEcgPage(recordingOf(lead('II')), { gainMmPerMv: value })).toThrow(RangeError);
  });
});

describe('ecgPageToSvg', () => {
  it('is to scale, escapes the file, and lifts the pen over gaps', () => {
    const samples = Int32Array.from([0, 400, -1, 400]);
    const recording = recordingOf(lead('II', { samples, missingValue: -1 }));
    const svg = ecgPageToSvg(layoutEcgPage(recording), recording);
    expect(svg).toContain('width="297mm" height="210mm" viewBox="0 0 297 210"');
    expect(svg).toContain('A&lt;b&gt;&amp;&quot;');
    expect(svg).toContain('d="M25 95L25.05 85M25.15 85"');
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
