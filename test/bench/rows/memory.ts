import { readFileSync } from 'node:fs';
import type { Contest, Figure } from '../contender.js';

/** MB (10⁶ bytes) at most that each server process held since it started; read when everything else has run. */
export async function memoryFigures({ ours, peer }: Contest): Promise<Figure[]> {
  const peaks = await peakOfEach(ours);
  const theirs = peer === null ? undefined : (await peakOfEach(peer))['orthanc'];
  return ['gateway', 'listener', 'worker'].map((name) => ({
    what: `memory of the ${name}, peak of all of the above`,
    unit: 'MB',
    ours: peaks[name] ?? NaN,
    peer: theirs,
    target: { most: 400 },
  }));
}

async function peakOfEach(contender: Contest['ours']): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [name, pids] of Object.entries(await contender.processes())) {
    const [pid] = pids;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    found[name] = (Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
  }
  return found;
}
