import type { Reconciliation } from '../reading/reconciliation/types.js';
import type { EcgView } from '../reading/ecg/ecg-view.js';
import type { EcgLevels, EcgOverview } from '../reading/ecg/long/overview.js';
import type {
  Batch,
  BatchAnnouncement,
  Contradiction,
  DismissalReason,
  ExamRow,
  KeyImage,
  HangingRule,
  Kind,
  Mark,
  MarksOfRead,
  OpenBatch,
  Prior,
  PriorDetail,
  Priority,
  ReadDetail,
  Report,
  ReportText,
  ReportTexts,
  QualityCase,
  QualityFigureName,
  QualityFigures,
  QualityGrade,
  ReturnReason,
  Session,
  TemplateUsed,
  Worklist,
} from './types.js';

/** A refusal by the server (RFC 9457), or `status` 0 where nothing answered. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** what else the problem says */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || code);
    this.name = 'ApiError';
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

let csrfToken = '';
let onSignedOut: () => void = () => undefined;

/** The token that writes carry; uploads need it too. */
export const currentCsrfToken = (): string => csrfToken;
export const setCsrfToken = (token: string): void => {
  csrfToken = token;
};
/** Called when the server no longer knows the session. */
export const whenSignedOut = (listener: () => void): void => {
  onSignedOut = listener;
};

async function problemOf(response: Response): Promise<ApiError> {
  const json: unknown = await response.json().catch(() => null);
  const body = json && typeof json === 'object' ? (json as Record<string, unknown>) : {};
  const field = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  return new ApiError(
    response.status,
    field('code') || `http-${response.status}`,
    field('detail') || field('title'),
    body,
  );
}

interface Call {
  method?: string;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** A 401 here says that a password was wrong, not that the session has ended. */
  passwordInBody?: boolean;
  keepalive?: boolean;
}

async function call<T>(
  path: string,
  { method = 'GET', body, signal, passwordInBody, keepalive }: Call = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') headers['x-csrf-token'] = csrfToken;
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
      ...(keepalive ? { keepalive } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', '');
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.status === 401 && !passwordInBody) onSignedOut();
    throw problem;
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

const query = (values: Record<string, string | undefined>): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) parameters.set(name, value);
  const text = parameters.toString();
  return text ? `?${text}` : '';
};

const read = (id: string, action = ''): string => `/api/reads/${encodeURIComponent(id)}${action}`;

export interface WorklistQuery {
  state?: string | undefined;
  view?: 'mine' | 'review' | undefined;
  kind?: Kind | undefined;
  priority?: Priority | undefined;
  search?: string | undefined;
  cursor?: string | undefined;
}

export interface DraftToSave {
  findings: string;
  impression: string;
  keyImages: KeyImage[];
  templates: TemplateUsed[];
  version: number;
}

