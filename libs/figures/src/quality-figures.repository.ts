import type { OrganisationScope } from '#libs/identity';

/** One member's month of one kind; each read counts in the month in which it was opened, with what was last said of its images. */
export interface QualityFigures {
  organisation: { code: string; name: string };
  kind: 'imaging' | 'ecg';
  reads: number;
  gradeA: number;
  gradeB: number;
  gradeC: number;
  /** accepted, or not decided on yet, and nobody graded the images */
  ungraded: number;
  /** were returned once at least, whether or not images came again */
  returned: number;
  /** of those: images came again */
  retaken: number;
  /** from the return to the next images, in minutes; null where none came */
  medianRetakeMinutes: number | null;
  /** how often each fault was named, in the grade that stands or in a return */
  faults: Record<string, number>;
}

/** Which reads are behind a figure. */
export const QUALITY_FIGURES = ['reads', 'A', 'B', 'C', 'ungraded', 'returned', 'retaken'] as const;
export type QualityFigure = (typeof QUALITY_FIGURES)[number];

export interface QualityCase {
  readId: string;
  /** null: the examination was deleted when its retention had run out */
  patientNumber: string | null;
  patientName: string | null;
  item: string | null;
  openedAt: Date;
  grade: 'A' | 'B' | 'C' | null;
  faults: string[];
  returned: boolean;
  retakenBy: string | null;
}

export abstract class QualityFiguresRepository {
  /** In order of the organisations' names; members without a read in these days are not among them. */
  abstract of(scope: OrganisationScope, days: { from: Date; to: Date }): Promise<QualityFigures[]>;
  /** The newest first. */
  abstract cases(
    scope: OrganisationScope,
    days: { from: Date; to: Date },
    which: {
      organisation: string;
      kind: 'imaging' | 'ecg';
      figure?: QualityFigure | undefined;
      fault?: string | undefined;
    },
    page: { after?: string | undefined; limit: number },
  ): Promise<QualityCase[]>;
}
