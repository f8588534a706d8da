import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

interface Child {
  name: string;
  process: ChildProcess | undefined;
  /** since when it runs, and how often it died soon after its start */
  startedAt: number;
  quickDeaths: number;
}

const STEADY_MS = 10_000;
const LONGEST_PAUSE_MS = 10_000;
const GRACE_MS = 20_000;
/**
 * What the engine is told of memory. What the listener receives lies in buffers outside of the heap, which only a collection frees: a
 * young space of 1 MB collects often, before the buffers grow old. What the worker leaves behind while it draws previews is collected
 * after 40 % of growth, where the engine would let the heap grow to several times its size; the gateway, which serves, gets a little more.
 */
const HEAPS: Readonly<Record<string, readonly string[]>> = {
  gateway: ['--heap-growing-percent=60'],
  listener: ['--max-semi-space-size=1'],
  worker: ['--heap-growing-percent=40'],
};
/** glibc gives each thread an arena of its own, and keeps in each what was freed; two are enough for what is allocated outside of the heap. */
const MALLOC = { MALLOC_ARENA_MAX: '2' };
const FILING_PRIORITY = 5;

/** Runs the servers as children: a dead one is started again (slower if it keeps dying), and all stop together. */
export class Supervisor {
  private readonly children: Child[] = [];
  private stopping = false;

  constructor(
    private readonly env: Record<string, string>,
    private readonly say: (line: string) => void,
  ) {}

  /** Resolves when every server has said that it is ready. */
  async start(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map((name) => {
        const child: Child = { name, process: undefined, startedAt: 0, quickDeaths: 0 };
        this.children.push(child);
        return new Promise<void>((resolve, reject) => this.launch(child, resolve, reject));
      }),
    );
  }

  get processIds(): Record<string, number> {
    return Object.fromEntries(this.children.map((child) => [child.name, child.process?.pid ?? 0]));
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(
      this.children.map(async ({ process: child }) => {
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        const cut = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
        await gone;
        clearTimeout(cut);
      }),
    );
  }

  private launch(child: Child, ready: () => void, failed?: (error: Error) => void): void {
    const entry = fileURLToPath(new URL(`../../${child.name}/src/main.js`, import.meta.url));
    const started = fork(entry, [], {
      env: { ...MALLOC, ...this.env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...process.execArgv, ...(HEAPS[child.name] ?? [])],
    });
    // Receiving and reading go first; what is filed a moment later is filed all the same.
    if (child.name === 'worker') setPriority(started.pid!, FILING_PRIORITY);
    child.process = started;
    child.startedAt = Date.now();
    let isReady = false;
    started.on('message', (message) => {
      if ((message as { ready?: string }).ready === child.name) {
        isReady = true;
        ready();
      }
    });
    started.once('exit', (code, signal) => {
      if (this.stopping) return;
      if (!isReady && failed) {
        failed(new Error(`${child.name} ended before it was ready (${signal ?? code})`));
        return;
      }
      child.quickDeaths = Date.now() - child.startedAt < STEADY_MS ? child.quickDeaths + 1 : 0;
      const pause = Math.min(LONGEST_PAUSE_MS, child.quickDeaths === 0 ? 0 : 250 * 2 ** child.quickDeaths);
      this.say(`${child.name} ended (${signal ?? code}); starting it again`);
      setTimeout(() => {
        if (!this.stopping) this.launch(child, () => this.say(`${child.name} is back`));
      }, pause);
    });
  }
}
