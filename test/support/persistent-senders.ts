import { setTimeout as sleep } from 'node:timers/promises';
import { DimseSender } from './dimse-sender.js';
import type { QiaoProcess } from './qiao-process.js';
import { smallInstance, type SmallInstance } from './small-instances.js';
import { TusClient } from './tus-client.js';

const IN_A_STUDY = 4;
const PAUSE_MS = 50;
/** Longer than any refusal may take, so that a request without an answer is the exception it should be. */
const PATIENCE_MS = 60_000;

export interface Sent {
  /** what was answered with success, in whatever life of the server */
  acknowledged: SmallInstance[];
  /** tries that ended without success and were made again, by how they ended */
  failures: Map<string, number>;
  studies: number;
}

/** How one try ended: null is success, else how it failed, in few words. */
type Try = (instance: SmallInstance, first: boolean) => Promise<string | null>;

/** Senders as senders are: each sends study after study, and each instance again and again until there is a success. */
export class PersistentSenders {
  readonly sent: Sent = { acknowledged: [], failures: new Map(), studies: 0 };
  private readonly over = new AbortController();
  private lanes: Promise<void>[] = [];

  private constructor(
    private readonly qiao: QiaoProcess,
    private readonly label: string,
    private readonly authorization: string,
  ) {}

  /** Three senders by STOW, two by C-STORE, and with `uploads` one by tus. */
  static async start(qiao: QiaoProcess, label: string, { uploads = false } = {}): Promise<PersistentSenders> {
    const senders = new PersistentSenders(qiao, label, `Bearer ${await qiao.token('pacs-zhaozhuang')}`);
    const stows = [0, 1, 2].map((lane) => senders.lane(`stow-${lane}`, (instance) => senders.stow(instance)));
    const associations = [0, 1].map((lane) => senders.association(`dimse-${lane}`));
    senders.lanes = [...stows, ...associations, ...(uploads ? [senders.uploads('tus-0')] : [])];
    return senders;
  }

  get interrupted(): number {
    return [...this.sent.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Resolves when every sender has had its last success. */
  async stop(): Promise<Sent> {
    this.over.abort();
    await Promise.all(this.lanes);
    return this.sent;
  }

  private async lane(name: string, attempt: Try): Promise<void> {
    for (let study = 0; !this.over.signal.aborted; study += 1) {
      this.sent.studies += 1;
      for (let number = 1; number <= IN_A_STUDY; number += 1) {
        const instance = smallInstance({ study: `${this.label}-${name}-${study}`, number, rows: 128 });
        for (let first = true; ; first = false) {
          const failure = await attempt(instance, first).catch((error: unknown) => brokenOff(name, error));
          if (failure === null) break;
          this.sent.failures.set(failure, (this.sent.failures.get(failure) ?? 0) + 1);
          await sleep(PAUSE_MS);
        }
        this.sent.acknowledged.push(instance);
      }
    }
  }

  private async stow(instance: SmallInstance): Promise<string | null> {
    const boundary = 'one';
    const answer = await fetch(`${this.qiao.base}/dicom-web/studies`, {
      method: 'POST',
      headers: {
        authorization: this.authorization,
        'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      },
      body: Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
        instance.bytes,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.arrayBuffer();
    if (answer.status === 200) return null;
    return `stow: ${answer.status}${answer.headers.has('retry-after') ? ' with Retry-After' : ''}`;
  }

  private async association(name: string): Promise<void> {
    let sender: DimseSender | undefined;
    await this.lane(name, async (instance) => {
      try {
        sender ??= await DimseSender.associate(this.qiao.dimsePort, 'ZHAOZHUANG');
        const status = await sender.store(instance);
        return status === 0 ? null : `dimse: status ${status.toString(16).toUpperCase().padStart(4, '0')}`;
      } catch (error) {
        await sender?.close();
        sender = undefined;
        throw error;
      }
    });
    await sender?.release().catch(() => undefined);
  }

  /** Each file in two requests; what breaks off goes on where the server says it stands. */
  private async uploads(name: string): Promise<void> {
    const tus = new TusClient(this.qiao.base, this.authorization);
    let path: string | undefined;
    await this.lane(name, async ({ bytes, sopInstanceUid }, first) => {
      if (first) path = undefined;
      path ??= await tus.create(bytes.length, { filename: `${sopInstanceUid}.dcm` });
      let offset: number;
      try {
        offset = await tus.offset(path);
      } catch (error) {
        // Taken and cleared away, or never written down: a new upload tells, as the same instance twice is one.
        if (/: 404$|: 410$/.test(String((error as Error).message))) path = undefined;
        throw error;
      }
      const half = Math.ceil(bytes.length / 2);
      const end = offset < half ? half : bytes.length;
      const status = await tus.patch(path, offset, bytes.subarray(offset, end));
      if (status !== 204) return `tus: ${status}`;
      if (end < bytes.length) {
        const rest = await tus.patch(path, end, bytes.subarray(end));
        if (rest !== 204) return `tus: ${rest}`;
      }
      return null;
    });
  }
}

function brokenOff(lane: string, error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  const what = name === 'TimeoutError' ? 'no answer' : (cause?.code ?? message);
  return `${lane.split('-')[0]}: ${what.slice(0, 80)}`;
}
