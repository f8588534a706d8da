import { deriveLimbLeads, type EcgLead, type EcgRecording } from '#libs/formats/ecg';
import { frontalAxis, levelBefore } from './axes.js';
import { type Delineation, delineate } from './delineate.js';
import type { EcgMeasures, FastRun, Measured } from './ecg-measures.js';
import { type EcgBeat, findBeats } from './find-beats.js';
import { type LeadSpan, spanOf, startOf } from './lead-grid.js';
import { leadQuality, round } from './lead-quality.js';
import { BEAT_HZ, beatsToAverage, medianBeat, type MedianBeat } from './median-beat.js';
import { findPauses, rrStatistics, withoutEdges } from './rhythm.js';
import { qualityWarnings, reversalWarnings } from './warnings.js';

/** Of the methods: raised whenever they would give other values for the same recording. */
export const MEASURES_VERSION = 2;

/** Own choices: what a run is worth listing, and measuring, for. */
const [FAST_RR, LEAST_RUN, MEASURED_RUN_SECONDS, MOST_RUNS, MOST_MEASURED] = [0.4, 3, 3, 1000, 20];
/** Own choice: up to this all of a recording stands for it. */
const LONG_SECONDS = 600;
const MOST_FLAT = 200;
const NO_AVERAGE = 'Fewer than three beats of the prevailing shape.';
const MS = 1000 / BEAT_HZ;

/**
 * Measures a recording of any number of leads from the first twelve that are an ECG; nothing is thrown, what cannot be measured is null.
 *
 * Over the whole, however long: beats, R-R, rate, pauses, fast runs, and where leads are constant or at their limit. Intervals, axes and
 * ST are of the median beat of at most 30 seconds (`averaged` says which, `beatsToAverage` how they are chosen), the QRS of a fast run of
 * its first 60 beats in the 20 longest runs of three seconds and more. Noise and wander of a lead over ten minutes are of 120 stretches. Beside the
 * samples it needs 1 kB for each second and beat.
 */
export function measureEcg(recording: EcgRecording): EcgMeasures {
  const span = spanOf(recording);
  const quality = span.leads.map((lead) => leadQuality(lead, span));
  const beats = withoutEdges(findBeats(span).beats, quality);
  const rr = rrStatistics(beats, quality);
  const averaged = beatsToAverage(beats, span.seconds > LONG_SECONDS);
  const rrOfAveraged = intervalOf(averaged, beats);
  const medians = mediansOf(recording, span, averaged, rrOfAveraged ?? 1, quality);
  const marks = delineate(medians, rrOfAveraged ?? 1);
  const warnings = [...qualityWarnings(quality), ...reversalWarnings(medians, marks)];
  if (beats.length === 0) {
    warnings.push({ code: 'no-beats', leads: [], text: 'No QRS complex was found.', source: 'docs/ecg-measuring.md' });
  }
  const count = Math.max(0, ...medians.map((beat) => beat.beats));
  return {
    beats,
    rr,
    rate: measured(
      rr.mean === null ? null : 60_000 / rr.mean,
      '/min',
      '60 s over the mean R-R',
      'Fewer than two beats.',
      1,
    ),
    ...intervals(medians, marks, rrOfAveraged),
    st: stLevels(medians, marks),
    averaged:
      count === 0
        ? null
        : { fromSeconds: averaged[0]!.seconds, toSeconds: averaged[averaged.length - 1]!.seconds, beats: count },
    pauses: findPauses(beats, quality, span),
    fastRuns: fastRuns(beats, span),
    quality: quality.map((each) => ({ ...each, flat: each.flat.slice(0, MOST_FLAT) })),
    warnings,
  };
}

function measured(value: number | null, unit: Measured['unit'], method: string, why: string, digits = 0): Measured {
  return value === null ? { value, unit, method, why } : { value: round(value, digits), unit, method };
}

/** Median R-R before the averaged beats, in seconds. */
function intervalOf(averaged: readonly EcgBeat[], beats: readonly EcgBeat[]): number | null {
  const inside = new Set(averaged);
  const all = beats.flatMap((beat, i) => (i > 0 && inside.has(beat) ? [beat.seconds - beats[i - 1]!.seconds] : []));
  all.sort((a, b) => a - b);
  return all[all.length >> 1] ?? null;
}

function mediansOf(
  recording: EcgRecording,
  span: LeadSpan,
  beats: readonly EcgBeat[],
  rrSeconds: number,
  quality: readonly { readonly lead: string; readonly flatShare: number }[] = [],
): MedianBeat[] {
  const lost = new Set(quality.filter(({ flatShare }) => flatShare > 0.5).map(({ lead }) => lead));
  const kept = span.leads.filter(({ name }) => !lost.has(name)).map((lead) => pieceOf(lead, beats));
  const derived = kept.length === 0 ? [] : deriveLimbLeads({ ...recording, leads: kept });
  return [...kept, ...derived].flatMap((lead) => medianBeat(lead, beats, rrSeconds) ?? []);
}

