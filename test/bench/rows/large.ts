import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCounterpart } from '#test/counterpart';
import type { Row } from '../contender.js';
import { ctSeries } from '../ct-series.js';
import { inTurn } from '../rounds.js';
import { dcmsend } from './c-store.js';

const FRAMES = 600;

/** One instance of 300 MB by C-STORE; what it takes in memory shows in the rows at the end of the table. */
export const largeRow: Row = {
  key: 'large',
  run: async (contest) => {
    if (!hasCounterpart('dcmsend')) return [];
    const folder = join(contest.folder, 'large');
    const figure = await inTurn(
      { ...contest, rounds: Math.min(3, contest.rounds) },
      {
        what: 'C-STORE, one instance of 300 MB',
        unit: 'MB/s',
        better: 'more',
        once: async (contender, round) => {
          await mkdir(folder, { recursive: true });
          const made = ctSeries({ label: `large ${round}`, patientId: 'LARGE', count: 1, frames: FRAMES });
          const [head, frame] = made[0]!.file;
          const file = await open(join(folder, 'large.dcm'), 'w');
          await file.writeFile(head);
          for (let index = 0; index < FRAMES; index += 1) await file.writeFile(frame);
          await file.close();
          const began = performance.now();
          await dcmsend(contender, folder);
          return (FRAMES * frame.length) / 1e6 / ((performance.now() - began) / 1000);
        },
      },
    );
    await rm(folder, { recursive: true });
    return [figure];
  },
};
