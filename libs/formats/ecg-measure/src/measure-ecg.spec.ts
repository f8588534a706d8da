import { describe, expect, it } from '@jest/globals';
import {
  dynamicalEcg,
  type DynamicalBeat,
  type DynamicalEcg,
  type DynamicalEcgOptions,
  type WaveGains,
} from '#libs/formats/samples';
import { type EcgMeasures, measureEcg } from './index.js';

/** A normal axis: each lead sees its part of one wave. */
const scaled = (gain: number): WaveGains => [gain, gain, gain, gain, gain];
const TWELVE: Readonly<Record<string, WaveGains>> = {
  I: scaled(0.7),
  II: scaled(1),
  V1: [0.5, 0.2, 0.3, 3, 0.3],
  V2: [0.6, 0.2, 0.6, 3, 1],
  V3: scaled(0.9),
  V4: scaled(1.3),
  V5: scaled(1.2),
  V6: scaled(0.9),
};
const steady = (count: number, rrSeconds: number): DynamicalBeat[] =>
  Array.from({ length: count }, () => ({ rrSeconds }));

/** Sinus rhythm of known, slightly varying R-R. */
const breathing = (count: number, rrSeconds: number): DynamicalBeat[] =>
  Array.from({ length: count }, (_, i) => ({ rrSeconds: Math.round((rrSeconds + 0.03 * Math.sin(i)) * 1000) / 1000 }));

function found(
  truth: readonly number[],
  measures: EcgMeasures,
): { hits: number; sensitivity: number; predictivity: number } {
  const hits = truth.filter((time) => measures.beats.some(({ seconds }) => Math.abs(seconds - time) <= 0.15)).length;
  return { hits, sensitivity: hits / truth.length, predictivity: hits / Math.max(1, measures.beats.length) };
}

/** Greatest error of the single R-R, in ms; the beats must be as many as they are. */
function rrErrors(truth: readonly number[], measures: EcgMeasures): { greatest: number; rms: number } {
  const times = truth.map((time) => {
    const near = measures.beats.find(({ seconds }) => Math.abs(seconds - time) <= 0.15);
    return near ? near.seconds : Number.NaN;
  });
  const errors = times.slice(1).map((time, i) => Math.abs(time - times[i]! - (truth[i + 1]! - truth[i]!)) * 1000);
  return { greatest: Math.max(...errors), rms: Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length) };
}

const stress = (options: Partial<DynamicalEcgOptions> & Pick<DynamicalEcgOptions, 'beats'>) => {
  const ecg = dynamicalEcg({ leads: TWELVE, noiseMicrovolts: 10, ...options });
  const measures = measureEcg(ecg.recording);
  return { ecg, measures, ...found(ecg.rSeconds, measures) };
};

/** Mean over the beats: the model's T follows the R-R that it lies in, and beats of more than 1.2 s rest after it. */
function trueQt(ecg: DynamicalEcg, beats: readonly DynamicalBeat[]): number {
  return (beats.reduce((sum, { rrSeconds }) => sum + ecg.qtSeconds(rrSeconds), 0) / beats.length) * 1000;
}

const lines: string[] = [];
const print = (line: string): void => void lines.push(line);

