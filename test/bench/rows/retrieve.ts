import { gunzipSync } from 'node:zlib';
import type { Contender, Row } from '../contender.js';
import { ctSeries } from '../ct-series.js';
import { clients, expectStatus, hammer, HttpClient, type Reply } from '../http-client.js';
import { inTurn } from '../rounds.js';
import { stow } from './stow.js';

const CLIENTS = 8;
const SLICES = 400;

/** A CT of 400 slices: its metadata as one answer, its frames and its instances one by one. */
export const retrieveRow: Row = {
  key: 'retrieve',
  run: async (contest) => {
    const slices = ctSeries({ label: 'retrieve', patientId: 'RETRIEVE', count: SLICES });
    const series = `/studies/${slices[0]!.studyInstanceUid}/series/${slices[0]!.seriesInstanceUid}`;
    for (const contender of [contest.ours, contest.peer]) {
      if (contender === null) continue;
      await clients(contender, CLIENTS, async (client, lane) => {
        for (let index = lane; index < SLICES; index += CLIENTS) await stow(contender, client, slices[index]!);
      });
      await contender.quiet();
    }
    const instance = (number: number): string => `${series}/instances/${slices[number % SLICES]!.sopInstanceUid}`;
    const each = (what: string, accept: string, path: (number: number) => string) => ({
      what,
      unit: 'requests/s',
      better: 'more' as const,
      target: { ratio: 3 },
      once: async (contender: Contender) => {
        const load = { clients: CLIENTS, seconds: 2.5 * contest.share };
        const { rate } = await hammer(contender, load, async (client, number) => {
          const reply = expectStatus(contender, what, await client.get(path(number), { accept }));
          if (reply.body.length < 512 * 512 * 2)
            throw new Error(`${contender.name}, ${what}: ${reply.body.length} bytes`);
        });
        return rate;
      },
    });
    return [
      await inTurn(contest, {
        what: `WADO-RS metadata of a series of ${SLICES}`,
        unit: 'ms',
        better: 'less',
        target: { ratio: 50 },
        note: 'accept-encoding gzip, one client',
        once: async (contender) => {
          const client = new HttpClient(contender);
          const headers = { accept: 'application/dicom+json', 'accept-encoding': 'gzip' };
          const began = performance.now();
          const reply = expectStatus(contender, 'metadata', await client.get(`${series}/metadata`, headers));
          const took = performance.now() - began;
          client.close();
          const found = (JSON.parse(plain(reply).toString()) as unknown[]).length;
          if (found !== SLICES) throw new Error(`${contender.name}: metadata of ${found} instances`);
          return took;
        },
      }),
      await inTurn(
        contest,
        each(
          `WADO-RS frames, ${CLIENTS} clients`,
          'multipart/related; type="application/octet-stream"',
          (number) => `${instance(number)}/frames/1`,
        ),
      ),
      await inTurn(
        contest,
        each(`WADO-RS instances, ${CLIENTS} clients`, 'multipart/related; type="application/dicom"', instance),
      ),
    ];
  },
};

function plain({ headers, body }: Reply): Buffer {
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}
