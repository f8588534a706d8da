import type { CriticalProposal as Found, CriticalRuleSet } from '#libs/formats/ecg-measure';
import { CRITICAL_ECG_RULE_SETS, proposeCriticalValues } from '#libs/formats/ecg-measure';
import type { MeasuredEcg } from '#libs/catalogue';
import type { CriticalProposalState } from './critical-proposal.states.js';

/** 干扰或伪差, 测量有误, 已知的旧改变, 其他 */
export const DISMISSAL_REASONS = ['artefact', 'measured-wrongly', 'known-before', 'other'] as const;
export type DismissalReason = (typeof DISMISSAL_REASONS)[number];

/** A critical value that a rule proposes of an examination, and what became of it. */
export interface CriticalProposal {
  id: string;
  examId: string;
  ruleSet: string;
  /** of the rule, in its set */
  code: string;
  rule: string;
  value: string;
  threshold: string;
  basis: Found['basis'];
  evidence: { fromSeconds: number; toSeconds: number; text: string }[];
  state: CriticalProposalState;
  version: number;
  proposedAt: Date;
  decidedBy: { id: string; name: string } | null;
  decidedAt: Date | null;
  reason: DismissalReason | null;
  note: string | null;
}

export type NewCriticalProposal = Pick<
  CriticalProposal,
  'examId' | 'ruleSet' | 'code' | 'rule' | 'value' | 'threshold' | 'basis' | 'evidence'
>;

/** @throws Error for a set that is not delivered: what is set in the database is wrong, and nobody would be warned */
export function ruleSetOf(id: string): CriticalRuleSet {
  const found = CRITICAL_ECG_RULE_SETS.find((set) => set.id === id);
  if (!found) throw new Error(`there is no set of critical ECG rules "${id}"`);
  return found;
}

/** What the rules propose of an examination's recordings: each rule once, of the recording that came first. */
export function proposalsOf(
  examId: string,
  recordings: readonly MeasuredEcg[],
  ruleSet: CriticalRuleSet,
): NewCriticalProposal[] {
  const byRule = new Map<string, NewCriticalProposal>();
  for (const { measures, statements } of recordings) {
    for (const found of proposeCriticalValues(measures, statements, ruleSet).proposals) {
      if (byRule.has(found.code)) continue;
      const { code, rule, threshold, basis, evidence } = found;
      const value = String(found.value);
      byRule.set(code, { examId, ruleSet: ruleSet.id, code, rule, value, threshold, basis, evidence: [...evidence] });
    }
  }
  return [...byRule.values()];
}
