import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DimseServer, type InstanceWriter } from '#libs/edges/dimse';
import { FRAME_LENGTH, largeSampleHead, sampleInstance } from '#test/dimse-sample';

const ORTHANC = '/usr/sbin/Orthanc';
const DCMSEND = '/usr/bin/dcmsend';
const ONE = 120;
const EACH_OF_FOUR = 60;
const LARGE_FRAMES = 600;

interface Figure {
  name: string;
  /** peer and ratio are not a number where Orthanc is not installed; without dcmsend there is nothing to measure. */
  ours: number;
  peer: number;
  ratio: number;
}

/**
 * Receiving by C-STORE beside Orthanc, both fed by dcmsend over loopback, files of about 526 kB made here. Our sink hashes, writes
 * and fdatasyncs, but neither parses nor indexes as Orthanc does: this is the receive path alone, not the whole of ingest.
 * Memory is the whole process's, ours with this bench and the files it made inside. Takes under a minute.
 */
export async function run(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'qiao-dimse-bench-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })];
  try {
    await prepare(folder);
    const server = new DimseServer<string>({
      aeTitle: 'BENCH',
      resolveCaller: async (callingAe) => callingAe,
      sink: { open: () => openFile(folder) },
    });
    const { port } = await server.listen('127.0.0.1', 0);
    stops.unshift(() => server.close(0));
    const orthanc = existsSync(ORTHANC) ? await startOrthanc(folder) : null;
    if (orthanc !== null) stops.unshift(() => stopProcess(orthanc.process));
    else console.warn('Orthanc is not installed: no peer to compare with');
    await send(port, join(folder, 'warm'));
    if (orthanc !== null) await send(orthanc.port, join(folder, 'warm'));
    // Memory first: what the allocators hold from the other runs would hide what this takes.
    const figures: Figure[] = [await memory(port, orthanc, join(folder, 'large'))];
    for (const [name, folders, count] of [
      ['C-STORE of 526 kB, 1 association (instances/s)', ['one'], ONE],
      ['C-STORE of 526 kB, 4 associations (instances/s)', ['a', 'b', 'c', 'd'], EACH_OF_FOUR * 4],
    ] as const) {
      const paths = folders.map((one) => join(folder, one));
      const ours = await rate(port, paths, count);
      const peer = orthanc === null ? NaN : await rate(orthanc.port, paths, count);
      figures.push({ name, ours, peer, ratio: ours / peer });
    }
    return figures;
  } finally {
    for (const stop of stops) await stop();
  }
}

async function prepare(folder: string): Promise<void> {
  const sets = [
    ['warm', 5],
    ['one', ONE],
    ...['a', 'b', 'c', 'd'].map((name): [string, number] => [name, EACH_OF_FOUR]),
  ] as [string, number][];
  for (const [set, [name, count]] of sets.entries()) {
    await mkdir(join(folder, name));
    for (let index = 0; index < count; index += 1) {
      await writeFile(join(folder, name, `${index}.dcm`), sampleInstance(`2.25.9.${set}.${index}`).file);
    }
  }
  await mkdir(join(folder, 'kept'));
  await mkdir(join(folder, 'large'));
  const file = await open(join(folder, 'large', 'large.dcm'), 'w');
  await file.write(largeSampleHead('2.25.9.99', LARGE_FRAMES));
  const frame = Buffer.alloc(FRAME_LENGTH, 5);
  for (let index = 0; index < LARGE_FRAMES; index += 1) await file.write(frame);
  await file.close();
}

let spooled = 0;
async function openFile(folder: string): Promise<InstanceWriter> {
  spooled += 1;
  const path = join(folder, 'kept', `${spooled}.part`);
  const file = await open(path, 'w');
  const hash = createHash('sha256');
  return {
    write: async (chunk) => {
      const written = file.write(chunk);
      hash.update(chunk);
      await written;
    },
    commit: async () => {
      await file.datasync();
      await file.close();
      await rename(path, join(folder, 'kept', `${hash.digest('hex')}-${spooled}`));
      return { status: 0 };
    },
    abort: async () => {
      await file.close();
      await rm(path);
    },
  };
}

async function rate(port: number, folders: readonly string[], count: number): Promise<number> {
  const started = performance.now();
  await Promise.all(folders.map((one) => send(port, one)));
  return count / ((performance.now() - started) / 1000);
}

async function memory(port: number, orthanc: Orthanc | null, folder: string): Promise<Figure> {
  const ours = await peak(process.pid, port, folder);
  const peer = orthanc === null ? NaN : await peak(orthanc.process.pid, orthanc.port, folder);
  return { name: 'C-STORE of one instance of 300 MB (peak resident MB)', ours, peer, ratio: ours / peer };
}

async function peak(pid: number | undefined, port: number, folder: string): Promise<number> {
  let highest = 0;
  const sampling = new AbortController();
  const sampled = (async () => {
    while (!sampling.signal.aborted) {
      highest = Math.max(highest, await residentSet(pid));
      await sleep(10);
    }
  })();
  await send(port, folder);
  sampling.abort();
  await sampled;
  return highest / 1e6;
}

async function residentSet(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 'self'}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) * 1024;
}

function send(port: number, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      DCMSEND,
      ['+sd', '+r', '-aec', 'BENCH', '127.0.0.1', String(port), folder],
      { timeout: 30_000 },
      (error) => {
        if (error === null) resolve();
        else reject(new Error(`dcmsend: ${error.message}`));
      },
    );
  });
}

interface Orthanc {
  process: ChildProcess;
  port: number;
}

async function startOrthanc(folder: string): Promise<Orthanc> {
  const [port, httpPort] = [await freePort(), await freePort()];
  const configuration = {
    Name: 'bench',
    StorageDirectory: join(folder, 'orthanc'),
    IndexDirectory: join(folder, 'orthanc'),
    DicomAet: 'BENCH',
    DicomPort: port,
    HttpPort: httpPort,
    RemoteAccessAllowed: false,
    Plugins: [],
  };
  await writeFile(join(folder, 'orthanc.json'), JSON.stringify(configuration));
  const child = spawn(ORTHANC, [join(folder, 'orthanc.json')], {
    stdio: 'ignore',
    // Without it Orthanc waits for delayed acknowledgements, and the comparison would not be fair.
    env: { ...process.env, TCP_NODELAY: '1' },
  });
  for (let tries = 0; tries < 100; tries += 1) {
    const answered = await fetch(`http://127.0.0.1:${httpPort}/system`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return { process: child, port };
    await sleep(100);
  }
  await stopProcess(child);
  throw new Error('Orthanc did not start');
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(5_000).then(() => child.kill('SIGKILL'))]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
