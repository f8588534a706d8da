import { DetailedError, Upload } from 'tus-js-client';
import { api, currentCsrfToken, uploadsEndpoint } from '../api/client.js';
import type { Batch, BatchItem } from '../api/types.js';
import type { Chosen } from './collect-files.js';
import type { FileToSend } from './file-to-send.js';

const parallel = 4;
const retryLineEvery = 5000;
const askOutcomesEvery = 2000;
/** Up to this size a file goes in one request; a larger one gets its address first, so that a broken line costs none of it. */
const inOneRequest = 4 * 1024 * 1024;
/** A manifest that names so many instances still fits into one request; beyond it only their number is said. */
const mostNamed = 10_000;

/** A version 4 UUID; `crypto.randomUUID` is missing where the page is not served over HTTPS. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export interface BatchView {
  id: string;
  title: string;
  skipped: number;
  beside: number;
  phase: 'sending' | 'paused' | 'line-down' | 'checking' | 'finished';
  filesDone: number;
  files: number;
  bytesSent: number;
  bytes: number;
  /** Bytes a second over the last seconds. */
  speed: number;
  outcomes: BatchItem[];
  /** What an index names and nobody sent. */
  missing: string[];
  /** Files that the server would not take at all, with its words. */
  unsent: { filename: string; reason: string }[];
  outcomesFailed: boolean;
}

interface Item extends FileToSend {
  sent: number;
  state: 'waiting' | 'sending' | 'done' | 'failed';
  upload: Upload | null;
  /** where an earlier beginning of it lies */
  uploadUrl?: string;
  reason: string;
}

const statusOf = (error: unknown): number =>
  error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0;

/** What the server said, without the client library's wrapping. */
function reasonOf(error: unknown): string {
  const body = error instanceof DetailedError ? (error.originalResponse?.getBody() ?? '') : '';
  try {
    const problem = JSON.parse(body) as { detail?: string; title?: string };
    if (problem.detail ?? problem.title) return problem.detail ?? problem.title ?? '';
  } catch {
    // Plain text.
  }
  return body.slice(0, 200) || `HTTP ${statusOf(error)}`;
}

/** One drop of files on its way: four at a time, resumable over reloads and days, waiting out a dead line. */
export class UploadBatch {
  readonly id: string;
  private readonly items: Item[];
  private readonly samples: { at: number; bytes: number }[] = [];
  private phase: BatchView['phase'] = 'sending';
  private outcomes: BatchItem[] = [];
  private missing: string[] = [];
  private outcomesFailed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private cancelled = false;
  /** the server knows of the batch, and we of what it already has */
  private announced = false;

  /** `continued` is the id of a batch that was begun earlier with the same files. */
  constructor(
    private readonly chosen: Chosen,
    private readonly continued: string | undefined,
    private readonly changed: () => void,
    private readonly settled: () => void,
  ) {
    this.id = continued ?? uuid();
    this.items = chosen.files.map((file) => ({ ...file, sent: 0, state: 'waiting', upload: null, reason: '' }));
    window.addEventListener('online', this.lineBack);
  }

  private readonly lineBack = (): void => {
    if (this.phase === 'line-down') this.resume();
  };

  get busy(): boolean {
    return this.phase === 'sending' || this.phase === 'paused' || this.phase === 'line-down';
  }

  start(): void {
    void this.begin();
  }

  private async begin(): Promise<void> {
    this.changed();
    try {
      if (this.continued || this.announced) await this.catchUp();
      if (!this.announced) await this.announce();
      this.announced = true;
    } catch {
      if (!this.cancelled && this.phase === 'sending') this.lineDown();
      return;
    }
    this.fill();
  }

  private announce(): Promise<void> {
    return api.announceBatch({
      batch: this.id,
      title: this.chosen.title,
      files: this.items.length,
      bytes: this.chosen.bytes,
      studies: this.manifest(),
    });
  }

  private manifest() {
    const studies = [...this.chosen.studies];
    const named = studies.reduce((sum, [, uids]) => sum + uids.length, 0);
    return studies.slice(0, 1000).map(([studyInstanceUid, uids]) => {
      const sopInstanceUids = [...new Set(uids)];
      return named <= mostNamed
        ? { studyInstanceUid, sopInstanceUids }
        : { studyInstanceUid, instances: sopInstanceUids.length };
    });
  }

  /** What the server has of it, from an earlier beginning or from before the line broke: whole files are done, begun ones go on. */
  private async catchUp(): Promise<void> {
    const { items, uploads } = await this.wholeState();
    const ended = new Map(items.map((item) => [item.filename, item.size]));
    for (const item of this.items) {
      if (item.state !== 'waiting') continue;
      if (ended.get(item.path) === item.file.size) {
        item.state = 'done';
        item.sent = item.file.size;
      }
      const begun = uploads.find(({ filename, size }) => filename === item.path && size === item.file.size);
      if (!begun || item.upload?.url || item.state === 'done') continue;
      item.sent = begun.offset;
      item.uploadUrl = `${uploadsEndpoint}/${begun.id}`;
      item.upload = null;
    }
  }

