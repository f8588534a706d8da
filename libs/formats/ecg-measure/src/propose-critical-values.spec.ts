import { describe, expect, it } from '@jest/globals';
import { type DynamicalBeat, dynamicalEcg, type WaveGains } from '#libs/formats/samples';
import { CRITICAL_ECG_RULE_SETS, type EcgMeasures, measureEcg, proposeCriticalValues } from './index.js';

const [ZHEJIANG, SHANXI] = CRITICAL_ECG_RULE_SETS;
const LEADS: Readonly<Record<string, WaveGains>> = { I: [0.7, 0.7, 0.7, 0.7, 0.7], II: [1, 1, 1, 1, 1] };
const of = (beats: readonly DynamicalBeat[], leads = LEADS): EcgMeasures =>
  measureEcg(dynamicalEcg({ beats, leads, noiseMicrovolts: 10, sampleRateHz: 250 }).recording);
const steady = (count: number, rrSeconds: number, ventricular = false): DynamicalBeat[] =>
  Array.from({ length: count }, () => ({ rrSeconds, ventricular }));
const codes = (measures: EcgMeasures, statements: string[] = [], set = ZHEJIANG!): string[] =>
  proposeCriticalValues(measures, statements, set).proposals.map(({ code }) => code);

describe('critical values proposed from measures', () => {
  const calm = of(steady(14, 0.8));

  it('nothing for a calm rhythm; what was not evaluated is listed', () => {
    const { proposals, notEvaluated } = proposeCriticalValues(calm, [], ZHEJIANG!);
    expect(proposals).toEqual([]);
    expect(notEvaluated.map(({ code }) => code)).toEqual(['avb-3', 'vt', 'vt-polymorphic', 'af-180', 'af-pre-excited']);
  });

  it('a pause of 3.5 s, with its place', () => {
    const beats = steady(14, 0.9);
    beats[6] = { rrSeconds: 3.5 };
    const [proposal] = proposeCriticalValues(of(beats), [], ZHEJIANG!).proposals;
    expect(proposal).toMatchObject({ code: 'rr-3s', ruleSet: 'zhejiang-1', threshold: '≥ 3000 ms', basis: 'measured' });
    expect(Math.abs(Number(proposal!.value) - 3500)).toBeLessThanOrEqual(8);
    expect(proposal!.evidence[0]!.fromSeconds).toBeCloseTo(5.4, 1);
  });

  it('a pause in which every lead is a straight line, with the word that the signal is to be checked', () => {
    const beats = steady(14, 0.9);
    beats[6] = { rrSeconds: 4 };
    const ecg = dynamicalEcg({ beats, leads: LEADS, noiseMicrovolts: 10, sampleRateHz: 250 });
    const leads = ecg.recording.leads.map((lead) => {
      const samples = lead.samples.slice().fill(0, (ecg.rSeconds[5]! + 0.7) * 250, (ecg.rSeconds[6]! - 0.3) * 250);
      return { ...lead, samples };
    });
    const { proposals } = proposeCriticalValues(measureEcg({ ...ecg.recording, leads }), [], ZHEJIANG!);
    expect(proposals).toMatchObject([{ code: 'rr-3s', evidence: [{ text: expect.stringMatching(/核对信号质量/) }] }]);
    expect(Math.abs(Number(proposals[0]!.value) - 4000)).toBeLessThanOrEqual(8);
  });

  it('a rate of 30, and not one of 40', () => {
    expect(codes(of(steady(12, 2)))).toEqual(['rate-35']);
    expect(codes(of(steady(12, 1.5)))).toEqual([]);
  });

  it('wide beats at 160 for 40 s, and not for 20 s', () => {
    expect(codes(of(steady(107, 0.375, true)))).toContain('vt');
    expect(codes(of(steady(54, 0.375, true)))).not.toContain('vt');
  });

  it('narrow beats at 200 by the limit of each province', () => {
    const run = { fromSeconds: 1, toSeconds: 8, beats: 24, ratePerMinute: 200, qrsMilliseconds: 84 };
    const fast = { ...calm, fastRuns: [run] };
    expect(codes(fast)).not.toContain('svt');
    expect(codes(fast, [], SHANXI!)).toContain('svt');
  });

  it('narrow beats at 240 through the ten seconds of a standard ECG', () => {
    const beats = Array.from({ length: 38 }, () => ({ rrSeconds: 0.25, supraventricular: true }));
    expect(codes(of(beats))).toContain('svt');
  });

  it('a sustained run is measured though twenty short ones came before it', () => {
    const short = [
      ...steady(4, 0.8),
      ...Array.from({ length: 16 }, () => ({ rrSeconds: 0.3, supraventricular: true })),
    ];
    const sustained = Array.from({ length: 80 }, () => ({ rrSeconds: 0.25, supraventricular: true }));
    const beats = [...Array.from({ length: 22 }, () => short).flat(), ...steady(4, 0.8), ...sustained];
    expect(codes(of(beats))).toContain('svt');
  });

  it('a named rhythm only where the device names it and the limit is passed', () => {
    expect(codes(of(steady(60, 0.3)), ['Atrial fibrillation with rapid response'])).toContain('af-180');
    expect(codes(calm, ['Atrial fibrillation'])).toEqual([]);
    expect(codes(calm, ['Third degree AV block'])).toEqual(['avb-3']);
    expect(codes(calm, ['No evidence of complete heart block'])).toEqual([]);
  });

  it.each<[string, Record<string, number>, string[]]>([
    ['two inferior leads', { II: 120, III: 110 }, ['st-elevation']],
    ['one lead', { II: 300 }, []],
    ['two leads that are no neighbours', { II: 200, V6: 200 }, []],
    ['V1 and V2 at the limit', { V1: 300, V2: 300 }, []],
    ['V2 and V3 above it', { V2: 310, V3: 310 }, ['st-elevation']],
  ])('ST: %s', (_, levels, expected) => {
    const st = Object.entries(levels).map(([lead, jMicrovolts]) => ({
      lead,
      jMicrovolts,
      j60Microvolts: 0,
      method: '',
    }));
    expect(codes({ ...calm, st })).toEqual(expected);
  });
});
