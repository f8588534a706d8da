/** What a caller may do. A route names exactly one of these, or says that it is public. */
export const PERMISSIONS = [
  'session.use',
  'worklist.view',
  'report.write',
  'report.review',
  'image.view',
  'instance.store',
  'upload.send',
  'exam.follow',
  'request.create',
  'request.view',
  'report.view',
  'report-text.manage',
  'hanging-rule.manage',
  'fhir.read',
  'recognition.ask',
  'recognition.view',
  'quality.view',
  'quality.decide',
  'schedule.view',
  'procedure.report',
  'retention.view',
  'retention.decide',
  'exam.delete',
  'figures.view',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** How far the data reaches that a duty gives sight of: the own organisation, or every member whose cases the centre reads. */
export type Reach = 'own' | 'network';

interface DutyRights {
  readonly reach: Reach;
  readonly permissions: readonly Permission[];
}

/** Duties of people and API clients (duty → rights): rights go by duty, never to a person (GB/T 22239-2019 8.1.4.2). */
export const DUTIES = {
  'report-doctor': {
    reach: 'network',
    permissions: ['session.use', 'worklist.view', 'report.write', 'image.view', 'report.view', 'quality.view'],
  },
  'review-doctor': {
    reach: 'network',
    permissions: [
      'session.use',
      'worklist.view',
      'report.write',
      'report.review',
      'image.view',
      'report.view',
      'quality.view',
    ],
  },
  /** 影像质控: decides whose a doubtful examination is, and which of two objects of one UID is served */
  'imaging-quality': {
    reach: 'network',
    permissions: [
      'session.use',
      'worklist.view',
      'image.view',
      'quality.view',
      'quality.decide',
      'retention.view',
      'figures.view',
    ],
  },
  /** 医务科: the network's figures */
  'medical-office': { reach: 'network', permissions: ['session.use', 'figures.view'] },
  /** 病案管理: how long examinations are kept, what holds them, and their deletion with a reason */
  'records-officer': {
    reach: 'network',
    permissions: ['session.use', 'retention.view', 'retention.decide', 'exam.delete'],
  },
  /** 报告规范管理: the network's templates and phrases, and how examinations are hung */
  'report-standards': {
    reach: 'network',
    permissions: ['session.use', 'report-text.manage', 'hanging-rule.manage'],
  },
  radiographer: {
    reach: 'own',
    permissions: [
      'session.use',
      'upload.send',
      'exam.follow',
      'request.create',
      'request.view',
      'image.view',
      'report.view',
      'quality.view',
      'retention.view',
      'figures.view',
    ],
  },
  clinician: {
    reach: 'own',
    permissions: [
      'session.use',
      'exam.follow',
      'request.create',
      'request.view',
      'image.view',
      'report.view',
      'recognition.view',
    ],
  },
  sysadmin: { reach: 'own', permissions: ['session.use'] },
  secadmin: { reach: 'own', permissions: ['session.use'] },
  auditor: { reach: 'own', permissions: ['session.use'] },
  his: {
    reach: 'own',
    permissions: [
      'request.create',
      'request.view',
      'report.view',
      'fhir.read',
      'recognition.ask',
      'upload.send',
      'exam.follow',
    ],
  },
  pacs: { reach: 'own', permissions: ['instance.store', 'upload.send', 'image.view'] },
  // A device by its AE title: what is scheduled for it, and what it has done of that.
  modality: { reach: 'own', permissions: ['schedule.view', 'procedure.report'] },
} as const satisfies Record<string, DutyRights>;
export type Duty = keyof typeof DUTIES;

export function permissionsOf(duties: readonly Duty[]): ReadonlySet<Permission> {
  return new Set(duties.flatMap((duty) => [...DUTIES[duty].permissions]));
}

export function reachOf(duties: readonly Duty[]): Reach {
  return duties.some((duty) => DUTIES[duty].reach === 'network') ? 'network' : 'own';
}
