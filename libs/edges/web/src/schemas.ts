import { z } from 'zod';
import { CRITICAL_PROPOSAL_STATES, DISMISSAL_REASONS } from '#libs/critical';
import { CONTRADICTION_CODES } from '#libs/reading';
import { PATIENT_CLASSES, PRIORITIES, QUALITY_GRADES, READ_STATES, RETURN_REASONS } from '#libs/worklist';

/** The shapes of the web API: they check what comes in, and are what /api/openapi.json says. */
const instant = z.iso.datetime({ offset: true });
const who = z.object({ id: z.string(), name: z.string() });
const sex = z.enum(['M', 'F', 'O']);
const organisation = z.object({ code: z.string(), name: z.string() });
const page = <T extends z.ZodType>(items: T) => z.object({ items: z.array(items), next: z.string().nullable() });
const reportLink = z.object({ id: z.string(), status: z.string(), signedAt: instant }).nullable();
/** what was last said of the images, if they were accepted */
const quality = z
  .object({
    grade: z.enum(QUALITY_GRADES),
    reasons: z.array(z.string()),
    note: z.string().nullable(),
    by: who,
    at: instant,
  })
  .nullable();
/** the images stand in for ones that were returned */
const retake = z
  .object({ readId: z.string(), reason: z.string(), note: z.string().nullable(), returnedAt: instant })
  .nullable();
const returned = z.object({ reason: z.string(), note: z.string().nullable() }).nullable();

export const loginBody = z.object({ username: z.string().min(1).max(100), password: z.string().min(1).max(200) });
export const session = z.object({
  user: z.object({
    id: z.string(),
    displayName: z.string(),
    organisation,
    permissions: z.array(z.string()),
    specialities: z.array(z.string()),
  }),
  csrfToken: z.string(),
});

export const passwordBody = z.object({ password: z.string().min(1).max(200) });
/** keys of the contradictions that the author has seen and means */
export const submitBody = passwordBody.extend({ despite: z.array(z.string().max(300)).max(50).default([]) });
/** what a report says against itself, its request or its images (左右, 男女, 单位) */
const contradiction = z.object({
  code: z.enum(CONTRADICTION_CODES),
  field: z.enum(['findings', 'impression']),
  text: z.string(),
  against: z.string(),
  key: z.string(),
});
export const returnBody = z.object({ reason: z.enum(RETURN_REASONS), note: z.string().max(500).optional() });
export const gradeBody = z.object({
  grade: z.enum(QUALITY_GRADES),
  /** its faults; none of grade A */
  reasons: z.array(z.enum(RETURN_REASONS)).max(RETURN_REASONS.length).default([]),
  note: z.string().trim().max(500).optional(),
});
export const sendBackBody = z.object({ reason: z.string().trim().min(1).max(500) });
const templateUsed = z.object({ id: z.uuid(), version: z.number().int().min(1) });
const keyImage = z.object({ sopInstanceUid: z.string().max(64), frame: z.number().int().min(1).default(1) });
export const draftBody = z.object({
  findings: z.string().max(20_000),
  impression: z.string().max(20_000),
  keyImages: z.array(keyImage).max(20).default([]),
  /** whose words it was made of */
  templates: z.array(templateUsed).max(50).default([]),
  version: z.number().int().min(0).optional(),
});
export const draftSaved = z.object({ version: z.number(), savedAt: instant, contradictions: z.array(contradiction) });
export const done = z.object({ id: z.string() });
export const signed = z.object({ reportId: z.string() });

