import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCounterpart } from '#test/counterpart';
import { clients, HttpClient } from './http-client.js';
import { cStore, DCMSEND } from './rows/c-store.js';
import { stowAtOnce } from './rows/stow.js';
import { median } from './rounds.js';

const INSTANCE = 526 * 1000;

export interface Limit {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** What the machine gives at most, whatever the program: disk, hash, loopback. */
export async function measureLimits(folder: string): Promise<Limit[]> {
  return [
    { what: 'write + fdatasync of 526 kB files, 1 at a time', value: await flushes(folder, 1), unit: 'MB/s' },
    { what: 'write + fdatasync of 526 kB files, 8 at a time', value: await flushes(folder, 8), unit: 'MB/s' },
    { what: 'SHA-256 on one core', value: hashing(), unit: 'MB/s' },
    { what: 'HTTP POST of 526 kB into bare Node.js, 8 clients', value: await posts(), unit: 'requests/s' },
    ...(await bareReceiver(folder)),
  ];
}

/** A receiver that only hashes, writes and flushes, by the clients of the rows: the median of a few rounds behind one to warm up. */
async function bareReceiver(folder: string): Promise<Limit[]> {
  const program = fileURLToPath(new URL('./bare-receiver.js', import.meta.url));
  const child = spawn(process.execPath, [program, join(folder, 'bare')], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const ports = JSON.parse(String(said)) as { httpPort: number; dimsePort: number };
    const bare = { name: 'bare', ...ports, calledAe: 'BARE', callingAe: 'BENCH', dicomWeb: '', headers: {} };
    const limit = async (what: string, send: (label: string) => Promise<number>): Promise<Limit> => {
      const rounds: number[] = [];
      for (let round = -1; round < 3; round += 1) rounds.push(await send(`bare ${round}`));
      return {
        what: `${what}, received, hashed, written and flushed, nothing else`,
        value: median(rounds.slice(1)),
        unit: 'instances/s',
      };
    };
    const limits = [await limit('STOW-RS, 8 clients', (label) => stowAtOnce(bare, 48, label))];
    if (hasCounterpart(DCMSEND)) {
      for (const associations of [1, 4]) {
        const what = `C-STORE, ${associations} association${associations > 1 ? 's' : ''}`;
        limits.push(
          await limit(what, (label) => cStore(bare, folder, { associations, each: 240 / associations, label })),
        );
      }
    }
    return limits;
  } finally {
    child.kill();
    await rm(join(folder, 'bare'), { recursive: true, force: true });
  }
}

async function flushes(folder: string, lanes: number): Promise<number> {
  const place = join(folder, 'limit');
  await mkdir(place, { recursive: true });
  const bytes = randomBytes(INSTANCE);
  const each = 160 / lanes;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let number = 0; number < each; number += 1) {
        const file = await open(join(place, `${lane}-${number}`), 'wx');
        await file.writeFile(bytes);
        await file.datasync();
        await file.close();
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  await rm(place, { recursive: true });
  return (each * lanes * INSTANCE) / 1e6 / seconds;
}

function hashing(): number {
  const bytes = randomBytes(INSTANCE);
  const began = performance.now();
  let count = 0;
  for (; performance.now() - began < 500; count += 1) createHash('sha256').update(bytes).digest();
  return (count * INSTANCE) / 1e6 / ((performance.now() - began) / 1000);
}

async function posts(): Promise<number> {
  const server = createServer((request, response) => {
    request.on('data', () => undefined).on('end', () => response.end('ok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: httpPort } = server.address() as AddressInfo;
  const bytes = randomBytes(INSTANCE);
  const bare = { httpPort, dicomWeb: '', headers: {} };
  let count = 0;
  try {
    const until = performance.now() + 1500;
    const seconds = await clients(bare, 8, async (client: HttpClient) => {
      while (performance.now() < until) {
        await client.post('/', {}, [bytes]);
        count += 1;
      }
    });
    return count / seconds;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
