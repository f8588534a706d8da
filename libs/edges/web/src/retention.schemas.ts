import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });
const day = z.iso.date();
const page = <T extends z.ZodType>(items: T) => z.object({ items: z.array(items), next: z.string().nullable() });
const reason = z.string().trim().min(2).max(500);
const source = z.enum(['request', 'header', 'organisation', 'longest', 'person']);
const blockedBy = z.array(
  z.enum(['hold-stands', 'exam-arriving', 'read-claimed', 'report-signed', 'retention-running']),
);
const words = z.object({ zh: z.string(), en: z.string() });
const who = z.object({ id: z.string(), name: z.string().nullable() });

export const retentionRules = z.object({
  classes: z.array(z.object({ code: z.string(), name: words, years: z.number(), patientClasses: z.array(z.string()) })),
  deletionReasons: z.array(
    z.object({
      code: z.string(),
      text: words,
      /** whether it is a reason while the retention still runs */
      withinRetention: z.boolean(),
    }),
  ),
});

const hold = z.object({
  id: z.string(),
  examId: z.string(),
  organisation: z.string(),
  state: z.enum(['standing', 'lifted']),
  reason: z.string(),
  placedBy: who,
  placedAt: instant,
  liftReason: z.string().nullable(),
  liftedBy: who.nullable(),
  liftedAt: instant.nullable(),
});
export const holdPage = page(hold);
export const holdBody = z.object({ reason });
export const holdState = z.object({ id: z.string(), state: z.enum(['standing', 'lifted']) });

const deletion = z.object({
  examId: z.string(),
  organisation: z.string(),
  studyInstanceUid: z.string(),
  kind: z.enum(['imaging', 'ecg']),
  modality: z.string().nullable(),
  accessionNumber: z.string().nullable(),
  examinedAt: instant.nullable(),
  receivedAt: instant,
  class: z.string(),
  keepUntil: day,
  reason: z.string(),
  reasonText: words,
  note: z.string(),
  deletedBy: who,
  deletedAt: instant,
  sizeBytes: z.number(),
  instances: z.number(),
  /** the examination that is here under the same study UID: it was sent again */
  receivedAgainAs: z.string().nullable(),
});
export const deletionPage = page(deletion);
export const deletedInstances = z.object({
  examId: z.string(),
  studyInstanceUid: z.string(),
  /** those kept beside a served one among them */
  instances: z.array(z.object({ sopInstanceUid: z.string(), digest: z.string(), standing: z.string() })),
});
export const deletionQuery = z.object({
  studyInstanceUid: z.string().max(64).optional(),
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const deletionBody = z.object({ reason: z.string().max(64), note: reason });
export const deleted = z.object({
  examId: z.string(),
  studyInstanceUid: z.string(),
  reason: z.string(),
  instances: z.number(),
  sizeBytes: z.number(),
});

export const retention = z.object({
  examId: z.string(),
  studyInstanceUid: z.string(),
  class: z.string(),
  className: words,
  years: z.number(),
  /** what the class was taken from; longest: nothing spoke for a class */
  source,
  /** the day that the years count from, as far as this examination goes */
  startsOn: day,
  /** that day as a person said it */
  countedFrom: day.nullable(),
  /** the patient's latest other examination: a later visit counts */
  lastVisitOn: day.nullable(),
  /** the first day on which it need not be kept */
  keepUntil: day,
  expired: z.boolean(),
  decided: z.object({ reason: z.string(), by: who, at: instant }).nullable(),
  holds: z.array(hold),
  /** an examination of the same study UID was here and was deleted */
  deletedBefore: z.array(deletion),
});
export const retentionCorrection = z.object({
  class: z.string().max(64),
  /** the day of the last visit or discharge; null: the examination's own day again; left out: as it was */
  countedFrom: day.nullable().optional(),
  reason,
});

export const dueQuery = z.object({
  cursor: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}_[0-9a-f-]{36}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const duePage = page(
  z.object({
    examId: z.string(),
    organisation: z.string(),
    studyInstanceUid: z.string(),
    kind: z.enum(['imaging', 'ecg']),
    modality: z.string().nullable(),
    description: z.string().nullable(),
    accessionNumber: z.string().nullable(),
    patient: z.object({ number: z.string(), name: z.string() }),
    examinedAt: instant.nullable(),
    receivedAt: instant,
    class: z.string(),
    source,
    startsOn: day,
    lastVisitOn: day.nullable(),
    keepUntil: day,
    instances: z.number(),
    sizeBytes: z.number(),
    signedReports: z.number(),
    /** what stands in the way of deleting it for `retention-expired` */
    blockedBy,
  }),
);
