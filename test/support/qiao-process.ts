import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { canBeCopied, copyFolder, firstDay } from './first-day.js';
import { productDatabase } from './product-database.js';

const HERE = fileURLToPath(new URL('../../', import.meta.url));
/** Jest runs this file from its source, the bench from dist/. */
const ROOT = existsSync(join(HERE, 'package.json')) ? HERE : join(HERE, '..');
const MAIN = join(ROOT, 'dist/apps/standalone/src/main.js');
const STOREKEEPER = join(ROOT, 'dist/apps/storekeeper/src/main.js');

export interface Answer<T = Record<string, unknown>> {
  status: number;
  body: T;
  headers: Headers;
}
export type Ask = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<Answer<T>>;

/** The whole product as `npm start` runs it, on free ports and a data folder of its own. */
export class QiaoProcess {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'qiao-e2e-'));
  httpPort = 0;
  dimsePort = 0;
  private child: ChildProcess | undefined;
  output = '';

  constructor(private readonly settings: Record<string, string> = {}) {
    // As root PostgreSQL runs as another user, who must get through.
    chmodSync(this.dataDir, 0o755);
  }

  /** As on the morning after the first start: the demo network and its three examinations are there. */
  static async start(settings: Record<string, string> = {}): Promise<QiaoProcess> {
    if (!canBeCopied({ ...process.env, ...settings })) return QiaoProcess.startOnNothing(settings);
    const kept = await firstDay(ROOT, keepFirstDay);
    const qiao = new QiaoProcess(settings);
    copyFolder(kept, qiao.dataDir);
    return qiao.begin();
  }

  /** As a new user starts it, in an empty folder. */
  static startOnNothing(settings: Record<string, string> = {}): Promise<QiaoProcess> {
    return new QiaoProcess(settings).begin();
  }

  private async begin(): Promise<QiaoProcess> {
    this.httpPort = await freePort();
    this.dimsePort = await freePort();
    try {
      await this.up();
    } catch (error) {
      await this.dispose();
      throw error;
    }
    return this;
  }

  get base(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  get pid(): number {
    return this.child!.pid!;
  }

  /** Process ids of the children by name, read off the process table. */
  async children(): Promise<Record<string, number>> {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
    const found: Record<string, number> = {};
    for (const line of stdout.split('\n')) {
      const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      const name = /dist\/apps\/(\w+)\/src\/main\.js/.exec(args ?? '')?.[1];
      if (Number(parent) === this.child?.pid && name) found[name] = Number(pid);
    }
    return found;
  }

  async up(): Promise<void> {
    this.output = '';
    const child = spawn(process.execPath, [MAIN], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        QIAO_DATA_DIR: this.dataDir,
        QIAO_HTTP_PORT: String(this.httpPort),
        QIAO_DIMSE_PORT: String(this.dimsePort),
        QIAO_SETTLE_SECONDS: '2',
        ...this.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const take = (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000));
    child.stdout!.on('data', take);
    child.stderr!.on('data', take);
    const deadline = Date.now() + 240_000;
    while (!this.output.includes('is ready after')) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`Qiao did not start:\n${this.output}`);
      await sleep(100);
    }
  }

  /** `npm run verify-store` or `collect-garbage` beside the running servers. */
  storekeeper(...parameters: string[]): Promise<{ status: number; output: string }> {
    const env = { ...process.env, NODE_OPTIONS: '', QIAO_DATA_DIR: this.dataDir, ...this.settings };
    return new Promise((resolve) => {
      execFile(process.execPath, [STOREKEEPER, ...parameters], { env }, (error, stdout, stderr) => {
        const status = error ? Number((error as { code?: unknown }).code ?? -1) : 0;
        resolve({ status, output: stdout + stderr });
      });
    });
  }

  /** As Ctrl-C. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await gone;
  }

  /** kill -9 of the supervisor and every child at once; PostgreSQL is left behind as an accident would leave it. */
  async killEverything(): Promise<void> {
    const pids = Object.values(await this.children());
    const gone = new Promise((resolve) => this.child!.once('exit', resolve));
    for (const pid of [this.pid, ...pids]) process.kill(pid, 'SIGKILL');
    await gone;
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  get credentials(): { users: Record<string, string>; clients: Record<string, string> } {
    return JSON.parse(readFileSync(join(this.dataDir, 'demo-credentials.json'), 'utf8')) as never;
  }

  /** A person's session. */
  async logIn(username: string): Promise<Ask> {
    const answer = await fetch(`${this.base}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: this.credentials.users[username] }),
    });
    if (answer.status !== 200) throw new Error(`${username} cannot log in: ${answer.status} ${await answer.text()}`);
    const { csrfToken } = (await answer.json()) as { csrfToken: string };
    const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
    return (method, path, body) => this.ask(method, path, { cookie, 'x-csrf-token': csrfToken }, body);
  }

  async token(client: string): Promise<string> {
    const answer = await fetch(`${this.base}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client}:${this.credentials.clients[client]}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** An API client with a bearer token. */
  async client(id: string): Promise<Ask> {
    const authorization = `Bearer ${await this.token(id)}`;
    return (method, path, body) => this.ask(method, path, { authorization }, body);
  }

  async stow(
    client: string,
    files: readonly Uint8Array[],
    path = '/dicom-web/studies',
  ): Promise<Answer<Record<string, { Value: Record<string, { Value: unknown[] }>[] }>>> {
    const boundary = 'stow-boundary';
    const body = Buffer.concat([
      ...files.flatMap((file) => [
        Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
        file,
        Buffer.from('\r\n'),
      ]),
      Buffer.from(`--${boundary}--\r\n`),
    ]);
    const answer = await fetch(`${this.base}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await this.token(client)}`,
        'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      },
      body,
    });
    return { status: answer.status, body: (await answer.json()) as never, headers: answer.headers };
  }

  private async ask<T>(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: unknown,
  ): Promise<Answer<T>> {
    const raw = body instanceof Uint8Array;
    const answer = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': raw ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const type = answer.headers.get('content-type') ?? '';
    const content = type.includes('json')
      ? await answer.json().catch(() => ({}))
      : Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, body: content as T, headers: answer.headers };
  }
}