export const worklistQuery = z.object({
  state: z.string().optional(),
  kind: z.enum(['imaging', 'ecg']).optional(),
  priority: z.enum(PRIORITIES).optional(),
  search: z.string().max(100).optional(),
  /** mine: claimed by or assigned to the caller; review: written by somebody else and waiting for a reviewer */
  view: z.enum(['mine', 'review']).optional(),
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const worklistEventsQuery = z.object({
  /** the last `id` that was received, where the header `last-event-id` cannot be sent */
  after: z.string().max(50).optional(),
});
const reading = z
  .object({
    state: z.enum(['drafting', 'submitted', 'reviewed']),
    author: who,
    reviewer: who.nullable(),
    sentBackReason: z.string().nullable(),
  })
  .nullable();
export const readRow = z.object({
  id: z.string(),
  state: z.enum(READ_STATES.states as [string, ...string[]]),
  kind: z.enum(['imaging', 'ecg']),
  priority: z.enum(PRIORITIES),
  item: organisation.nullable(),
  modality: z.string().nullable(),
  description: z.string().nullable(),
  patient: z.object({
    number: z.string(),
    name: z.string(),
    sex: sex.nullable(),
    birthDate: z.string().nullable(),
    age: z.string().nullable(),
    idCardMasked: z.string().nullable(),
  }),
  organisation,
  examId: z.string(),
  studyInstanceUid: z.string(),
  instances: z.number(),
  expectedInstances: z.number().nullable(),
  /** announced and not here */
  missing: z.number(),
  /** settled although the sender broke off */
  interrupted: z.boolean(),
  /** undecided instances of a served UID with other content */
  conflicts: z.number(),
  /** headers that contradict the patient's file */
  identityDoubts: z.number(),
  /** critical values that a rule proposes and nobody has decided on */
  criticalProposed: z.number(),
  examState: z.enum(['arriving', 'settled', 'reopened']),
  examinedAt: instant.nullable(),
  receivedAt: instant,
  dueAt: instant.nullable(),
  clinicalInformation: z.string().nullable(),
  assignee: who.nullable(),
  claimedBy: who.nullable(),
  reading,
  report: reportLink,
  returned,
  quality,
  retake,
});
export const worklistPage = page(readRow).extend({
  counts: z.object({ waiting: z.number(), mine: z.number(), toReview: z.number(), done: z.number() }),
  /** finished since midnight in Asia/Shanghai; waiting although the target has passed */
  today: z.object({ done: z.number(), overdue: z.number() }),
});
export const criticalProposal = z.object({
  id: z.string(),
  ruleSet: z.string(),
  code: z.string(),
  rule: z.string(),
  value: z.string(),
  threshold: z.string(),
  basis: z.enum(['measured', 'device statement', 'device statement and measured']),
  /** seconds from the start of the recording */
  evidence: z.array(z.object({ fromSeconds: z.number(), toSeconds: z.number(), text: z.string() })),
  state: z.enum(CRITICAL_PROPOSAL_STATES.states as [string, ...string[]]),
  version: z.number(),
  proposedAt: instant,
  decidedBy: who.nullable(),
  decidedAt: instant.nullable(),
  reason: z.enum(DISMISSAL_REASONS).nullable(),
  note: z.string().nullable(),
});
export const dismissalBody = z.object({
  reason: z.enum(DISMISSAL_REASONS),
  note: z.string().trim().max(500).optional(),
});
export const readDetail = readRow.extend({
  criticalProposals: z.array(criticalProposal),
  contradictions: z.array(contradiction),
  draft: z
    .object({
      findings: z.string(),
      impression: z.string(),
      keyImages: z.array(z.object({ sopInstanceUid: z.string(), frame: z.number() })),
      templates: z.array(templateUsed),
      version: z.number(),
      savedAt: instant,
    })
    .nullable(),
  allowed: z.array(z.enum(['claim', 'release', 'return', 'draft', 'submit', 'send-back', 'review', 'sign', 'grade'])),
});
export const pageQuery = z.object({
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const examPage = page(
  z.object({
    id: z.string(),
    kind: z.enum(['imaging', 'ecg']),
    patient: z.object({
      number: z.string(),
      name: z.string(),
      sex: sex.nullable(),
      birthDate: z.string().nullable(),
      age: z.string().nullable(),
    }),
    modality: z.string().nullable(),
    description: z.string().nullable(),
    state: z.string(),
    instances: z.number(),
    expectedInstances: z.number().nullable(),
    /** announced and not here */
    missing: z.number(),
    /** settled although the sender broke off */
    interrupted: z.boolean(),
    /** undecided instances of a served UID with other content */
    conflicts: z.number(),
    /** headers that contradict the patient's file */
    identityDoubts: z.number(),
    examinedAt: instant.nullable(),
    receivedAt: instant,
    read: z.object({ id: z.string(), state: z.string(), readingState: z.string().nullable() }).nullable(),
    report: reportLink,
    returned,
    quality,
    retake,
    /** another examination has taken its place */
    retaken: z.boolean(),
  }),
);

export const requestBody = z.object({
  patient: z.object({
    number: z.string().trim().min(1).max(64),
    name: z.string().trim().min(1).max(100),
    sex: sex.optional(),
    birthDate: z.iso.date().optional(),
  }),
  idCard: z.string().max(18).optional(),
  item: z.string().max(32),
  accessionNumber: z.string().trim().min(1).max(16).optional(),
  clinicalInformation: z.string().max(2000).optional(),
  priority: z.enum(PRIORITIES).optional(),
  /** decides how long the examination is kept: outpatient and emergency 15 years, inpatient 30 */
  patientClass: z.enum(PATIENT_CLASSES).optional(),
  /** what the modality worklist says of it; left out: now, on any device, by anybody */
  schedule: z
    .object({
      scheduledAt: z.iso.datetime({ offset: true }).optional(),
      stationAeTitle: z.string().trim().min(1).max(16).optional(),
      performingPhysician: z.string().trim().min(1).max(64).optional(),
    })
    .optional(),
});
export const request = z.object({
  id: z.string(),
  organisation: z.string(),
  accessionNumber: z.string().nullable(),
  patient: z.object({ number: z.string(), name: z.string(), sex: sex.nullable(), birthDate: z.string().nullable() }),
  item: z.string(),
  clinicalInformation: z.string(),
  priority: z.enum(PRIORITIES),
  patientClass: z.enum(PATIENT_CLASSES).nullable(),
  requestedAt: instant,
  examId: z.string().nullable(),
});
export const requestPage = page(request);

export const receipt = z.object({
  outcome: z.enum(['stored', 'duplicate', 're-encoded', 'conflict']),
  sopInstanceUid: z.string(),
  studyInstanceUid: z.string(),
});
export const ecgQuery = z.object({
  patientId: z.string().max(64).optional(),
  patientName: z.string().max(100).optional(),
  idCard: z.string().max(18).optional(),
  accessionNumber: z.string().max(16).optional(),
});
const uid = z.string().regex(/^\d[\d.]{0,63}$/);
export const batchAnnouncement = z.object({
  batch: z.uuid(),
  title: z.string().min(1).max(200),
  files: z.number().int().min(1).max(1_000_000),
  bytes: z.number().int().min(0),
  /** what the sender could read of the files: files that are no instances are in none of them */
  studies: z
    .array(
      z.object({
        studyInstanceUid: uid,
        instances: z.number().int().min(0).max(1_000_000).optional(),
        sopInstanceUids: z.array(uid).max(20_000).optional(),
      }),
    )
    .max(1000)
    .default([]),
});
export const batchQuery = z.object({
  limit: z.coerce.number().int().min(0).max(1000).default(1000),
  cursor: z.string().max(200).optional(),
});
const batchProgress = z.object({
  batch: z.string(),
  title: z.string(),
  files: z.number(),
  bytes: z.number(),
  filesEnded: z.number(),
  bytesEnded: z.number(),
  startedAt: instant,
  closedAs: z.enum(['finished', 'given-up', 'expired']).nullable(),
});
const unfinishedUpload = z.object({ id: z.string(), filename: z.string(), size: z.number(), offset: z.number() });
export const batchList = page(batchProgress.extend({ uploads: z.array(unfinishedUpload) }));
export const uploadBatch = z.object({
  /** null: files came under this id, and nobody announced how many */
  batch: batchProgress.nullable(),
  uploads: z.array(unfinishedUpload),
  counts: z.record(z.string(), z.number()),
  /** what an index (DICOMDIR) names and nobody sent; known when the batch is closed */
  missing: z.array(z.string()),
  items: z.array(
    z.object({
      filename: z.string(),
      size: z.number().nullable(),
      outcome: z.enum(['stored', 'duplicate', 're-encoded', 'conflict', 'quarantined', 'refused', 'unpacked']),
      code: z.string().nullable(),
      reason: z.string().nullable(),
      sopInstanceUid: z.string().nullable(),
      studyInstanceUid: z.string().nullable(),
      insideArchive: z.boolean(),
    }),
  ),
  next: z.string().nullable(),
});

export const report = z.object({
  id: z.string(),
  status: z.string(),
  version: z.number(),
  kind: z.enum(['imaging', 'ecg']),
  item: organisation.nullable(),
  patient: z.object({ number: z.string(), name: z.string(), sex: sex.nullable(), age: z.string().nullable() }),
  examiningInstitution: organisation,
  readingInstitution: organisation,
  examinedAt: instant.nullable(),
  signedAt: instant,
  author: who,
  reviewer: who,
  clinicalInformation: z.string().nullable(),
  findings: z.string(),
  impression: z.string(),
  studyInstanceUid: z.string(),
  instancesSha256: z.string(),
  testCa: z.boolean(),
});
export const verdict = z.object({
  verdict: z.enum(['valid', 'altered', 'withdrawn']),
  testCa: z.boolean(),
  pdf: z.boolean(),
  author: z.boolean(),
  reviewer: z.boolean(),
  content: z.boolean(),
});
