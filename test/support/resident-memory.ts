import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resident megabytes of a process. */
export function residentMegabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}

/** By how many megabytes the process grew at most while `work` ran. */
export async function growthDuring(pid: number, work: () => Promise<void>): Promise<number> {
  const before = residentMegabytes(pid);
  let peak = before;
  const over = new AbortController();
  const watching = (async () => {
    for (; !over.signal.aborted; await sleep(20)) peak = Math.max(peak, residentMegabytes(pid));
  })();
  try {
    await work();
  } finally {
    over.abort();
    await watching;
  }
  return peak - before;
}
