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
const TURN = 2 * Math.PI;
// Looked up once: a test runner's context looks globals up slowly.
const { cos, exp, floor, imul, log, round, sin, sqrt } = Math;

/** How much of each wave a lead sees, in units in which R of table I is one. */
export type WaveGains = readonly [P: number, Q: number, R: number, S: number, T: number];

export interface DynamicalBeat {
  /** From the R before to this R. */
  readonly rrSeconds: number;
  /** A ventricular beat stands in for the sinus beat: no P, R three times as wide, T against it. */
  readonly ventricular?: boolean;
  /**
   * A supraventricular beat without a P. Angles and widths follow the rate as in the authors' ECGSYN (PhysioNet): by the root of the rate over
   * 60, Q and S by the root, P and T by the fourth root, so that QRS does not shrink with R-R.
   */
  readonly supraventricular?: boolean;
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
   * From the onset of Q to the end of T at a beat before and after which R-R is `rrSeconds`. Q begins two widths before its centre, where
   * the tangent of a Gaussian meets its base; T ends where the steepest tangent of the wave as the model makes it meets the level that it
   * comes down to. The model's pull to the base moves that end: 1 ms before two widths after the centre at R-R 0.5 s, 5 ms at 1.2 s.
   */
  qtSeconds(rrSeconds: number): number;
}

/** A synthetic ECG of known beats by the published dynamical model. A beat longer than 1.2 s rests after T, so that a pause is one. */
export function dynamicalEcg(options: DynamicalEcgOptions): DynamicalEcg {
  const rate = options.sampleRateHz ?? 500;
  const microvolts = options.microvolts ?? 1000;
  const random = seeded(options.seed ?? 1);
  const { phases, rSeconds } = phasesOf(options.beats);
  const waves = traces(phases);
  const leads = Object.entries(options.leads).map(([name, gains]): EcgLead => {
    const inner = new Float32Array(phases.length);
    for (let i = 0; i < inner.length; i++) waves.forEach((wave, w) => (inner[i]! += gains[w]! * wave[i]!));
    const samples = new Int32Array(Math.floor((inner.length / INNER_HZ) * rate));
    for (let i = 0; i < samples.length; i++) {
      const seconds = i / rate;
      const value =
        (at(inner, seconds * INNER_HZ) / R_PEAK) * microvolts +
        (options.noiseMicrovolts ?? 0) * normal(random) +
        (options.mainsMicrovolts ?? 0) * sin(TURN * 50 * seconds) +
        (options.wanderMicrovolts ?? 0) * sin(TURN * 0.25 * seconds);
      samples[i] = round(value);
    }
    const scale = { microvoltsPerUnit: 1, baselineMicrovolts: 0, derived: false, startSeconds: 0 };
    return { name, samples, sampleRateHz: rate, ...scale };
  });
  return {
    recording: { patient: {}, leads, measurements: [], statements: [], notes: [], source: 'csv' },
    rSeconds,
    qtSeconds: (rr) => ((Math.PI / 12 + 0.2) * Math.min(rr, 1.2)) / TURN + endOfT(Math.min(rr, 1.2)),
  };
}

interface Phases {
  /** From one R (zero) over rest (pi) to the next R, and how far it goes in an inner step; both of `length`. */
  readonly angle: Float64Array;
  readonly step: Float64Array;
  readonly kind: Uint8Array;
  readonly length: number;
}

