import type { Contender, Figure, Row } from '../contender.js';
import { expectStatus, hammer } from '../http-client.js';
import { startQiao } from '../qiao-contender.js';
import { patientNumber, seedArchive, studyUid } from '../query-scale.js';
import { median, quantile } from '../rounds.js';

const INSTANCES_PER_STUDY = 10;
const SMALL = 1_000;
const LARGE = 100_000;
const CLIENTS = 2;

interface Archive {
  contender: Contender & { databaseUrl: string };
  studies: number;
  /** by question: a quantile of each round in milliseconds */
  p95: Map<string, number[]>;
}

/** Questions that name one patient or study, and one that pages through many; `at` chooses which. */
const QUESTIONS: readonly [name: string, path: (archive: Archive, at: number) => string][] = [
  ['by patient', ({ studies }, at) => `/studies?PatientID=${patientNumber((at * 7919) % (studies / 2))}`],
  ['by study', ({ studies }, at) => `/studies?StudyInstanceUID=${studyUid((at * 7919) % studies)}`],
  ['newest 25 of CT', () => '/studies?ModalitiesInStudy=CT&limit=25'],
];

/** The same product twice, with a small archive and a large one, asked in turn. */
export const scaleRow: Row = {
  key: 'scale',
  run: async ({ rounds, share }) => {
    const archives: Archive[] = [];
    try {
      for (const studies of [SMALL, share < 1 ? LARGE / 10 : LARGE]) {
        const contender = await startQiao({ QIAO_DEMO: 'on' });
        archives.push({ contender, studies, p95: new Map(QUESTIONS.map(([name]) => [name, []])) });
        await seedArchive(contender.databaseUrl, {
          studies,
          instancesPerStudy: INSTANCES_PER_STUDY,
          organisation: 'zhaozhuang',
        });
      }
      for (let round = -1; round < rounds; round += 1) {
        for (const [name, path] of QUESTIONS) {
          for (const archive of round % 2 === 0 ? archives : archives.toReversed()) {
            const value = await p95Of(archive, name, path, 1.5 * share);
            if (round >= 0) archive.p95.get(name)!.push(value);
          }
        }
      }
      return QUESTIONS.map(([name]) => figure(name, archives[0]!, archives[1]!));
    } finally {
      for (const { contender } of archives) await contender.stop();
    }
  },
};

async function p95Of(
  archive: Archive,
  name: string,
  path: (archive: Archive, at: number) => string,
  seconds: number,
): Promise<number> {
  const { contender } = archive;
  const { times } = await hammer(contender, { clients: CLIENTS, seconds }, async (client, number) => {
    const reply = expectStatus(contender, name, await client.get(path(archive, number)));
    if (!Array.isArray(JSON.parse(reply.body.toString()))) throw new Error(`${name}: no list`);
  });
  return quantile(times, 0.95);
}

function figure(name: string, small: Archive, large: Archive): Figure {
  const [few, many] = [small.p95.get(name)!, large.p95.get(name)!];
  const size = (archive: Archive): string => (archive.studies * INSTANCES_PER_STUDY).toLocaleString('en');
  return {
    what: `QIDO-RS ${name}, p95 with ${size(large)} against ${size(small)} instances`,
    unit: '×',
    ours: median(many.map((one, at) => one / few[at]!)),
    target: { most: 1.5 },
    note: `p95 ${median(many).toFixed(2)} ms against ${median(few).toFixed(2)} ms, ${CLIENTS} clients; ours alone`,
  };
}
