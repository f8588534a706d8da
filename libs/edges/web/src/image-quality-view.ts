import type { ImageQuality } from '#libs/worklist';

interface Graded {
  readonly id: string;
  readonly state: string;
  readonly retakeOf: string | null;
}

/** The grade that stands of a read's images, and what was wrong with those that they stand in for: an earlier examination's, or its own. */
export function qualityOf(read: Graded, all: readonly ImageQuality[]) {
  const own = all.filter(({ readId }) => readId === read.id);
  const graded = own.find(({ verdict }) => verdict !== 'returned');
  const back =
    all.find(({ readId, verdict }) => readId === read.retakeOf && verdict === 'returned') ??
    (read.state === 'returned' ? undefined : own.find(({ verdict }) => verdict === 'returned'));
  return {
    quality: graded
      ? {
          grade: graded.verdict,
          reasons: graded.reasons,
          note: graded.note,
          by: graded.givenBy,
          at: new Date(graded.givenAt).toISOString(),
        }
      : null,
    retake: back
      ? {
          readId: back.readId,
          reason: back.reasons[0]!,
          note: back.note,
          returnedAt: new Date(back.givenAt).toISOString(),
        }
      : null,
  };
}
