import { DetailedError, Upload } from 'tus-js-client';
import { api, currentCsrfToken, uploadsEndpoint } from '../api/client.js';
import type { BatchItem } from '../api/types.js';
import type { FileToSend } from './collect-files.js';

const parallel = 4;
const retryLineEvery = 5000;
const askOutcomesEvery = 2000;

export interface BatchView {
  id: string;
  title: string;
  skipped: number;
  phase: 'sending' | 'paused' | 'line-down' | 'checking' | 'finished';
  filesDone: number;
  files: number;
  bytesSent: number;
  bytes: number;
  /** Bytes a second over the last seconds. */
  speed: number;
  outcomes: BatchItem[];
  /** Files that the server would not take at all, with its words. */
  unsent: { filename: string; reason: string }[];
  outcomesFailed: boolean;
}

interface Item extends FileToSend {
  sent: number;
  state: 'waiting' | 'sending' | 'done' | 'failed';
  upload: Upload | null;
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

/** One drop of files on its way: four at a time, resumable, waiting out a dead line. */
export class UploadBatch {
  readonly id = crypto.randomUUID();
  private readonly items: Item[];
  private readonly samples: { at: number; bytes: number }[] = [];
  private phase: BatchView['phase'] = 'sending';
  private outcomes: BatchItem[] = [];
  private outcomesFailed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private cancelled = false;

  constructor(
    files: readonly FileToSend[],
    private readonly title: string,
    private readonly skipped: number,
    private readonly changed: () => void,
    private readonly settled: () => void,
  ) {
    this.items = files.map((file) => ({ ...file, sent: 0, state: 'waiting', upload: null, reason: '' }));
    window.addEventListener('online', this.lineBack);
  }

  private readonly lineBack = (): void => {
    if (this.phase === 'line-down') this.resume();
  };

  get busy(): boolean {
    return this.phase === 'sending' || this.phase === 'paused' || this.phase === 'line-down';
  }

  start(): void {
    this.fill();
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
      uploadDataDuringCreation: true,
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
    if (this.phase === 'paused' || this.cancelled) return;
    this.phase = 'line-down';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.resume(), retryLineEvery);
    this.changed();
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
    this.fill();
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

  /** Every file that arrived has an outcome; an archive has one for each file in it. */
  private answered(): boolean {
    const names = this.outcomes.map(({ filename }) => filename);
    return this.items
      .filter(({ state }) => state === 'done')
      .every(({ path }) => names.some((name) => name === path || name.startsWith(`${path}/`)));
  }

  private async ask(): Promise<void> {
    if (this.cancelled) return;
    try {
      if (this.items.some(({ state }) => state === 'done')) this.outcomes = (await api.batch(this.id)).items;
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
      title: this.title,
      skipped: this.skipped,
      phase: this.phase,
      filesDone: this.items.filter(({ state }) => state === 'done').length,
      files: this.items.length,
      bytesSent: this.bytesSent(),
      bytes: this.items.reduce((sum, { file }) => sum + file.size, 0),
      speed: first && last && seconds > 0 ? (last.bytes - first.bytes) / seconds : 0,
      outcomes: this.outcomes,
      unsent: this.items
        .filter(({ state }) => state === 'failed')
        .map(({ path, reason }) => ({ filename: path, reason })),
      outcomesFailed: this.outcomesFailed,
    };
  }
}
