import type { EcgMeasures, EcgPause } from './ecg-measures.js';
import { median } from './filters.js';
import type { EcgBeat } from './find-beats.js';
import { type LeadSpan, startOf } from './lead-grid.js';
import { type LeadQuality, round, type Stretch } from './lead-quality.js';

const PAUSE_SECONDS = 3;
const MOST_PAUSES = 1000;
/** Own choice: longer than a standard ECG, a flat line is taken for a lead that is off when the rate is computed; it is still a pause. */
const LONGEST_RR_SECONDS = 10;
/** As far as an energy peak lies from the wave that caused it. */
const EDGE_SECONDS = 0.06;
const DOUBT =
  'Every lead is constant within it: pause of the heart or lead off, check the signal. 各导联均为直线: 心脏停搏或导联脱落, 请核对信号质量.';

interface Interval {
  readonly seconds: number;
  readonly at: number;
}

/** R-R over the whole recording; those over which every lead is off are left out. */
export function rrStatistics(beats: readonly EcgBeat[], quality: readonly LeadQuality[]): EcgMeasures['rr'] {
  const gaps = gapsOf(quality);
  const all: Interval[] = [];
  for (let i = 1; i < beats.length; i++) {
    const [at, to] = [beats[i - 1]!.seconds, beats[i]!.seconds];
    if (!gaps(at, to)) all.push({ seconds: to - at, at });
  }
  if (all.length === 0) {
    return {
      count: 0,
      mean: null,
      median: null,
      shortest: null,
      longest: null,
      standardDeviation: null,
      irregularity: null,
    };
  }
  const mean = all.reduce((sum, { seconds }) => sum + seconds, 0) / all.length;
  const variance = all.reduce((sum, { seconds }) => sum + (seconds - mean) ** 2, 0) / all.length;
  let [shortest, longest, differences] = [all[0]!, all[0]!, 0];
  all.forEach((each, i) => {
    if (each.seconds < shortest.seconds) shortest = each;
    if (each.seconds > longest.seconds) longest = each;
    if (i > 0) differences += (each.seconds - all[i - 1]!.seconds) ** 2;
  });
  const milliseconds = (seconds: number): number => round(seconds * 1000, 1);
  return {
    count: all.length,
    mean: milliseconds(mean),
    median: milliseconds(median(all.map(({ seconds }) => seconds)) ?? mean),
    shortest: { milliseconds: milliseconds(shortest.seconds), atSeconds: round(shortest.at, 3) },
    longest: { milliseconds: milliseconds(longest.seconds), atSeconds: round(longest.at, 3) },
    standardDeviation: all.length > 1 ? milliseconds(Math.sqrt(variance)) : null,
    irregularity: all.length > 2 ? round(Math.sqrt(differences / (all.length - 1)) / mean, 3) : null,
  };
}

/** R-R of three seconds and more, and such stretches before the first and after the last beat. */
export function findPauses(beats: readonly EcgBeat[], quality: readonly LeadQuality[], span: LeadSpan): EcgPause[] {
  if (beats.length === 0) return [];
  const constant = within(quality.map(({ flat }) => flat));
  const covered = coverage(span);
  const times = [span.startSeconds, ...beats.map(({ seconds }) => seconds), span.startSeconds + span.seconds];
  const out: EcgPause[] = [];
  for (let i = 1; i < times.length && out.length < MOST_PAUSES; i++) {
    const [from, to] = [times[i - 1]!, times[i]!];
    if (to - from < PAUSE_SECONDS || !covered(from, to)) continue;
    const doubt = constant(from, to) ? { doubt: DOUBT } : {};
    const kind = i === 1 || i === times.length - 1 ? 'open' : 'rr';
    out.push({ fromSeconds: round(from, 3), toSeconds: round(to, 3), kind, ...doubt });
  }
  return out;
}

/** Beats but those that every lead makes by going off or coming back. */
export function withoutEdges(beats: readonly EcgBeat[], quality: readonly LeadQuality[]): EcgBeat[] {
  const off = gapsOf(quality);
  return beats.filter(({ seconds }) => !off(seconds - EDGE_SECONDS, seconds + EDGE_SECONDS));
}

/** Of each lead, where it has no value, is constant away from its own level, or is constant for longer than any R-R that is taken for one. */
function offStretches(quality: readonly LeadQuality[]): Stretch[][] {
  return quality.map(({ flat }) =>
    flat.filter((each) => !each.atBaseline || each.toSeconds - each.fromSeconds > LONGEST_RR_SECONDS),
  );
}

/** Whether between two times every lead is off for a while. */
export function gapsOf(quality: readonly LeadQuality[]): (from: number, to: number) => boolean {
  return within(offStretches(quality));
}

/** Whether between two times there is such a stretch of every lead. */
function within(leads: readonly (readonly Stretch[])[]): (from: number, to: number) => boolean {
  if (leads.some(({ length }) => length === 0)) return () => false;
  return (from, to) => leads.every((stretches) => (firstAfter(stretches, from)?.fromSeconds ?? Infinity) < to);
}

/** The first of ascending stretches that ends after this time. */
function firstAfter(stretches: readonly Stretch[], seconds: number): Stretch | undefined {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle]!.toSeconds > seconds) high = middle;
    else low = middle + 1;
  }
  return stretches[low];
}

/** Whether leads were recorded, without a hole between their pieces, from the one time to the other. */
function coverage({ leads }: LeadSpan): (from: number, to: number) => boolean {
  return (from, to) => {
    let reached = from;
    for (const lead of [...leads].sort((a, b) => startOf(a) - startOf(b))) {
      if (startOf(lead) <= reached + 0.1)
        reached = Math.max(reached, startOf(lead) + lead.samples.length / lead.sampleRateHz);
    }
    return reached >= to - 0.1;
  };
}
