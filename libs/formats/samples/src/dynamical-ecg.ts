import type { EcgLead, EcgRecording } from '#libs/formats/ecg';

/**
 * McSharry, Clifford, Tarassenko, Smith 2003 (IEEE TBME 50:289), table I: angle, size and width of P, Q, R, S, T. The size is that of
 * the derivative; a wave's own peak is its size times the square of its width.
 */
const WAVES = [
  { angle: -Math.PI / 3, size: 1.2, width: 0.25 },
  { angle: -Math.PI / 12, size: -5, width: 0.1 },
  { angle: 0, size: 30, width: 0.1 },
  { angle: Math.PI / 12, size: -7.5, width: 0.1 },
  { angle: Math.PI / 2, size: 0.75, width: 0.4 },
] as const;
/** R of table I before scaling: 30 * 0.1². */
const R_PEAK = 0.3;
const INNER_HZ = 1000;

/** How much of each wave a lead sees, in units in which R of table I is one. */
export type WaveGains = readonly [P: number, Q: number, R: number, S: number, T: number];

export interface DynamicalBeat {
  /** From the R before to this R. */
  readonly rrSeconds: number;
  /** A ventricular beat stands in for the sinus beat: no P, R three times as wide, T against it. */
  readonly ventricular?: boolean;
}

export interface DynamicalEcgOptions {
  readonly beats: readonly DynamicalBeat[];
  readonly leads: Readonly<Record<string, WaveGains>>;
  readonly sampleRateHz?: number;
  /** Height of an R of gain one. */
  readonly microvolts?: number;
  /** Standard deviation of white noise. */
  readonly noiseMicrovolts?: number;
  readonly mainsMicrovolts?: number;
  /** Height of a wander of 0.25 Hz. */
  readonly wanderMicrovolts?: number;
  readonly seed?: number;
}

export interface DynamicalEcg {
  readonly recording: EcgRecording;
  readonly rSeconds: readonly number[];
  /**
   * From the onset of Q to the end of T at a beat of `rrSeconds`: two widths before and after the centres, where the steepest tangent of
   * a Gaussian meets its base.
   */
  qtSeconds(rrSeconds: number): number;
}

/** A synthetic ECG of known beats by the published dynamical model. A beat longer than 1.2 s rests after T, so that a pause is one. */
export function dynamicalEcg(options: DynamicalEcgOptions): DynamicalEcg {
  const rate = options.sampleRateHz ?? 500;
  const microvolts = options.microvolts ?? 1000;
  const random = seeded(options.seed ?? 1);
  const { phases, rSeconds } = phasesOf(options.beats);
  const leads = Object.entries(options.leads).map(([name, gains]): EcgLead => {
    const inner = trace(phases, gains);
    const samples = new Int32Array(Math.floor((inner.length / INNER_HZ) * rate));
    for (let i = 0; i < samples.length; i++) {
      const seconds = i / rate;
      const value =
        (at(inner, seconds * INNER_HZ) / R_PEAK) * microvolts +
        (options.noiseMicrovolts ?? 0) * normal(random) +
        (options.mainsMicrovolts ?? 0) * Math.sin(2 * Math.PI * 50 * seconds) +
        (options.wanderMicrovolts ?? 0) * Math.sin(2 * Math.PI * 0.25 * seconds);
      samples[i] = Math.round(value);
    }
    const scale = { microvoltsPerUnit: 1, baselineMicrovolts: 0, derived: false, startSeconds: 0 };
    return { name, samples, sampleRateHz: rate, ...scale };
  });
  return {
    recording: { patient: {}, leads, measurements: [], statements: [], notes: [], source: 'csv' },
    rSeconds,
    qtSeconds: (rr) => ((Math.PI / 2 + 0.8 + Math.PI / 12 + 0.2) * Math.min(rr, 1.2)) / (2 * Math.PI),
  };
}

interface Phase {
  readonly angle: number;
  readonly omega: number;
  readonly ventricular: boolean;
}

/** The angle at every inner sample: from one R (zero) over rest (pi) to the next R. */
function phasesOf(beats: readonly DynamicalBeat[]): { phases: Phase[]; rSeconds: number[] } {
  const phases: Phase[] = [];
  const rSeconds: number[] = [];
  const push = (angle: number, omega: number, ventricular: boolean): number =>
    phases.push({ angle, omega, ventricular });
  beats.forEach((beat, i) => {
    const total = Math.round(beat.rrSeconds * INNER_HZ);
    const turn = Math.min(total, 1.2 * INNER_HZ);
    const omega = (2 * Math.PI * INNER_HZ) / turn;
    const previous = i > 0 && beats[i - 1]!.ventricular === true;
    for (let k = 0; k < turn / 2; k++) push((2 * Math.PI * k) / turn, i === 0 ? 0 : omega, previous);
    for (let k = turn; k < total; k++) push(Math.PI, omega, false);
    for (let k = Math.ceil(turn / 2); k < turn; k++)
      push((2 * Math.PI * k) / turn - 2 * Math.PI, omega, beat.ventricular === true);
    rSeconds.push(phases.length / INNER_HZ);
  });
  const last = beats[beats.length - 1];
  const turn = Math.min(last?.rrSeconds ?? 1, 1.2) * INNER_HZ;
  for (let k = 0; k < turn / 2; k++)
    push((2 * Math.PI * k) / turn, (2 * Math.PI * INNER_HZ) / turn, last?.ventricular === true);
  return { phases, rSeconds };
}

/** The model's z by the midpoint rule; sizes are per radian, so that the height does not depend on the rate. */
function trace(phases: readonly Phase[], gains: WaveGains): Float32Array {
  const out = new Float32Array(phases.length);
  let z = 0;
  phases.forEach(({ angle, omega, ventricular }, i) => {
    out[i] = z;
    const middle = angle + omega / (2 * INNER_HZ);
    let slope = 0;
    WAVES.forEach((wave, w) => {
      const shape = ventricular ? ventricularShape(w) : { gain: 1, wide: 1 };
      const distance = Math.atan2(Math.sin(middle - wave.angle), Math.cos(middle - wave.angle));
      const width = wave.width * shape.wide;
      // The peak (size * width²) stays when the width changes.
      const size = (wave.size / shape.wide ** 2) * shape.gain * gains[w]!;
      slope -= size * omega * distance * Math.exp(-(distance ** 2) / (2 * width ** 2));
    });
    z += (slope - z) / INNER_HZ;
  });
  return out;
}

function ventricularShape(wave: number): { gain: number; wide: number } {
  if (wave === 2) return { gain: 1.3, wide: 3 };
  return wave === 4 ? { gain: -1.5, wide: 1 } : { gain: 0, wide: 1 };
}

function at(values: Float32Array, place: number): number {
  const i = Math.floor(place);
  const a = values[i] ?? 0;
  return a + ((values[i + 1] ?? a) - a) * (place - i);
}

/** Mulberry32: the same noise in every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
