import { Refusal } from '#libs/kernel';
import type { RecognitionState } from './recognition.states.js';

/** One earlier result shown to one doctor for one order, and what was decided about it. */
export interface Recognition {
  id: string;
  /** the name by which the asking system speaks of it */
  cardId: string;
  /** who asked */
  organisation: string;
  personId: string;
  item: string;
  reportId: string;
  hook: string;
  hookInstance: string;
  /** the asking system's own name for the person who saw it */
  shownTo: string;
  state: RecognitionState;
  version: number;
  reasonCode: string | null;
  reasonText: string | null;
  proposedAt: Date;
  decidedAt: Date | null;
}

/** A coded reason to examine again. Not every one counts as a refusal in the recognition rate. */
export interface DeclineReason {
  code: string;
  textZh: string;
  textEn: string;
  countsAsRefusal: boolean;
}

/** 国卫医发〔2022〕6号: "other" is a reason only with an explanation. */
const NEEDS_EXPLANATION = '6';
const DAY_MS = 86_400_000;

/** The earliest moment of examination that still counts, for an item valid `days` days. */
export function windowStart(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

export function windowEnd(examinedAt: Date, days: number): Date {
  return new Date(examinedAt.getTime() + days * DAY_MS);
}

/** An examination stands for a new one from its own moment until `days` days later, both ends included. */
export function withinWindow(examinedAt: Date, now: Date, days: number): boolean {
  return examinedAt <= now && examinedAt >= windowStart(now, days);
}

/** @throws Refusal `invalid`: reason-required, unknown-reason, explanation-required */
export function checkedReason(
  reasons: readonly DeclineReason[],
  given: { code: string; text: string | null } | undefined,
): { code: string; text: string | null } {
  if (!given) throw new Refusal('invalid', 'reason-required', 'Examining again needs a coded reason.');
  if (!reasons.some((reason) => reason.code === given.code)) {
    throw new Refusal('invalid', 'unknown-reason', `There is no reason "${given.code}" to examine again.`, {
      reasons: reasons.map((reason) => reason.code),
    });
  }
  const text = given.text?.trim() || null;
  if (given.code === NEEDS_EXPLANATION && text === null) {
    throw new Refusal('invalid', 'explanation-required', `Reason ${NEEDS_EXPLANATION} needs an explanation in words.`);
  }
  return { code: given.code, text };
}

export type Outcome =
  { outcome: 'accepted' } | { outcome: 'overridden'; reason: { code: string; text: string | null } };

/** Whether this decision was taken before in the same words; saying it again changes nothing. */
export function alreadyDecided(recognition: Recognition, decision: Outcome): boolean {
  if (decision.outcome === 'accepted') return recognition.state === 'recognised';
  return (
    recognition.state === 'declined' &&
    recognition.reasonCode === decision.reason.code &&
    recognition.reasonText === decision.reason.text
  );
}
