import { z } from 'zod';
import { REPORT_TEXT_KINDS } from '#libs/reading';

const subject = z.object({ code: z.string(), name: z.string() }).nullable();
const words = {
  name: z.string().trim().min(1).max(60),
  findings: z.string().max(5000),
  impression: z.string().max(5000),
};

export const reportTextsQuery = z
  .object({
    kind: z.enum(['imaging', 'ecg']).optional(),
    /** those for this read, and `subject` says which of them fit it */
    read: z.uuid().optional(),
    cursor: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(500),
  })
  .refine(({ kind, read }) => kind !== undefined || read !== undefined, { message: 'kind or read' });
export const reportTextsPage = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(REPORT_TEXT_KINDS),
      subject,
      /** the caller's; false: the network's */
      own: z.boolean(),
      version: z.number(),
      /** under which it is looked for, such as 房性心律失常 */
      group: z.string().nullable(),
      groupSounds: z.array(z.string()),
      name: z.string(),
      /** pinyin of the name, whole and in initials */
      sounds: z.array(z.string()),
      findings: z.string(),
      impression: z.string(),
    }),
  ),
  next: z.string().nullable(),
  subject,
});
export const reportTextBody = z.object({
  ...words,
  kind: z.enum(REPORT_TEXT_KINDS),
  readKind: z.enum(['imaging', 'ecg']),
  subject: z.string().max(32).nullable().default(null),
  impression: words.impression.default(''),
  /** for everybody; left out: the caller's own */
  network: z.boolean().default(false),
});
export const reportTextChange = z.object({
  name: words.name.optional(),
  findings: words.findings.optional(),
  impression: words.impression.optional(),
  version: z.number().int().min(1),
});
export const reportTextAdded = z.object({ id: z.string(), version: z.number() });
export const reportTextChanged = z.object({ version: z.number() });
