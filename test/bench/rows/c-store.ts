import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCounterpart } from '#test/counterpart';
import type { Contender, Contest, Figure, Row } from '../contender.js';
import { ctSeries } from '../ct-series.js';
import { inTurn } from '../rounds.js';

const DCMSEND = 'dcmsend';

/** One run of dcmsend over one association. @throws Error unless every instance was answered with success */
export async function dcmsend(contender: Contender, folder: string): Promise<void> {
  await promisify(execFile)(
    DCMSEND,
    `-q +sd +r -aet ${contender.callingAe} -aec ${contender.calledAe} 127.0.0.1 ${contender.dimsePort} ${folder}`.split(
      ' ',
    ),
    // Without it dcmsend holds back the end of each data set until the last piece is acknowledged.
    { timeout: 120_000, env: { ...process.env, TCP_NODELAY: '1' } },
  );
}

async function withAssociations(contest: Contest, associations: number, least: number): Promise<Figure> {
  const each = Math.round((240 / associations) * contest.share);
  return inTurn(contest, {
    what: `C-STORE, ${associations} association${associations > 1 ? 's' : ''}`,
    unit: 'instances/s',
    better: 'more',
    target: { ratio: least },
    note: `dcmsend, ${associations * each} instances of 526 kB a round`,
    once: async (contender, round) => {
      const folders = Array.from({ length: associations }, (_, index) => join(contest.folder, `send-${index}`));
      for (const [index, folder] of folders.entries()) {
        await mkdir(folder, { recursive: true });
        const label = `c-store ${associations} ${round} ${index}`;
        for (const [number, { file }] of ctSeries({ label, patientId: `CST-${index}`, count: each }).entries()) {
          await writeFile(join(folder, `${number}.dcm`), Buffer.concat(file));
        }
      }
      const began = performance.now();
      await Promise.all(folders.map((folder) => dcmsend(contender, folder)));
      const seconds = (performance.now() - began) / 1000;
      for (const folder of folders) await rm(folder, { recursive: true });
      return (associations * each) / seconds;
    },
  });
}

export const cStoreRow: Row = {
  key: 'c-store',
  run: async (contest) =>
    hasCounterpart(DCMSEND) ? [await withAssociations(contest, 1, 1.8), await withAssociations(contest, 4, 1.4)] : [],
};
