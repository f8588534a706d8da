import type { CriticalRule, CriticalRuleSet, CriticalTest } from './critical-ecg-rules.js';
import type { EcgMeasures, FastRun } from './ecg-measures.js';
import type { Stretch } from './lead-quality.js';

/** A critical value that a doctor is asked to decide on; nothing is decided here. */
export interface CriticalProposal {
  readonly code: string;
  readonly rule: string;
  readonly ruleSet: string;
  readonly value: number | string;
  readonly threshold: string;
  readonly basis: 'measured' | 'device statement' | 'device statement and measured';
  /** Where to look. */
  readonly evidence: readonly (Stretch & { readonly text: string })[];
}

export interface CriticalProposals {
  readonly proposals: readonly CriticalProposal[];
  /** Rules that this recording could not be held against, and why. */
  readonly notEvaluated: readonly { readonly code: string; readonly rule: string; readonly why: string }[];
}

type Outcome =
  | { readonly proposal: Pick<CriticalProposal, 'value' | 'threshold' | 'basis' | 'evidence'> }
  | { readonly why: string }
  | null;

/** QRS of 120 ms and more is wide (AHA/ACCF/HRS 2009, doi 10.1161/CIRCULATIONAHA.108.191095). */
const WIDE_MS = 120;
/** Contiguous leads, of which two must agree (Fourth Universal Definition of MI 2018, doi 10.1161/CIR.0000000000000617). */
const NEIGHBOURS: readonly (readonly [name: string, leads: readonly string[]])[] = [
  ['下壁', ['II', 'III', 'aVF']],
  ['侧壁', ['I', 'aVL', 'V5', 'V6']],
  ['前间壁', ['V1', 'V2', 'V3']],
  ['前壁', ['V3', 'V4', 'V5']],
];
const RIGHT = new Set(['V1', 'V2', 'V3']);
const NO_BEATS = 'No beats were found.';

/**
 * Holds measures and the device's statements against one rule set. A rule that needs a rhythm's name is evaluated only where the device
 * names it: neither fibrillation nor block is diagnosed here.
 */
export function proposeCriticalValues(
  measures: EcgMeasures,
  statements: readonly string[],
  ruleSet: CriticalRuleSet,
): CriticalProposals {
  const proposals: CriticalProposal[] = [];
  const notEvaluated: { code: string; rule: string; why: string }[] = [];
  for (const rule of ruleSet.rules) {
    const outcome = evaluate(rule, measures, statements);
    if (outcome === null) continue;
    if ('why' in outcome) notEvaluated.push({ code: rule.code, rule: rule.name, why: outcome.why });
    else proposals.push({ code: rule.code, rule: rule.name, ruleSet: ruleSet.id, ...outcome.proposal });
  }
  return { proposals, notEvaluated };
}

function evaluate({ test }: CriticalRule, measures: EcgMeasures, statements: readonly string[]): Outcome {
  switch (test.kind) {
    case 'rr-at-least':
      return longRr(test, measures);
    case 'rate-below': {
      if (measures.rate.value === null) return { why: NO_BEATS };
      if (measures.rate.value >= test.perMinute) return null;
      return { proposal: found(measures.rate.value, `< ${test.perMinute} /min`, [whole(measures, 'mean rate')]) };
    }
    case 'wide-run':
    case 'narrow-run':
      return run(test, measures);
    case 'st-elevation':
      return elevation(test, measures);
    case 'stated': {
      const said = statementOf(test.statement, statements);
      if (said === undefined) return { why: 'Not diagnosed here, and the device does not state it.' };
      return { proposal: { ...found(said, 'stated', [whole(measures, said)]), basis: 'device statement' } };
    }
    case 'stated-rate':
    case 'stated-rr-below':
      return stated(test, measures, statements);
  }
}

function found(
  value: number | string,
  threshold: string,
  evidence: CriticalProposal['evidence'],
): { value: number | string; threshold: string; basis: 'measured'; evidence: CriticalProposal['evidence'] } {
  return { value, threshold, basis: 'measured', evidence };
}

function whole({ beats }: EcgMeasures, text: string): Stretch & { text: string } {
  return { fromSeconds: beats[0]?.seconds ?? 0, toSeconds: beats[beats.length - 1]?.seconds ?? 0, text };
}

function statementOf(pattern: RegExp, statements: readonly string[]): string | undefined {
  return statements.find((text) => pattern.test(text) && !/\b(no|not|without)\b|无|未见|排除/i.test(text));
}

function longRr(test: CriticalTest & { kind: 'rr-at-least' }, measures: EcgMeasures): Outcome {
  if (measures.beats.length === 0) return { why: NO_BEATS };
  const long = measures.pauses.filter((each) => (each.toSeconds - each.fromSeconds) * 1000 >= test.milliseconds);
  if (long.length === 0) return null;
  const longest = Math.max(...long.map((each) => Math.round((each.toSeconds - each.fromSeconds) * 1000)));
  const evidence = long.slice(0, 50).map(({ fromSeconds, toSeconds, kind, doubt }) => {
    const text = `${kind === 'rr' ? 'R-R' : 'no beat up to the end of the recording'} ${(toSeconds - fromSeconds).toFixed(2)} s`;
    return { fromSeconds, toSeconds, text: doubt === undefined ? text : `${text}. ${doubt}` };
  });
  return { proposal: found(longest, `≥ ${test.milliseconds} ms`, evidence) };
}