  private async wholeState(): Promise<Batch> {
    const first = await api.batch(this.id);
    for (let { next } = first; next;) {
      const page = await api.batch(this.id, next);
      first.items.push(...page.items);
      ({ next } = page);
    }
    return first;
  }

  private lineDown(): void {
    this.phase = 'line-down';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.resume(), retryLineEvery);
    this.changed();
  }

  private fill(): void {
    if (this.phase !== 'sending') return;
    let running = this.items.filter(({ state }) => state === 'sending').length;
    for (const item of this.items) {
      if (running >= parallel) break;
      if (item.state !== 'waiting') continue;
      this.send(item);
      running += 1;
    }
    if (running === 0) this.check();
    this.changed();
  }

  private send(item: Item): void {
    item.state = 'sending';
    item.upload ??= new Upload(item.file, {
      endpoint: uploadsEndpoint,
      metadata: { filename: item.path, batch: this.id },
      ...(item.uploadUrl ? { uploadUrl: item.uploadUrl } : {}),
      uploadDataDuringCreation: item.file.size <= inOneRequest,
      removeFingerprintOnSuccess: true,
      storeFingerprintForResuming: false,
      retryDelays: [500, 2000],
      onBeforeRequest: (request) => request.setHeader('x-csrf-token', currentCsrfToken()),
      onShouldRetry: (error) => {
        const status = statusOf(error);
        return status >= 500 || status === 409 || status === 423;
      },
      onProgress: (sent) => {
        item.sent = sent;
        this.measure();
      },
      onSuccess: () => {
        item.sent = item.file.size;
        item.state = 'done';
        item.upload = null;
        this.measure();
        this.fill();
      },
      onError: (error) => this.failed(item, error),
    });
    item.upload.start();
  }

  private failed(item: Item, error: unknown): void {
    const status = statusOf(error);
    if (status >= 400 && status < 500 && status !== 401 && status !== 403 && status !== 408 && status !== 429) {
      item.state = 'failed';
      item.reason = reasonOf(error);
      item.upload = null;
      this.fill();
      return;
    }
    // No answer, a tired server, or a session that ended: nothing is lost, go on when it is back.
    item.state = 'waiting';
    if (this.phase !== 'paused' && !this.cancelled) this.lineDown();
  }

  private measure(): void {
    const now = Date.now();
    const last = this.samples.at(-1);
    if (last && now - last.at < 250) return;
    this.samples.push({ at: now, bytes: this.bytesSent() });
    while (this.samples.length > 2 && now - (this.samples[0]?.at ?? now) > 6000) this.samples.shift();
    this.changed();
  }

  private bytesSent(): number {
    return this.items.reduce((sum, { sent, state, file }) => sum + (state === 'failed' ? file.size : sent), 0);
  }

  pause(): void {
    this.phase = 'paused';
    clearTimeout(this.timer);
    for (const item of this.items) {
      if (item.state !== 'sending') continue;
      void item.upload?.abort();
      item.state = 'waiting';
    }
    this.samples.length = 0;
    this.changed();
  }

  resume(): void {
    if (this.phase !== 'paused' && this.phase !== 'line-down') return;
    clearTimeout(this.timer);
    this.phase = 'sending';
    this.samples.length = 0;
    void this.begin();
  }

  dispose(): void {
    this.cancelled = true;
    clearTimeout(this.timer);
    window.removeEventListener('online', this.lineBack);
    for (const item of this.items) if (item.state === 'sending') void item.upload?.abort();
  }

  private check(): void {
    if (this.phase !== 'sending') return;
    this.phase = 'checking';
    this.settled();
    void this.ask();
  }

  /** Every file that arrived has an outcome; an archive has its own when all the files in it have theirs. */
  private answered(): boolean {
    const names = new Set(this.outcomes.map(({ filename }) => filename));
    return this.items.every(({ state, path }) => state !== 'done' || names.has(path.slice(0, 500)));
  }

  private async ask(): Promise<void> {
    if (this.cancelled) return;
    try {
      if (this.items.some(({ state }) => state === 'done')) {
        const { items, missing } = await this.wholeState();
        this.outcomes = items;
        this.missing = missing;
      }
      this.outcomesFailed = false;
      if (this.answered()) this.phase = 'finished';
    } catch {
      this.outcomesFailed = true;
    }
    this.changed();
    if (this.phase === 'finished') this.settled();
    else this.timer = setTimeout(() => void this.ask(), askOutcomesEvery);
  }

  view(): BatchView {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    const seconds = first && last ? (last.at - first.at) / 1000 : 0;
    return {
      id: this.id,
      title: this.chosen.title,
      skipped: this.chosen.skipped,
      beside: this.chosen.beside,
      phase: this.phase,
      filesDone: this.items.filter(({ state }) => state === 'done').length,
      files: this.items.length,
      bytesSent: this.bytesSent(),
      bytes: this.chosen.bytes,
      speed: first && last && seconds > 0 ? (last.bytes - first.bytes) / seconds : 0,
      outcomes: this.outcomes,
      missing: this.missing,
      unsent: this.items
        .filter(({ state }) => state === 'failed')
        .map(({ path, reason }) => ({ filename: path, reason })),
      outcomesFailed: this.outcomesFailed,
    };
  }
}
