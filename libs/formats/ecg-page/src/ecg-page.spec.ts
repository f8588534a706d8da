import { describe, expect, it } from '@jest/globals';
import { ecgPageToSvg } from './ecg-page-svg.js';
import { layoutEcgPage } from './ecg-page.js';
import type { PageLead, SheetRecording } from './page-lead.js';

const lead = (name: string, change: Partial<PageLead> = {}): PageLead => ({
  name,
  samples: new Int32Array(5000),
  sampleRateHz: 500,
  microvoltsPerUnit: 2.5,
  baselineMicrovolts: 0,
  derived: false,
  startSeconds: 0,
  ...change,
});
const recordingOf = (...leads: PageLead[]): SheetRecording => ({
  patient: { name: 'A<b>&"' },
  leads,
  measurements: [],
  statements: [],
  notes: [],
});
const eight = ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'].map((name) => lead(name));
const derived = ['III', 'aVR', 'aVL', 'aVF'].map((name) => lead(name, { derived: true }));

describe('layoutEcgPage', () => {
  it('shows column k from second 2.5 k on, at 25 mm/s and 10 mm/mV', () => {
    const page = layoutEcgPage(recordingOf(...eight, ...derived));
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
      const page = layoutEcgPage(recordingOf(...eight, ...derived), options);
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

  it.each([
    ['3x4+1', 13, 4, 2.5],
    ['3x4+3', 15, 6, 2.5],
    ['6x2', 12, 6, 5],
    ['12x1', 12, 12, 10],
  ] as const)('%s: %d traces in %d rows of %d s', (layout, traces, rows, seconds) => {
    const page = layoutEcgPage(recordingOf(...eight, ...derived), { layout });
    expect(page.traces).toHaveLength(traces);
    expect(new Set(page.traces.map(({ baselineYMm }) => baselineYMm)).size).toBe(rows);
    expect(page.calibrationPulses).toHaveLength(rows);
    const V6 = page.traces.find(({ lead: name }) => name === 'V6')!;
    expect((V6.endSample - V6.startSample) / 500).toBe(seconds);
    for (const { baselineYMm } of page.traces) expect((baselineYMm - page.grid.yMm) % 5).toBe(0);
    const lowest = Math.max(...page.traces.map(({ baselineYMm }) => baselineYMm));
    expect(lowest + 10).toBeLessThanOrEqual(page.grid.yMm + page.grid.heightMm);
  });

  it('gives the rows of twelve leads the room that their waves take, to scale', () => {
    const tall = (name: string, ...samples: number[]): PageLead =>
      lead(name, { samples: Int32Array.from({ length: 5000 }, (_, i) => samples[i % 500] ?? 0) });
    // V3 goes 2 mV down and V4 1.7 mV up.
    const waves = [tall('V3', -800), tall('V4', 0, 680)];
    const leads = [...eight.filter(({ name }) => name !== 'V3' && name !== 'V4'), ...waves, ...derived];
    const baselines = (gainMmPerMv: number): Record<string, number> => {
      const { traces } = layoutEcgPage(recordingOf(...leads), { layout: '12x1', gainMmPerMv });
      expect(traces.every(({ mmPerUnit }) => mmPerUnit === (2.5 * gainMmPerMv) / 1000)).toBe(true);
      return Object.fromEntries(traces.map((trace) => [trace.lead, trace.baselineYMm]));
    };
    const usual = baselines(10);
    expect([usual['V2']! - usual['V1']!, usual['V4']! - usual['V3']!, usual['V5']! - usual['V4']!]).toEqual([
      15, 40, 15,
    ]);
    expect(baselines(5)['V4']! - baselines(5)['V3']!).toBe(20);
    // An artefact takes no more than 30 mm.
    const quiet = ['I', 'II', 'V1', 'V2'].map((name) => lead(name));
    const wild = layoutEcgPage(recordingOf(...quiet, tall('V3', -8000), tall('V4', 0, 8000)), { layout: '12x1' });
    const baseline = (name: string): number => wild.traces.find((trace) => trace.lead === name)!.baselineYMm;
    expect(baseline('V4') - baseline('V3')).toBe(65);
  });

  it("has the limb leads in Cabrera's order, aVR turned over and called so", () => {
    const page = layoutEcgPage(recordingOf(...eight, ...derived), { layout: '12x1', cabrera: true });
    expect(page.traces.slice(0, 6).map(({ lead: name }) => name)).toEqual(['aVL', 'I', 'aVR', 'II', 'aVF', 'III']);
    expect(page.traces.slice(0, 6).map(({ mmPerUnit }) => Math.sign(mmPerUnit))).toEqual([1, 1, -1, 1, 1, 1]);
    expect(page.labels[2]?.text).toBe('-aVR (derived)');
    const usual = layoutEcgPage(recordingOf(...eight, ...derived), { layout: '12x1' });
    expect(usual.traces.every(({ mmPerUnit }) => mmPerUnit > 0)).toBe(true);
  });

  it('shows any ten seconds of a long recording, and says which', () => {
    const long = recordingOf(lead('II', { samples: new Int32Array(15_000) }));
    const page = layoutEcgPage(long, { fromSeconds: 20 });
    expect(page.traces.at(-1)).toMatchObject({ startSample: 10_000, endSample: 15_000, originXMm: 25 });
    expect(page.notes.join(' ')).toContain('Seconds 20 to 30 of 30 s are shown.');
    expect(layoutEcgPage(long).notes.join(' ')).toContain('The first 10 s of 30 s are shown.');
    expect(layoutEcgPage(long, { speedMmPerS: 50, seconds: 5 }).grid.widthMm).toBe(270);
    expect(() => layoutEcgPage(long, { fromSeconds: -1 })).toThrow(RangeError);
    expect(() => layoutEcgPage(long, { seconds: 0 })).toThrow(RangeError);
  });

  it('gives leads of other names a row each', () => {
    const page = layoutEcgPage(recordingOf(lead('CH1'), lead('CH2')), { layout: '12x1' });
    expect(page.traces.map(({ lead: name }) => name)).toEqual(['CH1', 'CH2']);
    expect(page.notes).toEqual([]);
  });

  it('gives the few leads of a Holter the page to themselves, none missing', () => {
    const page = layoutEcgPage(recordingOf(lead('II'), lead('V1'), lead('CM-5')), { layout: '12x1' });
    expect(page.labels.map(({ text, kind }) => [text, kind])).toEqual([
      ['II', 'stored'],
      ['V1', 'stored'],
      ['CM-5', 'stored'],
    ]);
    expect(page.traces.map(({ baselineYMm }) => baselineYMm - page.traces[0]!.baselineYMm)).toEqual([0, 40, 80]);
    expect(page.notes.join(' ')).not.toContain('Not recorded');
  });

  it('says of a part where in the whole its seconds lie', () => {
    const part = { ...recordingOf(lead('II', { startSeconds: 3580 })), wholeSeconds: 86_400 };
    const page = layoutEcgPage(part, { fromSeconds: 3584.25, seconds: 5 });
    expect(page.traces.at(-1)).toMatchObject({ startSample: 2125, endSample: 4625 });
    expect(page.notes.join(' ')).toContain('Seconds 3584.3 to 3589.3 of 86400 s are shown.');
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
