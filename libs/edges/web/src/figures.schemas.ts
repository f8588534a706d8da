import { z } from 'zod';
import { QUALITY_FIGURES } from '#libs/figures';
import { QUALITY_GRADES, RETURN_REASONS } from '#libs/worklist';

const organisation = z.object({ code: z.string(), name: z.string() });
const instant = z.iso.datetime({ offset: true });
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2026-11');
const kind = z.enum(['imaging', 'ecg']);

export const qualityFiguresQuery = z.object({ month });
export const qualityFigures = z.object({
  month: z.string(),
  items: z.array(
    z.object({
      organisation,
      kind,
      reads: z.number(),
      gradeA: z.number(),
      gradeB: z.number(),
      gradeC: z.number(),
      /** accepted, or not decided on yet, and nobody graded the images */
      ungraded: z.number(),
      returned: z.number(),
      /** of those returned: images came again */
      retaken: z.number(),
      medianRetakeMinutes: z.number().nullable(),
      /** how often each fault was named */
      faults: z.record(z.string(), z.number()),
    }),
  ),
});
export const qualityCasesQuery = z.object({
  month,
  organisation: z.string().max(64),
  kind,
  figure: z.enum(QUALITY_FIGURES).optional(),
  fault: z.enum(RETURN_REASONS).optional(),
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const qualityCases = z.object({
  items: z.array(
    z.object({
      readId: z.string(),
      /** null: the examination was deleted when its retention had run out */
      patient: z.object({ number: z.string(), name: z.string() }).nullable(),
      item: z.string().nullable(),
      openedAt: instant,
      grade: z.enum(QUALITY_GRADES).nullable(),
      faults: z.array(z.string()),
      returned: z.boolean(),
      /** the read whose images stand in for these */
      retakenBy: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});
