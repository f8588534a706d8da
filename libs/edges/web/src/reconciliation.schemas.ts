import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });
const decided = {
  version: z.number(),
  reason: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
};
const twin = z.object({
  id: z.string(),
  digest: z.string(),
  sizeBytes: z.number(),
  transferSyntaxUid: z.string(),
  studyInstanceUid: z.string(),
  sender: z.string(),
  transport: z.string(),
  receivedAt: instant,
});
const identity = z.object({
  name: z.string(),
  number: z.string(),
  sex: z.enum(['M', 'F', 'O']).nullable(),
  birthDate: z.string().nullable(),
  idCardMasked: z.string().nullable(),
});

export const reconciliation = z.object({
  /** the file of the patient under whom the examination is filed */
  filedUnder: identity,
  doubts: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['open', 'same-person', 'other-person']),
      /** what the images say */
      claimed: identity,
      /** name, birth-date, sex, id-card, patient-number, ambiguous */
      differs: z.array(z.string()),
      raisedAt: instant,
      ...decided,
    }),
  ),
  duplicates: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['re-encoded', 'conflict']),
      state: z.enum(['undecided', 'set-aside', 'serving', 'displaced']),
      sopInstanceUid: z.string(),
      served: twin,
      beside: twin,
      /** attributes of the headers that are not the same; none: only the pixels differ */
      differs: z.array(z.object({ tag: z.string(), served: z.string().nullable(), beside: z.string().nullable() })),
      ...decided,
    }),
  ),
});

export const openReconciliations = z.object({
  items: z.array(
    z.object({
      examId: z.string(),
      organisation: z.string(),
      studyInstanceUid: z.string(),
      conflicts: z.number(),
      identityDoubts: z.number(),
    }),
  ),
  next: z.string().nullable(),
});

const reason = z.string().trim().min(2).max(500);
export const identityDecision = z.object({ decision: z.enum(['same-person', 'other-person']), reason });
export const duplicateDecision = z.object({ decision: z.enum(['keep', 'serve']), reason });
export const identityDecided = z.object({ state: z.string(), patientId: z.string() });
export const duplicateDecided = z.object({ state: z.string() });
