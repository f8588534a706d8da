import { Worker } from 'node:worker_threads';
import { UndecodableFrame, type PixelDescription, type UndecodableReason } from '#libs/ports';

export interface BackgroundWork {
  readonly frame: Uint8Array;
  readonly description: PixelDescription;
  readonly transferSyntaxUid: string;
}
export type BackgroundAnswer =
  { readonly bytes: Uint8Array } | { readonly code: UndecodableReason | null; readonly message: string };

/** An idle thread goes after so long, and the memory that its WebAssembly modules grew to with it. */
const REST_MS = 10_000;

/** A thread of the least priority, started at first use, that takes one frame after the other. */
export class BackgroundCodec {
  private worker: Worker | undefined;
  private settle: (answer: BackgroundAnswer) => void = () => undefined;
  private last: Promise<unknown> = Promise.resolve();
  private resting: NodeJS.Timeout | undefined;

  recompress(work: BackgroundWork): Promise<Uint8Array> {
    const mine = this.last.then(() => this.run(work));
    this.last = mine.catch(() => undefined);
    return mine;
  }

  private async run(work: BackgroundWork): Promise<Uint8Array> {
    clearTimeout(this.resting);
    const worker = (this.worker ??= this.start());
    // Only while it works does it keep the process.
    worker.ref();
    const answer = await new Promise<BackgroundAnswer>((resolve) => {
      this.settle = resolve;
      worker.postMessage(work);
    });
    worker.unref();
    this.resting = setTimeout(() => {
      this.worker = undefined;
      void worker.terminate();
    }, REST_MS).unref();
    if ('bytes' in answer) return answer.bytes;
    throw answer.code === null ? new Error(answer.message) : new UndecodableFrame(answer.code, answer.message);
  }

  private start(): Worker {
    const worker = new Worker(new URL('./background-thread.js', import.meta.url), { execArgv: [] });
    const ended = (message: string): void => {
      // One that was sent to rest has a successor, whose answer this is not.
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.settle({ code: null, message });
    };
    worker.on('message', (answer: BackgroundAnswer) => this.settle(answer));
    worker.on('error', (error: Error) => ended(error.message));
    worker.on('exit', () => ended('the thread ended'));
    return worker;
  }
}
