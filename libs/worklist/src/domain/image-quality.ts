import { Refusal } from '#libs/kernel';
import type { ReturnReason } from './read.js';

/** 甲级, 乙级, 丙级 */
export const QUALITY_GRADES = ['A', 'B', 'C'] as const;
export type QualityGrade = (typeof QUALITY_GRADES)[number];
/** What a doctor said of the images: accepted with a grade, or sent back to be made again. */
export type QualityVerdict = QualityGrade | 'returned';

export interface ImageQuality {
  readId: string;
  verdict: QualityVerdict;
  reasons: ReturnReason[];
  note: string | null;
  givenBy: { id: string; name: string };
  givenAt: Date;
}

/**
 * Which faults a grade may name: 甲级 none, the others one at least, so that a member knows what to mend.
 * @returns each fault once
 * @throws Refusal `invalid`: fault-needed, fault-not-expected, note-required (for another fault than the listed ones)
 */
export function faultsOf(grade: QualityGrade, reasons: readonly ReturnReason[], note: string | null): ReturnReason[] {
  if (grade === 'A' && reasons.length > 0)
    throw new Refusal('invalid', 'fault-not-expected', 'Images of grade A have no fault; choose B or C.');
  if (grade !== 'A' && reasons.length === 0)
    throw new Refusal('invalid', 'fault-needed', 'Say what is wrong with images of grade B or C.');
  if (reasons.includes('other') && !note?.trim())
    throw new Refusal('invalid', 'note-required', 'Say in words what is wrong with the images.');
  return [...new Set(reasons)];
}
