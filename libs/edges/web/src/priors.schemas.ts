import { z } from 'zod';
import { READ_STATES } from '#libs/worklist';

const instant = z.iso.datetime({ offset: true });
const named = z.object({ code: z.string(), name: z.string() });
const who = z.object({ id: z.string(), name: z.string() });

const prior = z.object({
  /** of its read */
  id: z.string(),
  kind: z.enum(['imaging', 'ecg']),
  state: z.enum(READ_STATES.states as [string, ...string[]]),
  item: named.nullable(),
  modality: z.string().nullable(),
  description: z.string().nullable(),
  organisation: named,
  /** as that institution has filed the person */
  patient: z.object({
    number: z.string(),
    name: z.string(),
    sex: z.enum(['M', 'F', 'O']).nullable(),
    age: z.string().nullable(),
  }),
  studyInstanceUid: z.string(),
  instances: z.number(),
  examinedAt: instant.nullable(),
  receivedAt: instant,
  report: z.object({ id: z.string(), status: z.string(), signedAt: instant }).nullable(),
});
export const priorsPage = z.object({
  items: z.array(prior),
  next: z.string().nullable(),
  /** whose this examination is has not been decided: nothing is shown as the person's */
  identityDoubt: z.boolean(),
});
export const priorDetail = prior.extend({
  /** null: nobody has signed a report of it */
  words: z
    .object({ findings: z.string(), impression: z.string(), author: who, reviewer: who, signedAt: instant })
    .nullable(),
});