function run(test: CriticalTest & { kind: 'wide-run' | 'narrow-run' }, measures: EcgMeasures): Outcome {
  if (measures.beats.length === 0) return { why: NO_BEATS };
  const wide = test.kind === 'wide-run';
  const seconds = test.kind === 'wide-run' ? test.seconds : 0;
  const fast = measures.fastRuns.filter(
    (each) => each.ratePerMinute >= test.perMinute && each.toSeconds - each.fromSeconds >= seconds,
  );
  const fitting = fast.filter(({ qrsMilliseconds }) => qrsMilliseconds !== null && qrsMilliseconds >= WIDE_MS === wide);
  const [first] = fitting;
  if (first) {
    const fastest = fitting.reduce((a, b) => (b.ratePerMinute > a.ratePerMinute ? b : a), first);
    const limit = `${wide ? 'wide' : 'narrow'} QRS, ≥ ${test.perMinute} /min${seconds > 0 ? `, ≥ ${seconds} s` : ''}`;
    return { proposal: found(fastest.ratePerMinute, limit, fitting.slice(0, 50).map(describeRun)) };
  }
  if (fast.some(({ qrsMilliseconds }) => qrsMilliseconds === null))
    return { why: 'A run is fast enough, but its QRS could not be measured.' };
  const { beats } = measures;
  const recorded = beats[beats.length - 1]!.seconds - beats[0]!.seconds;
  return recorded < seconds ? { why: `The recording is shorter than ${seconds} s.` } : null;
}

function describeRun({
  fromSeconds,
  toSeconds,
  beats,
  ratePerMinute,
  qrsMilliseconds,
}: FastRun): Stretch & { text: string } {
  return { fromSeconds, toSeconds, text: `${beats} beats, ${ratePerMinute} /min, QRS ${qrsMilliseconds} ms` };
}

function elevation(test: CriticalTest & { kind: 'st-elevation' }, { st, averaged }: EcgMeasures): Outcome {
  if (st.length === 0 || averaged === null) return { why: 'ST could not be measured.' };
  const raised = st.filter(({ lead, jMicrovolts }) => {
    if (lead === 'aVR' || !NEIGHBOURS.some(([, leads]) => leads.includes(lead))) return false;
    return RIGHT.has(lead) ? jMicrovolts > test.rightAbove : jMicrovolts >= test.limbAndLateralAtLeast;
  });
  const groups = NEIGHBOURS.filter(([, leads]) => raised.filter(({ lead }) => leads.includes(lead)).length >= 2);
  if (groups.length === 0) {
    return st.length < 2 ? { why: 'One lead only: an infarction pattern needs two that are neighbours.' } : null;
  }
  const evidence = groups.map(([name, leads]) => {
    const parts = raised
      .filter(({ lead }) => leads.includes(lead))
      .map(({ lead, jMicrovolts }) => `${lead} ${jMicrovolts} µV`);
    return { fromSeconds: averaged.fromSeconds, toSeconds: averaged.toSeconds, text: `${name}: ${parts.join(', ')}` };
  });
  const limit = `J ≥ ${test.limbAndLateralAtLeast} µV (limb, V4–V6) or > ${test.rightAbove} µV (V1–V3) in two neighbouring leads`;
  return { proposal: found(Math.max(...raised.map(({ jMicrovolts }) => jMicrovolts)), limit, evidence) };
}

function stated(
  test: CriticalTest & { kind: 'stated-rate' | 'stated-rr-below' },
  measures: EcgMeasures,
  statements: readonly string[],
): Outcome {
  const said = statementOf(test.statement, statements);
  if (said === undefined) return { why: 'The rhythm is not named here, and the device does not state it.' };
  const basis = 'device statement and measured' as const;
  if (test.kind === 'stated-rate') {
    if (measures.rate.value === null) return { why: NO_BEATS };
    if (measures.rate.value < test.perMinute) return null;
    return { proposal: { ...found(measures.rate.value, `≥ ${test.perMinute} /min`, [whole(measures, said)]), basis } };
  }
  const { shortest } = measures.rr;
  if (shortest === null) return { why: NO_BEATS };
  if (shortest.milliseconds >= test.milliseconds) return null;
  const toSeconds = shortest.atSeconds + shortest.milliseconds / 1000;
  const evidence = [{ fromSeconds: shortest.atSeconds, toSeconds, text: said }];
  return { proposal: { ...found(shortest.milliseconds, `< ${test.milliseconds} ms`, evidence), basis } };
}