/** The samples from a second before the first of these beats to two after the last. */
function pieceOf(lead: EcgLead, beats: readonly EcgBeat[]): EcgLead {
  const place = (seconds: number): number => Math.floor((seconds - startOf(lead)) * lead.sampleRateHz);
  const [first, last] = [beats[0], beats[beats.length - 1]];
  const from = Math.min(lead.samples.length, Math.max(0, first ? place(first.seconds - 1) : 0));
  const samples = lead.samples.subarray(from, Math.max(from, last ? place(last.seconds + 2) : 0));
  return { ...lead, samples, startSeconds: lead.startSeconds + from / lead.sampleRateHz };
}

function intervals(
  medians: readonly MedianBeat[],
  marks: Delineation,
  rr: number | null,
): Pick<EcgMeasures, 'p' | 'pr' | 'qrs' | 'qt' | 'qtcBazett' | 'qtcFridericia' | 'pAxis' | 'qrsAxis' | 'tAxis'> {
  const { pOnset, pEnd, qrsOnset, qrsEnd, tEnd } = marks;
  const why = (text: string): string => (medians.length === 0 ? NO_AVERAGE : text);
  const between = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : (to - from) * MS;
  const qt = between(qrsOnset, tEnd);
  const [noP, noQrs, noT] = [
    why('P does not stand out.'),
    why('QRS does not stand out.'),
    why('T does not stand out.'),
  ];
  const beat = 'median beat, all leads together';
  const corrected = (root: (seconds: number) => number): number | null =>
    qt === null || rr === null ? null : qt / root(rr);
  const axis = (from: number | null, to: number | null, none: string, level?: number): Measured => {
    const value = from === null || to === null ? null : frontalAxis(medians, from, to, level);
    const reason =
      from === null || to === null ? none : why('Leads I and II are not both there, or their wave is too small.');
    return measured(value, 'deg', 'net area in I and II, Einthoven', reason);
  };
  return {
    p: measured(between(pOnset, pEnd), 'ms', `${beat}; tangents`, noP),
    pr: measured(between(pOnset, qrsOnset), 'ms', `${beat}; from the tangent at P to the spatial velocity of QRS`, noP),
    qrs: measured(between(qrsOnset, qrsEnd), 'ms', `${beat}; spatial velocity`, noQrs),
    qt: measured(qt, 'ms', `${beat}; to the tangent at the end of T`, noT),
    qtcBazett: measured(corrected(Math.sqrt), 'ms', 'QT / √RR (Bazett 1920)', noT),
    qtcFridericia: measured(corrected(Math.cbrt), 'ms', 'QT / ∛RR (Fridericia 1920)', noT),
    pAxis: axis(pOnset, pEnd, noP),
    qrsAxis: axis(qrsOnset, qrsEnd, noQrs),
    tAxis: axis(qrsEnd === null ? null : qrsEnd + 60 / MS, tEnd, noT, qrsOnset ?? undefined),
  };
}

function stLevels(medians: readonly MedianBeat[], { qrsOnset, qrsEnd }: Delineation): EcgMeasures['st'] {
  if (qrsOnset === null || qrsEnd === null) return [];
  return medians.flatMap((beat) => {
    const j60 = beat.values[qrsEnd + 60 / MS];
    if (j60 === undefined) return [];
    const level = levelBefore(beat, qrsOnset);
    return {
      lead: beat.name,
      jMicrovolts: Math.round(beat.values[qrsEnd]! - level),
      j60Microvolts: Math.round(j60 - level),
      method: 'median beat; global end of QRS and 60 ms later, above the 16 ms before QRS',
    };
  });
}

function fastRuns(beats: readonly EcgBeat[], span: LeadSpan): FastRun[] {
  const runs: EcgBeat[][] = [];
  let from = 0;
  for (let i = 1; i <= beats.length && runs.length < MOST_RUNS; i++) {
    if (i < beats.length && beats[i]!.seconds - beats[i - 1]!.seconds <= FAST_RR) continue;
    if (i - from >= LEAST_RUN) runs.push(beats.slice(from, i));
    from = i;
  }
  const lasting = (run: readonly EcgBeat[]): number => run[run.length - 1]!.seconds - run[0]!.seconds;
  const worth = new Set(
    runs
      .filter((run) => lasting(run) >= MEASURED_RUN_SECONDS)
      .sort((a, b) => lasting(b) - lasting(a))
      .slice(0, MOST_MEASURED),
  );
  return runs.map((run) => {
    const rr = lasting(run) / (run.length - 1);
    const medians = worth.has(run) ? span.leads.flatMap((lead) => medianBeat(lead, run.slice(0, 60), rr) ?? []) : [];
    const { qrsOnset, qrsEnd } = delineate(medians, rr);
    return {
      fromSeconds: round(run[0]!.seconds, 3),
      toSeconds: round(run[run.length - 1]!.seconds, 3),
      beats: run.length,
      ratePerMinute: round(60 / rr, 1),
      qrsMilliseconds: qrsOnset === null || qrsEnd === null ? null : round((qrsEnd - qrsOnset) * MS, 0),
    };
  });
}
