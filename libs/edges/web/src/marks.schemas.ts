import { z } from 'zod';
import {
  fitsKind,
  fitsUnit,
  MARK_CALIBRATIONS,
  MARK_KINDS,
  MARK_QUANTITIES,
  MARK_UNITS,
  isUid,
} from '#libs/formats/dicom';

const instant = z.iso.datetime({ offset: true });
const uid = z.string().max(64).refine(isUid, 'no DICOM UID');
const words = z
  .string()
  .max(1000)
  .refine((text) => !text.includes('\0'), 'a character that no text has');
const value = z
  .object({
    quantity: z.enum(MARK_QUANTITIES),
    value: z.number(),
    /** SUV is by body weight; grey is the pixel's value where it has no unit */
    unit: z.enum(MARK_UNITS),
  })
  .refine(({ quantity, unit }) => fitsUnit(quantity, unit), 'this quantity is not measured in this unit');
const shape = {
  kind: z.enum(MARK_KINDS),
  sopInstanceUid: uid,
  frame: z.number().int().min(1),
  /**
   * columns and rows, (0,0) is the top left corner of the top left pixel (PS3.3 C.18.6.1.1). length, arrow: 2 (an arrow begins at its tip);
   * bidirectional: long axis, short axis; angle: vertex in the middle; cobb: two lines; rectangle: corners in order; ellipse: one axis, the
   * other; freehand: 3 or more, closed of itself; cardiothoracic: 2 or 3 lines, the thorax last; centre-line: 2 or more, 3 are hip, knee
   * and ankle
   */
  points: z
    .array(z.tuple([z.number(), z.number()]))
    .min(1)
    .max(5000),
  text: words.optional(),
  values: z.array(value).max(20),
};
const mark = z
  .object({ id: uid, ...shape, calibration: z.enum(MARK_CALIBRATIONS).exclude(['unknown']) })
  .refine(({ kind, points }) => fitsKind(kind, points.length), 'not the number of points that this kind has');

export const marksBody = z.object({
  marks: z
    .array(mark)
    .max(500)
    .refine((marks) => new Set(marks.map(({ id }) => id)).size === marks.length, 'two marks with one id'),
  /** that of the marks as they were read or saved last, 0 where there were none */
  version: z.number().int().min(0),
});
export const marksSaved = z.object({ version: z.number(), savedAt: instant });

const keyImage = z.object({ sopInstanceUid: z.string(), frame: z.number() });
const document = z.object({
  kind: z.enum(['SR', 'KO']),
  /** each takes the place of the one before */
  revision: z.number(),
  /** waiting: it will be stored; void: the key images were all taken back, and no document can say so */
  state: z.enum(['waiting', 'stored', 'void']),
  sopInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  askedAt: instant,
});
export const documentsAsked = z.object({ documents: z.array(document) });
export const marksOfRead = z.object({
  version: z.number(),
  savedAt: instant.nullable(),
  marks: z.array(
    z.object({
      id: z.string(),
      ...shape,
      calibration: z.enum(MARK_CALIBRATIONS),
      /** who made or last changed it, and when */
      author: z.object({ id: z.string(), name: z.string() }),
      at: instant,
    }),
  ),
  /** those of the draft; they are saved with it */
  keyImages: z.array(keyImage),
  documents: z.array(document),
  /** documents of the same study that came from elsewhere: to be looked at, not changed */
  elsewhere: z.array(
    z.object({
      kind: z.enum(['SR', 'KO']),
      sopInstanceUid: z.string(),
      seriesInstanceUid: z.string(),
      manufacturer: z.string().nullable(),
      institution: z.string().nullable(),
      observer: z.string().nullable(),
      /** YYYYMMDDHHMMSS as in the document */
      contentAt: z.string().nullable(),
      marks: z.array(
        z.object({ id: z.string(), ...shape, calibration: z.enum(MARK_CALIBRATIONS), observer: z.string().optional() }),
      ),
      keyImages: z.array(keyImage),
      /** groups and numbers that could not be told for sure, and were left out */
      notUnderstood: z.number(),
    }),
  ),
});