export const api = {
  session: {
    get: () => call<Session>('/api/session', { passwordInBody: true }),
    open: (username: string, password: string) =>
      call<Session>('/api/session', { method: 'POST', body: { username, password }, passwordInBody: true }),
    close: () => call<void>('/api/session', { method: 'DELETE' }),
  },
  worklist: (filter: WorklistQuery, signal?: AbortSignal) =>
    call<Worklist>(`/api/worklist${query({ ...filter })}`, { signal }),
  read: {
    get: (id: string, signal?: AbortSignal) => call<ReadDetail>(read(id), { signal }),
    /** Of a long one the first stretch, or the one that is asked for. */
    ecg: (id: string, signal?: AbortSignal, stretch?: { from: number; seconds: number }) =>
      call<EcgView>(
        `${read(id, '/ecg')}${stretch ? query({ from: String(stretch.from), seconds: String(stretch.seconds) }) : ''}`,
        { signal },
      ),
    ecgOverview: (id: string, signal?: AbortSignal) => call<EcgOverview>(read(id, '/ecg/overview'), { signal }),
    ecgLevels: (id: string, of: { lead: string; from: number; seconds: number }, signal?: AbortSignal) =>
      call<EcgLevels>(
        `${read(id, '/ecg/levels')}${query({ ...of, from: String(of.from), seconds: String(of.seconds) })}`,
        { signal },
      ),
    priorEcg: (id: string, prior: string, signal?: AbortSignal) =>
      call<EcgView>(read(id, `/priors/${encodeURIComponent(prior)}/ecg`), { signal }),
    claim: (id: string) => call<unknown>(read(id, '/claim'), { method: 'POST', body: {} }),
    release: (id: string) => call<unknown>(read(id, '/release'), { method: 'POST', body: {} }),
    return: (id: string, reason: ReturnReason, note: string) =>
      call<unknown>(read(id, '/return'), { method: 'POST', body: note ? { reason, note } : { reason } }),
    grade: (id: string, grade: QualityGrade, reasons: readonly ReturnReason[], note: string) =>
      call<unknown>(read(id, '/grade'), { method: 'POST', body: { grade, reasons, ...(note ? { note } : {}) } }),
    save: (id: string, draft: DraftToSave, keepalive = false) =>
      call<{ version: number; savedAt: string; contradictions: Contradiction[] }>(read(id, '/report'), {
        method: 'PUT',
        body: draft,
        keepalive,
      }),
    marks: (id: string, signal?: AbortSignal) => call<MarksOfRead>(read(id, '/marks'), { signal }),
    saveMarks: (id: string, marks: readonly Mark[], version: number, keepalive = false) =>
      call<{ version: number; savedAt: string }>(read(id, '/marks'), {
        method: 'PUT',
        body: { marks, version },
        keepalive,
      }),
    priors: (id: string, signal?: AbortSignal) =>
      call<{ items: Prior[]; identityDoubt: boolean }>(read(id, '/priors'), { signal }),
    prior: (id: string, prior: string, signal?: AbortSignal) =>
      call<PriorDetail>(read(id, `/priors/${encodeURIComponent(prior)}`), { signal }),
    submit: (id: string, password: string, despite: readonly string[]) =>
      call<unknown>(read(id, '/submit'), { method: 'POST', body: { password, despite }, passwordInBody: true }),
    sendBack: (id: string, reason: string) =>
      call<unknown>(read(id, '/send-back'), { method: 'POST', body: { reason } }),
    review: (id: string) => call<unknown>(read(id, '/review'), { method: 'POST', body: {} }),
    sign: (id: string, password: string) =>
      call<{ reportId: string }>(read(id, '/sign'), { method: 'POST', body: { password }, passwordInBody: true }),
  },
  criticalProposal: {
    accept: (readId: string, id: string) =>
      call<unknown>(read(readId, `/critical-proposals/${encodeURIComponent(id)}/accept`), { method: 'POST', body: {} }),
    dismiss: (readId: string, id: string, reason: DismissalReason, note: string) =>
      call<unknown>(read(readId, `/critical-proposals/${encodeURIComponent(id)}/dismiss`), {
        method: 'POST',
        body: note ? { reason, note } : { reason },
      }),
  },
  reconciliation: {
    get: (examId: string, _seen: string, signal: AbortSignal) =>
      call<Reconciliation>(`/api/exams/${encodeURIComponent(examId)}/reconciliation`, { signal }),
    identity: (id: string, decision: 'same-person' | 'other-person', reason: string) =>
      call(`/api/identity-doubts/${id}/decision`, { method: 'POST', body: { decision, reason } }),
    duplicate: (id: string, decision: 'keep' | 'serve', reason: string) =>
      call(`/api/duplicates/${id}/decision`, { method: 'POST', body: { decision, reason } }),
  },
  exams: (cursor?: string, signal?: AbortSignal) =>
    call<{ items: ExamRow[]; next: string | null }>(`/api/exams${query({ cursor })}`, { signal }),
  batch: (batch: string, cursor?: string) =>
    call<Batch>(`/api/uploads/batches/${encodeURIComponent(batch)}${query({ cursor })}`),
  openBatches: (signal?: AbortSignal) => call<{ items: OpenBatch[] }>('/api/uploads/batches?limit=50', { signal }),
  announceBatch: (batch: BatchAnnouncement) => call<void>('/api/uploads/batches', { method: 'POST', body: batch }),
  giveUpBatch: (batch: string) => call<void>(`/api/uploads/batches/${encodeURIComponent(batch)}`, { method: 'DELETE' }),
  reportTexts: (readId: string, signal?: AbortSignal) =>
    call<ReportTexts>(`/api/report-texts${query({ read: readId })}`, { signal }),
  addReportText: (
    text: Pick<ReportText, 'kind' | 'name' | 'findings' | 'impression'> & { readKind: Kind; subject: string | null },
  ) => call<{ id: string }>('/api/report-texts', { method: 'POST', body: text }),
  changeReportText: (id: string, change: { name: string; version: number }) =>
    call<{ version: number }>(`/api/report-texts/${encodeURIComponent(id)}`, { method: 'PUT', body: change }),
  removeReportText: (id: string) => call<void>(`/api/report-texts/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  hangingRules: (signal?: AbortSignal) => call<{ items: HangingRule[] }>('/api/hanging-rules', { signal }),
  addHangingRule: (rule: Pick<HangingRule, 'name' | 'condition' | 'steps'> & { network: boolean }) =>
    call<{ id: string }>('/api/hanging-rules', { method: 'POST', body: rule }),
  changeHangingRule: (id: string, change: { name?: string; enabled?: boolean; version: number }) =>
    call<{ version: number }>(`/api/hanging-rules/${encodeURIComponent(id)}`, { method: 'PUT', body: change }),
  orderHangingRules: (ids: string[], network: boolean) =>
    call<void>('/api/hanging-rules/order', { method: 'PUT', body: { ids, network } }),
  removeHangingRule: (id: string) => call<void>(`/api/hanging-rules/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  qualityFigures: (month: string, signal?: AbortSignal) =>
    call<{ month: string; items: QualityFigures[] }>(`/api/figures/quality${query({ month })}`, { signal }),
  qualityCases: (
    which: {
      month: string;
      organisation: string;
      kind: Kind;
      figure?: QualityFigureName | undefined;
      fault?: ReturnReason | undefined;
      cursor?: string | undefined;
    },
    signal?: AbortSignal,
  ) =>
    call<{ items: QualityCase[]; next: string | null }>(`/api/figures/quality/cases${query({ ...which })}`, { signal }),
  report: (id: string, signal?: AbortSignal) => call<Report>(`/api/reports/${encodeURIComponent(id)}`, { signal }),
};

export const reportPdf = (id: string): string => `/api/reports/${encodeURIComponent(id)}/pdf`;
export const uploadsEndpoint = '/api/uploads';