describe('the dynamical model, known R-R and QT', () => {
  it.each([
    [0, 1, 500],
    [10, 1, 500],
    [25, 1, 500],
    [50, 1, 500],
    [25, 0.6, 500],
    [25, 1, 1000],
    [25, 0.8, 250],
    [10, 0.8, 100],
    [25, 0.8, 2000],
    [0, 1.2, 500],
    [25, 1.2, 500],
    [50, 1.2, 500],
  ])('noise %d µV, R-R %d s, %d Hz: both within 8 ms', (noiseMicrovolts, rr, sampleRateHz) => {
    const beats = breathing(14, rr);
    const ecg = dynamicalEcg({ beats, leads: TWELVE, noiseMicrovolts, sampleRateHz });
    const measures = measureEcg(ecg.recording);
    expect(found(ecg.rSeconds, measures)).toMatchObject({ sensitivity: 1, predictivity: 1 });
    const error = rrErrors(ecg.rSeconds, measures);
    const qt = measures.qt.value! - trueQt(ecg, beats);
    print(
      `noise ${noiseMicrovolts} µV, R-R ${rr} s, ${sampleRateHz} Hz: R-R error rms ${error.rms.toFixed(1)} ms, greatest ` +
        `${error.greatest.toFixed(1)} ms; QT ${measures.qt.value} ms, error ${qt.toFixed(1)} ms; PR ${measures.pr.value}, ` +
        `P ${measures.p.value}, QRS ${measures.qrs.value}, axes ${measures.pAxis.value} ${measures.qrsAxis.value} ${measures.tAxis.value}`,
    );
    process.stdout.write(`${lines[lines.length - 1]}\n`);
    expect(error.greatest).toBeLessThanOrEqual(8);
    expect(Math.abs(qt)).toBeLessThanOrEqual(8);
  });
});

describe('a long recording', () => {
  /** Forty seconds at 120 a minute amid 23 minutes at 72. */
  const ecg = dynamicalEcg({
    beats: [...breathing(900, 0.83), ...steady(80, 0.5), ...breathing(720, 0.83)],
    leads: { I: scaled(0.7), II: scaled(1) },
    sampleRateHz: 125,
    noiseMicrovolts: 20,
  });
  const measures = measureEcg(ecg.recording);

  it('is searched in parts, and has every beat once', () => {
    expect(ecg.rSeconds[ecg.rSeconds.length - 1]!).toBeGreaterThan(1300);
    expect(measures.beats).toHaveLength(ecg.rSeconds.length);
    expect(rrErrors(ecg.rSeconds, measures).greatest).toBeLessThanOrEqual(8);
  });

  it('is averaged where it goes at its usual rate, limb leads computed with the stored ones', () => {
    const { fromSeconds, toSeconds } = measures.averaged!;
    const [fastFrom, fastTo] = [ecg.rSeconds[899]!, ecg.rSeconds[980]!];
    expect(toSeconds < fastFrom || fromSeconds > fastTo).toBe(true);
    expect(Math.abs(measures.qt.value! - ecg.qtSeconds(0.83) * 1000)).toBeLessThanOrEqual(8);
    expect(measures.st.map(({ lead }) => lead)).toEqual(['I', 'II', 'III', 'aVR', 'aVL', 'aVF']);
  });

  it('knows lead off to its end, though it lists no more than 200 such stretches', () => {
    const leads = ecg.recording.leads.map((lead) => {
      const samples = lead.samples.slice();
      for (let second = 1; second < 1300; second += 5) samples.fill(2500, second * 125, (second + 2) * 125);
      return { ...lead, samples };
    });
    const off = measureEcg({ ...ecg.recording, leads });
    expect(off.quality.map(({ flat }) => flat.length)).toEqual([200, 200]);
    expect(off.rr.longest!.milliseconds).toBeLessThan(2000);
  });
});

