import type { EcgLead } from '#libs/formats/ecg';
import { lowPass, median, movingAverage } from './filters.js';
import { BLOCK, GRID_HZ, gridLength, type LeadSpan, onGrid, startOf } from './lead-grid.js';

export interface Stretch {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** A second and more in which a lead is constant or has no value. */
export interface FlatStretch extends Stretch {
  /** Constant at the level that the lead has before and after: a heart at rest looks like this, and a lead that is off may. */
  readonly atBaseline: boolean;
}

/**
 * What a lead is worth. Shares and stretches are of the whole lead; noise and wander too up to ten minutes, and of a longer one from 120
 * stretches of ten seconds, spread evenly. The bounds are own choices; that a constant lead counts as missing is the rule of the PhysioNet/CinC Challenge 2011. */
export interface LeadQuality {
  readonly lead: string;
  /** Microvolts: standard deviation above 40 Hz, by the median of absolute deviations, so that QRS does not count. */
  readonly noiseMicrovolts: number | null;
  /** Microvolts between the 5th and 95th hundredth of the level over one second. */
  readonly wanderMicrovolts: number | null;
  /** Share of the time, 0 to 1, in which the lead is constant or has no value for a second and more. */
  readonly flatShare: number;
  /** Share of the samples that stay at the lead's own greatest or least value for 20 ms and more while it moves by over 1 mV elsewhere. */
  readonly saturatedShare: number;
  /** Where the lead was constant or without value; `measureEcg` gives the first 200 stretches. */
  readonly flat: readonly FlatStretch[];
}

const FLAT_SECONDS = 1;
/** Own choice: the smallest ST deviation that counts; a lead that is off goes to a rail, or to a zero that is seldom its level. */
const BASELINE_MICROVOLTS = 100;
const SATURATED_SECONDS = 0.02;
const SAMPLED = 50_000;
/** Own choice: of a recording longer than a block. */
const LOOKS = 120;
const LOOK = 10 * GRID_HZ;

export function leadQuality(lead: EcgLead, span: LeadSpan): LeadQuality {
  const flat = flatStretches(lead);
  const flatSeconds = flat.reduce((sum, each) => sum + each.toSeconds - each.fromSeconds, 0);
  const flatShare = Math.min(1, flatSeconds / (lead.samples.length / lead.sampleRateHz));
  const usable = flatShare < 0.9;
  return {
    lead: lead.name,
    ...(usable ? levels(lead, span) : { noiseMicrovolts: null, wanderMicrovolts: null }),
    flatShare: round(flatShare, 3),
    saturatedShare: usable ? round(saturatedShare(lead), 4) : 0,
    flat,
  };
}

function flatStretches(lead: EcgLead): FlatStretch[] {
  const { samples, sampleRateHz } = lead;
  const out: FlatStretch[] = [];
  const start = startOf(lead);
  let from = 0;
  for (let i = 1; i <= samples.length; i++) {
    if (i < samples.length && samples[i] === samples[from]) continue;
    if (i - from >= FLAT_SECONDS * sampleRateHz) {
      const [fromSeconds, toSeconds] = [start + from / sampleRateHz, start + i / sampleRateHz];
      out.push({ fromSeconds, toSeconds, atBaseline: isAtBaseline(lead, from, i) });
    }
    from = i;
  }
  return out;
}

/** Held against the median of the second before and of the second after; one side is enough where the recording ends. */
function isAtBaseline(
  { samples, sampleRateHz, missingValue, microvoltsPerUnit }: EcgLead,
  from: number,
  to: number,
): boolean {
  if (samples[from] === missingValue) return false;
  const second = Math.ceil(sampleRateHz);
  const around = [samples.subarray(Math.max(0, from - second), from), samples.subarray(to, to + second)]
    .map((part) => median(part.filter((sample) => sample !== missingValue)))
    .filter((level) => level !== null);
  const far = (level: number): boolean => Math.abs((level - samples[from]!) * microvoltsPerUnit) > BASELINE_MICROVOLTS;
  return around.length > 0 && !around.some(far);
}

function saturatedShare(lead: EcgLead): number {
  const { samples, sampleRateHz, missingValue } = lead;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    if (sample === missingValue) continue;
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  if ((high - low) * lead.microvoltsPerUnit < 1000) return 0;
  let [count, run] = [0, 0];
  for (let i = 0; i <= samples.length; i++) {
    const sample = samples[i];
    if (i > 0 && sample === samples[i - 1] && (sample === low || sample === high)) run++;
    else {
      if (run >= SATURATED_SECONDS * sampleRateHz) count += run;
      run = 0;
    }
  }
  return count / samples.length;
}

function levels(lead: EcgLead, span: LeadSpan): { noiseMicrovolts: number | null; wanderMicrovolts: number | null } {
  const own: LeadSpan = { ...span, startSeconds: startOf(lead), seconds: lead.samples.length / lead.sampleRateHz };
  const length = gridLength(own);
  const looks = length <= BLOCK ? 1 : LOOKS;
  const width = length <= BLOCK ? length : LOOK;
  const step = Math.max(1, Math.floor((looks * width) / SAMPLED));
  const [rest, base]: [number[], number[]] = [[], []];
  for (let look = 0; look < looks; look++) {
    const from = Math.floor(((length - width) * look) / Math.max(1, looks - 1));
    const raw = onGrid(lead, own, from, from + width);
    const level = movingAverage(raw, GRID_HZ);
    const smooth = lowPass(raw.slice(), GRID_HZ, 40);
    for (let i = GRID_HZ >> 1; i < width - (GRID_HZ >> 1); i += step) {
      rest.push(Math.abs(raw[i]! - smooth[i]!));
      base.push(level[i]!);
    }
  }
  base.sort((a, b) => a - b);
  const spread = median(rest);
  if (spread === null) return { noiseMicrovolts: null, wanderMicrovolts: null };
  const wander = base[Math.floor(base.length * 0.95)]! - base[Math.floor(base.length * 0.05)]!;
  // 1.4826: from a median of absolute deviations to the standard deviation of a normal distribution.
  return { noiseMicrovolts: round(1.4826 * spread, 1), wanderMicrovolts: round(wander, 0) };
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
