import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Contender } from './contender.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PRELOAD = pathToFileURL(join(ROOT, 'test/bench/profile-on-signal.mjs')).href;
const PROFILED = ['gateway', 'listener', 'worker'] as const;
const SHOWN = 25;

interface RawProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Where the servers' time goes while one row runs. */
export class CpuProfiles {
  private number = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** What the servers must be started with. */
  get settings(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${PRELOAD}`, BENCH_PROFILES: this.folder };
  }

  /** @returns lines to print: the functions of each server that took most of its own time */
  async during<T>(contender: Contender, work: () => Promise<T>): Promise<{ result: T; lines: string[] }> {
    const processes = await contender.processes();
    const servers = PROFILED.filter((name) => processes[name]);
    for (const name of servers) process.kill(processes[name]![0]!, 'SIGUSR2');
    const result = await work();
    this.number += 1;
    for (const name of servers) process.kill(processes[name]![0]!, 'SIGUSR2');
    const lines: string[] = [];
    for (const name of servers) lines.push(...summary(name, await this.read(name)));
    return { result, lines };
  }

  private async read(name: string): Promise<RawProfile> {
    const path = join(this.folder, `${name}-${this.number}.cpuprofile`);
    for (let tries = 0; tries < 300; tries += 1) {
      try {
        if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as RawProfile;
      } catch {
        // Still being written.
      }
      await sleep(100);
    }
    throw new Error(`${name} wrote no profile`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function summary(name: string, { nodes, samples, timeDeltas }: RawProfile): string[] {
  const labels = new Map(
    nodes.map(({ id, callFrame: f }) => [id, `${f.functionName || '(anonymous)'}  ${place(f.url)}`]),
  );
  const self = new Map<string, number>();
  let total = 0;
  for (const [at, id] of samples.entries()) {
    const micros = timeDeltas[at] ?? 0;
    total += micros;
    const label = labels.get(id)!;
    self.set(label, (self.get(label) ?? 0) + micros);
  }
  const idle = [...self].filter(([label]) => label.startsWith('(idle)')).reduce((sum, [, micros]) => sum + micros, 0);
  const busy = total - idle;
  const top = [...self]
    .filter(([label]) => !label.startsWith('(idle)'))
    .sort((a, b) => b[1] - a[1])
    .slice(0, SHOWN);
  return [
    `${name}: busy ${(busy / 1e6).toFixed(2)} s of ${(total / 1e6).toFixed(2)} s; of the busy time`,
    ...top.map(([label, micros]) => `  ${((micros / busy) * 100).toFixed(1).padStart(5)} %  ${label}`),
  ];
}

function place(url: string): string {
  return url.replace(pathToFileURL(ROOT).href, '').replace(ROOT, '');
}