describe('rhythms and signals that are hard', () => {
  const ventricular = (i: number): DynamicalBeat =>
    i % 7 === 5 ? { rrSeconds: 0.55, ventricular: true } : { rrSeconds: i % 7 === 6 ? 1.15 : 0.85 };
  /** A repeatable sequence without a pattern. */
  const erratic = (i: number): DynamicalBeat => ({ rrSeconds: 0.42 + ((i * 7919) % 101) / 160 });
  const cases: [string, Partial<DynamicalEcgOptions> & Pick<DynamicalEcgOptions, 'beats'>][] = [
    ['ventricular beats', { beats: Array.from({ length: 60 }, (_, i) => ventricular(i)) }],
    ['irregular as in atrial fibrillation', { beats: Array.from({ length: 60 }, (_, i) => erratic(i)) }],
    ['0.2 mV', { beats: breathing(30, 0.8), microvolts: 200 }],
    ['50 Hz of 0.2 mV', { beats: breathing(30, 0.8), mainsMicrovolts: 200 }],
    ['wander of 1.5 mV', { beats: breathing(30, 0.8), wanderMicrovolts: 1500 }],
    ['noise of 0.1 mV', { beats: breathing(30, 0.8), noiseMicrovolts: 100 }],
    ['30 a minute', { beats: steady(20, 2) }],
    ['250 a minute', { beats: steady(80, 0.24) }],
    ['one lead, 100 Hz', { beats: breathing(30, 0.8), leads: { II: scaled(1) }, sampleRateHz: 100 }],
  ];
  it.each(cases)('%s', (name, options) => {
    const { sensitivity, predictivity, measures } = stress(options);
    process.stdout.write(
      `${name}: sensitivity ${(sensitivity * 100).toFixed(1)} %, positive predictivity ${(predictivity * 100).toFixed(1)} %, rate ${measures.rate.value}\n`,
    );
    expect(sensitivity).toBe(1);
    expect(predictivity).toBe(1);
  });

  it('tells ventricular beats by their shape', () => {
    const beats = Array.from({ length: 60 }, (_, i) => ventricular(i));
    const { measures } = stress({ beats });
    expect(measures.beats.map(({ kind }) => kind === 'ectopic-like')).toEqual(
      beats.map((beat) => beat.ventricular === true),
    );
  });

  it('names a pause of 3.5 s, and none where the beats go on', () => {
    const beats = steady(20, 0.9);
    beats[10] = { rrSeconds: 3.5 };
    const { measures, ecg, predictivity } = stress({ beats });
    expect(predictivity).toBe(1);
    const [pause, ...more] = measures.pauses;
    expect(more).toEqual([]);
    expect(pause).toMatchObject({ kind: 'rr' });
    expect(pause!.fromSeconds).toBeCloseTo(ecg.rSeconds[9]!, 1);
    expect(pause!.toSeconds).toBeCloseTo(ecg.rSeconds[10]!, 1);
    expect(stress({ beats: steady(20, 0.9) }).measures.pauses).toEqual([]);
  });

  it.each<[number, number, string]>([
    [200, 0.3, 'sudden'],
    [240, 0.25, 'sudden'],
    [200, 0.3, 'sustained'],
    [240, 0.25, 'sustained'],
  ])(
    'narrow beats at %d a minute (R-R %d s), %s: every one, and one run of that rate',
    (perMinute, rrSeconds, kind) => {
      const fast = Array.from({ length: kind === 'sudden' ? 40 : 160 }, () => ({ rrSeconds, supraventricular: true }));
      const calm = kind === 'sudden' ? steady(12, 0.8) : [];
      const { measures, sensitivity, predictivity, ecg } = stress({
        beats: [...calm, ...fast, ...calm],
        noiseMicrovolts: 20,
      });
      const runs = measures.fastRuns;
      process.stdout.write(
        `narrow, ${perMinute} a minute, ${kind}: ${sensitivity} ${predictivity} ${JSON.stringify(runs)}\n`,
      );
      expect([sensitivity, predictivity]).toEqual([1, 1]);
      expect(runs).toHaveLength(1);
      expect(Math.abs(runs[0]!.ratePerMinute - perMinute)).toBeLessThanOrEqual(1);
      expect(runs[0]!.fromSeconds).toBeCloseTo(ecg.rSeconds[kind === 'sudden' ? 11 : 0]!, 1);
      expect(runs[0]!.qrsMilliseconds).toBeLessThan(120);
    },
  );

  it.each(['at its baseline', 'at the rail', 'without a value'])(
    'R-R of 5 s, every lead constant %s: named, with a doubt',
    (how) => {
      const beats = steady(12, 0.8);
      beats[6] = { rrSeconds: 5 };
      const ecg = dynamicalEcg({ beats, leads: TWELVE, noiseMicrovolts: 10 });
      const level = { 'at its baseline': 4, 'at the rail': 5000, 'without a value': -32_768 }[how]!;
      const leads = ecg.recording.leads.map((lead) => {
        const samples = lead.samples
          .slice()
          .fill(level, (ecg.rSeconds[5]! + 0.8) * 500, (ecg.rSeconds[6]! - 0.4) * 500);
        return { ...lead, samples, missingValue: -32_768 };
      });
      const { pauses, rr, beats: seen } = measureEcg({ ...ecg.recording, leads });
      expect(seen).toHaveLength(12);
      expect(pauses).toMatchObject([{ kind: 'rr', doubt: expect.stringMatching(/check the signal.*核对信号/) }]);
      expect(pauses[0]!.toSeconds - pauses[0]!.fromSeconds).toBeCloseTo(5, 1);
      // Where the electrodes may be off, the pause is no part of the rate.
      expect(rr.longest!.milliseconds > 4900).toBe(how === 'at its baseline');
    },
  );

  it('25 a minute, every lead constant between T and P: the rate is 25', () => {
    const ecg = dynamicalEcg({ beats: steady(12, 2.4), leads: TWELVE, noiseMicrovolts: 5 });
    const leads = ecg.recording.leads.map((lead) => {
      const samples = lead.samples.slice();
      for (const r of ecg.rSeconds) samples.fill(samples[Math.round((r + 0.7) * 500)]!, (r + 0.7) * 500, (r + 2) * 500);
      return { ...lead, samples };
    });
    const measures = measureEcg({ ...ecg.recording, leads });
    expect(measures.quality.map(({ flat }) => flat.length >= 11)).toEqual(leads.map(() => true));
    expect(measures.rate.value).toBe(25);
    expect(measures.pauses).toEqual([]);
  });

  it('leaves a flat lead out and says so', () => {
    const ecg = dynamicalEcg({ leads: { ...TWELVE, V3: scaled(0) }, beats: breathing(14, 0.8), noiseMicrovolts: 0 });
    const leads = ecg.recording.leads.map((lead) =>
      lead.name === 'V3' ? { ...lead, samples: lead.samples.map(() => 7) } : lead,
    );
    const measures = measureEcg({ ...ecg.recording, leads });
    expect(found(ecg.rSeconds, measures)).toMatchObject({ sensitivity: 1, predictivity: 1 });
    expect(measures.warnings).toMatchObject([{ code: 'lead-off', leads: ['V3'] }]);
    expect(measures.st.map(({ lead }) => lead)).not.toContain('V3');
  });

  it('suspects exchanged arms, and does not without', () => {
    const codes = (leads: Readonly<Record<string, WaveGains>>) =>
      stress({ leads, beats: breathing(14, 0.8) }).measures.warnings.map(({ code }) => code);
    expect(codes(TWELVE)).toEqual([]);
    expect(codes({ ...TWELVE, I: scaled(-0.7), II: scaled(0.3) })).toEqual(['arms-reversed']);
  });

  it('measures nothing where there is nothing, and never a zero', () => {
    const ecg = dynamicalEcg({ leads: { II: scaled(0) }, beats: steady(10, 1), noiseMicrovolts: 2 });
    const measures = measureEcg(ecg.recording);
    expect(measures.beats).toEqual([]);
    for (const each of [
      measures.rate,
      measures.pr,
      measures.p,
      measures.qrs,
      measures.qt,
      measures.qtcBazett,
      measures.qrsAxis,
    ]) {
      expect(each).toMatchObject({ value: null, why: expect.any(String) });
    }
    expect(measures.warnings.map(({ code }) => code)).toEqual(['no-beats']);
  });
});