function phasesOf(beats: readonly DynamicalBeat[]): { phases: Phases; rSeconds: number[] } {
  const room = beats.reduce((sum, { rrSeconds }) => sum + Math.round(rrSeconds * INNER_HZ) + 2, 2 * INNER_HZ);
  const [angle, step, kind] = [new Float64Array(room), new Float64Array(room), new Uint8Array(room)];
  const rSeconds: number[] = [];
  let length = 0;
  const push = (where: number, stride: number, beat: DynamicalBeat | undefined): void => {
    angle[length] = where;
    step[length] = stride;
    kind[length++] = beat?.ventricular === true ? 1 : beat?.supraventricular === true ? 2 : 0;
  };
  beats.forEach((beat, i) => {
    const total = Math.round(beat.rrSeconds * INNER_HZ);
    const turn = Math.min(total, 1.2 * INNER_HZ);
    const stride = TURN / turn;
    for (let k = 0; k < turn / 2; k++) push((TURN * k) / turn, i === 0 ? 0 : stride, beats[i - 1]);
    for (let k = turn; k < total; k++) push(TURN / 2, stride, undefined);
    for (let k = Math.ceil(turn / 2); k < turn; k++) push((TURN * k) / turn - TURN, stride, beat);
    rSeconds.push(length / INNER_HZ);
  });
  const last = beats[beats.length - 1];
  const turn = Math.min(last?.rrSeconds ?? 1, 1.2) * INNER_HZ;
  for (let k = 0; k < turn / 2; k++) push((TURN * k) / turn, TURN / turn, last);
  return { phases: { angle, step, kind, length }, rSeconds };
}

/**
 * The model's z by the midpoint rule, for each wave alone: it is linear in their sizes, so that a lead is a sum of them. Sizes are per
 * radian: the height does not depend on the rate.
 */
function traces({ angle, step, kind, length }: Phases): Float64Array[] {
  return WAVES.map((wave, w) => {
    const out = new Float64Array(length);
    const wide = ventricularShape(w);
    let z = 0;
    for (let i = 0; i < length; i++) {
      out[i] = z;
      const shape = kind[i] === 0 ? USUAL_SHAPE : kind[i] === 1 ? wide : supraventricularShape(w, step[i]!);
      let distance = angle[i]! + step[i]! / 2 - wave.angle * shape.away;
      if (distance > TURN / 2) distance -= TURN;
      if (distance < -TURN / 2) distance += TURN;
      const width = wave.width * shape.wide;
      // The peak (size * width²) stays when the width changes.
      const size = (wave.size / (shape.wide * shape.wide)) * shape.gain;
      const slope = -size * step[i]! * INNER_HZ * distance * exp((-distance * distance) / (2 * width * width));
      z += (slope - z) / INNER_HZ;
    }
    return out;
  });
}

interface Shape {
  readonly gain: number;
  readonly wide: number;
  readonly away: number;
}

const USUAL_SHAPE: Shape = { gain: 1, wide: 1, away: 1 };

/** Seconds after R, from the model's T alone: no other wave, no noise, no rounding. */
function endOfT(rrSeconds: number): number {
  const { phases, rSeconds } = phasesOf([0, 1, 2, 3].map(() => ({ rrSeconds })));
  const wave = traces(phases)[4]!;
  const [from, to] = [round(rSeconds[2]! * INNER_HZ), round(rSeconds[3]! * INNER_HZ)];
  let [flank, steepest, base] = [from, 0, Infinity];
  for (let i = from + 1; i + 1 < to; i++) {
    const fall = (wave[i - 1]! - wave[i + 1]!) / 2;
    if (fall > steepest) [flank, steepest] = [i, fall];
  }
  for (let i = flank; i < to; i++) if (wave[i]! < base) base = wave[i]!;
  return (flank + (wave[flank]! - base) / steepest - from) / INNER_HZ;
}

function ventricularShape(wave: number): Shape {
  if (wave === 2) return { gain: 1.3, wide: 3, away: 1 };
  return wave === 4 ? { gain: -1.5, wide: 1, away: 1 } : { gain: 0, wide: 1, away: 1 };
}

function supraventricularShape(wave: number, step: number): Shape {
  const wide = sqrt((step * INNER_HZ) / TURN);
  return { gain: wave === 0 ? 0 : 1, wide, away: wave === 4 ? sqrt(wide) : wide };
}

function at(values: Float32Array, place: number): number {
  const i = floor(place);
  const a = values[i] ?? 0;
  return a + ((values[i + 1] ?? a) - a) * (place - i);
}

/** Mulberry32: the same noise in every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = imul(state ^ (state >>> 15), state | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return sqrt(-2 * log(1 - random())) * cos(TURN * random());
}
