import { readFileSync } from 'node:fs';
import type { Contender } from './contender.js';

/** Seconds of processor by process name, user and system together; children that have ended count with their parent. */
async function seconds(contender: Contender): Promise<Record<string, number>> {
  const processes = await contender.processes();
  return Object.fromEntries(
    Object.entries(processes).map(([name, pids]) => [name, pids.reduce((sum, pid) => sum + secondsOf(pid), 0)]),
  );
}

/** utime, stime, cutime and cstime of proc(5), in hundredths. */
function secondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / 100;
  } catch {
    return 0;
  }
}

/** What one contender's processes used of the processor while `work` ran, as a line to print. */
export async function processorTime<T>(
  contender: Contender,
  work: () => Promise<T>,
): Promise<{ result: T; line: string }> {
  const before = await seconds(contender);
  const result = await work();
  const after = await seconds(contender);
  const used = Object.entries(after).map(([name, end]) => `${name} ${(end - (before[name] ?? 0)).toFixed(1)}`);
  return { result, line: `CPU seconds of ${contender.name}: ${used.join(', ')}` };
}