/** Asks again until `found` gives something; a generous guard against hanging, not a time limit. */
async function keepFirstDay(to: string): Promise<void> {
  const qiao = await QiaoProcess.startOnNothing({ QIAO_SETTLE_SECONDS: '1' });
  try {
    const database = await productDatabase(qiao.dataDir);
    await eventually('the examinations of the demo, and all that is done with them', async () => {
      const { rows } = await database.query<{ settled: number; left: number }>(
        `SELECT (SELECT count(*) FROM exam WHERE state = 'settled')::int AS settled,
           ((SELECT count(*) FROM outbox_event WHERE relayed_at IS NULL)
            + (SELECT count(*) FROM outbox_delivery WHERE done_at IS NULL AND failed_at IS NULL)
            + (SELECT count(*) FROM compressed_frames WHERE made_at IS NULL)
            + (SELECT count(*) FROM ecg_measures WHERE made_at IS NULL))::int AS left`,
      );
      return rows[0]!.settled === 3 && rows[0]!.left === 0;
    });
    await database.end();
    await qiao.stop();
    copyFolder(qiao.dataDir, to);
  } finally {
    await qiao.dispose();
  }
}

export async function eventually<T>(
  what: string,
  found: () => Promise<T | undefined | null | false>,
  seconds = 60,
): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(200)) {
    const value = await found();
    if (value) return value;
  }
  throw new Error(`still waiting for ${what} after ${seconds} s`);
}

/** Below the ports that the system gives to connections of its own: one of those would take it before the server is up. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
