import type { KeyImage } from '#libs/reading';
import type { ReportStatus } from './report.states.js';

interface Who {
  id: string;
  name: string;
}
interface Institution {
  code: string;
  name: string;
}

/** What a signed version says; its canonical JSON is what the hash chain runs over. */
export interface ReportContent {
  reportId: string;
  version: number;
  previousSha256: string | null;
  kind: 'imaging' | 'ecg';
  examiningInstitution: Institution;
  readingInstitution: Institution;
  patient: { number: string; name: string; sex: 'M' | 'F' | 'O' | null; birthDate: string | null; age: string | null };
  exam: {
    studyInstanceUid: string;
    accessionNumber: string | null;
    item: { code: string; name: string } | null;
    modality: string | null;
    description: string | null;
    examinedAt: string | null;
    arrivedAt: string;
  };
  clinicalInformation: string | null;
  findings: string;
  impression: string;
  keyImages: KeyImage[];
  author: Who;
  reviewer: Who;
  submittedAt: string;
  signedAt: string;
  instances: { sopInstanceUid: string; digest: string }[];
  instancesSha256: string;
  testCa: boolean;
}

export interface Report {
  id: string;
  readId: string;
  /** null: its images were deleted when their retention had run out */
  examId: string | null;
  patientId: string;
  organisation: string;
  readingOrganisation: string;
  kind: 'imaging' | 'ecg';
  item: string | null;
  status: ReportStatus;
  version: number;
  lastUpdated: Date;
}

export interface SignedReport extends Report {
  content: ReportContent;
  canonical: string;
  contentSha256: string;
  authorSignature: { signature: string; canonical: string; signedAt: string };
  reviewerSignature: { signature: string; certificatePem: string };
  pdfKey: string;
  pdfSha256: string;
  signedAt: Date;
}

/** Age at a date as Chinese reports write it: years from one year on, months below, days below a month. */
export function ageAt(birthDate: string | null, at: Date): string | null {
  if (birthDate === null) return null;
  const birth = new Date(`${birthDate}T00:00:00+08:00`);
  const days = Math.floor((at.getTime() - birth.getTime()) / 86_400_000);
  if (Number.isNaN(days) || days < 0) return null;
  const local = new Date(at.getTime() + 8 * 3_600_000);
  const [year, month, day] = birthDate.split('-').map(Number) as [number, number, number];
  const months =
    (local.getUTCFullYear() - year) * 12 + local.getUTCMonth() + 1 - month - (local.getUTCDate() < day ? 1 : 0);
  if (months >= 12) return `${Math.floor(months / 12)}岁`;
  return months >= 1 ? `${months}个月` : `${days}天`;
}
