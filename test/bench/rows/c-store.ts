import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCounterpart } from '#test/counterpart';
import type { Contest, Figure, Receiver, Row } from '../contender.js';
import { ctSeries } from '../ct-series.js';
import { inTurn } from '../rounds.js';

export const DCMSEND = 'dcmsend';

/** One run of dcmsend over one association. @throws Error unless every instance was answered with success */
export async function dcmsend(contender: Receiver, folder: string): Promise<void> {
  await promisify(execFile)(
    DCMSEND,
    `-q +sd +r -aet ${contender.callingAe} -aec ${contender.calledAe} 127.0.0.1 ${contender.dimsePort} ${folder}`.split(
      ' ',
    ),
    // Without it dcmsend holds back the end of each data set until the last piece is acknowledged.
    { timeout: 120_000, env: { ...process.env, TCP_NODELAY: '1' } },
  );
}

/** Fresh studies sent over so many associations at once, `each` instances over each. @returns instances in a second */
export async function cStore(
  contender: Receiver,
  folder: string,
  { associations, each, label }: { associations: number; each: number; label: string },
): Promise<number> {
  // Written over from round to round: a file system may go round what was just deleted, at the cost of whoever makes the next file.
  const folders = Array.from({ length: associations }, (_, index) => join(folder, `send-${associations}-${index}`));
  for (const [index, one] of folders.entries()) {
    await mkdir(one, { recursive: true });
    const instances = ctSeries({ label: `${label} ${index}`, patientId: `CST-${index}`, count: each });
    for (const [number, { file }] of instances.entries()) {
      await writeFile(join(one, `${number}.dcm`), Buffer.concat(file), { flush: true });
    }
  }
  const began = performance.now();
  await Promise.all(folders.map((one) => dcmsend(contender, one)));
  return (associations * each) / ((performance.now() - began) / 1000);
}

async function withAssociations(contest: Contest, associations: number, least: number): Promise<Figure> {
  const each = Math.round((240 / associations) * contest.share);
  return inTurn(contest, {
    what: `C-STORE, ${associations} association${associations > 1 ? 's' : ''}`,
    unit: 'instances/s',
    better: 'more',
    target: { ratio: least },
    note: `dcmsend, ${associations * each} instances of 526 kB a round`,
    once: (contender, round) =>
      cStore(contender, contest.folder, { associations, each, label: `c-store ${associations} ${round}` }),
  });
}

export const cStoreRow: Row = {
  key: 'c-store',
  run: async (contest) =>
    hasCounterpart(DCMSEND) ? [await withAssociations(contest, 1, 1.8), await withAssociations(contest, 4, 1.4)] : [],
};
