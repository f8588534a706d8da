import type { Receiver, Row } from '../contender.js';
import { ctSeries, type CtInstance } from '../ct-series.js';
import { clients, expectStatus } from '../http-client.js';
import type { HttpClient } from '../http-client.js';
import { inTurn } from '../rounds.js';

const CLIENTS = 8;
const BOUNDARY = 'bench-boundary';
const OPENING = Buffer.from(`--${BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n`);
const CLOSING = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

/** One STOW request of one instance. @throws Error unless it was answered with 200 */
export async function stow(contender: Receiver, client: HttpClient, instance: CtInstance): Promise<void> {
  const headers = {
    'content-type': `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`,
    accept: 'application/dicom+json',
  };
  expectStatus(contender, 'STOW', await client.post('/studies', headers, [OPENING, ...instance.file, CLOSING]));
}

/** Clients at once, each with a study of its own, an instance a request. @returns instances in a second */
export async function stowAtOnce(contender: Receiver, each: number, label: string): Promise<number> {
  const studies = Array.from({ length: CLIENTS }, (_, index) =>
    ctSeries({ label: `${label} ${index}`, patientId: `STOW-${index}`, count: each }),
  );
  const seconds = await clients(contender, CLIENTS, async (client, index) => {
    for (const instance of studies[index]!) await stow(contender, client, instance);
  });
  return (CLIENTS * each) / seconds;
}

/** Eight clients, each sending a study of its own, an instance a request. */
export const stowRow: Row = {
  key: 'stow',
  run: async (contest) => {
    const each = Math.round(48 * contest.share);
    return [
      await inTurn(contest, {
        what: `STOW-RS, ${CLIENTS} clients`,
        unit: 'instances/s',
        better: 'more',
        target: { ratio: 1.5 },
        note: `${CLIENTS * each} instances of 526 kB a round, one a request`,
        once: (contender, round) => stowAtOnce(contender, each, `stow ${round}`),
      }),
    ];
  },
};
