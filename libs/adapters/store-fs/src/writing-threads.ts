import { Worker } from 'node:worker_threads';

/** The largest object that is written by a thread. */
export const MOST_BYTES = 1024 * 1024;
/** Flushes that overlap; more gain nothing on one disk. */
const MOST_THREADS = 4;

export interface WritingOptions {
  readonly root: string;
  /** the folder of what is not whole yet, on the same file system */
  readonly incoming: string;
  readonly syncDirectories: boolean;
}

/** A new object. */
export interface NewObject {
  readonly pieces: readonly Uint8Array[];
  readonly size: number;
  readonly target: string;
}

type Answer = { readonly stored: number } | { readonly code: string; readonly message: string };

interface Thread {
  readonly worker: Worker;
  readonly memory: Uint8Array;
  settle: ((answer: Answer) => void) | undefined;
  ended: boolean;
}

/**
 * Threads that write small objects. One asynchronous call of `node:fs` wakes a thread and is woken by it; an object takes half a dozen,
 * and all that waking costs more than the work. Here an object is one message out and one back.
 */
export class WritingThreads {
  private readonly idle: Thread[] = [];
  private readonly waiting: ((thread: Thread) => void)[] = [];
  private started = 0;

  constructor(private readonly options: WritingOptions) {}

  /**
   * Resolves when the object is durable under its name, with the size of what lies there: another size than its own is another object,
   * which was left alone. Rejects with the `code` of the call that failed.
   */
  async write(object: NewObject): Promise<number> {
    const thread = await this.thread();
    let at = 0;
    for (const piece of object.pieces) {
      thread.memory.set(piece, at);
      at += piece.length;
    }
    const { size, target } = object;
    const answer = await new Promise<Answer>((resolve) => {
      // It may have ended since it was handed out; a message to it would never be answered.
      if (thread.ended) return resolve({ code: 'EIO', message: 'the writing thread ended' });
      thread.settle = resolve;
      thread.worker.ref();
      thread.worker.postMessage({ size, target });
    });
    if ('stored' in answer) return answer.stored;
    throw Object.assign(new Error(answer.message), { code: answer.code });
  }

  private thread(): Promise<Thread> | Thread {
    const idle = this.idle.pop();
    if (idle) return idle;
    if (this.started < MOST_THREADS) return this.start();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private start(): Thread {
    const memory = new SharedArrayBuffer(MOST_BYTES);
    const worker = new Worker(new URL('./writing-thread.js', import.meta.url), {
      workerData: { memory, ...this.options },
      execArgv: [],
    });
    const thread: Thread = { worker, memory: new Uint8Array(memory), settle: undefined, ended: false };
    this.started += 1;
    worker.on('message', (answer: Answer) => this.settled(thread, answer));
    worker.on('error', (error) => this.lost(thread, error.message));
    worker.on('exit', () => this.lost(thread, 'the writing thread ended'));
    return thread;
  }

  private settled(thread: Thread, answer: Answer): void {
    const { settle } = thread;
    thread.settle = undefined;
    thread.worker.unref();
    const next = this.waiting.shift();
    if (next) next(thread);
    else this.idle.push(thread);
    settle?.(answer);
  }

  /** What it was writing may be written or not: its caller says "not now", and the sender comes again. */
  private lost(thread: Thread, message: string): void {
    if (thread.ended) return;
    thread.ended = true;
    const { settle } = thread;
    thread.settle = undefined;
    const at = this.idle.indexOf(thread);
    if (at >= 0) this.idle.splice(at, 1);
    this.started -= 1;
    settle?.({ code: 'EIO', message });
    const next = this.waiting.shift();
    if (next) next(this.start());
  }
}
