import type { Row } from '../contender.js';
import { ctSeries } from '../ct-series.js';
import { clients, expectStatus, hammer } from '../http-client.js';
import { inTurn } from '../rounds.js';
import { stow } from './stow.js';

const CLIENTS = 8;
const PATIENTS = 40;
const patient = (index: number): string => `QIDO-${String(index).padStart(4, '0')}`;

/** Studies of one patient, asked by eight clients; on our side the audit row is committed before the answer. */
export const qidoRow: Row = {
  key: 'qido',
  run: async (contest) => {
    for (const contender of [contest.ours, contest.peer]) {
      if (contender === null) continue;
      await clients(contender, 4, async (client, lane) => {
        for (let index = lane; index < PATIENTS; index += 4) {
          const series = ctSeries({ label: `qido ${index}`, patientId: patient(index), count: 2 });
          for (const instance of series) await stow(contender, client, instance);
        }
      });
      await contender.quiet();
    }
    return [
      await inTurn(contest, {
        what: `QIDO-RS by patient, ${CLIENTS} clients`,
        unit: 'requests/s',
        better: 'more',
        target: { ratio: 3 },
        note: `${PATIENTS} patients; each answer names one study`,
        once: async (contender) => {
          const { rate } = await hammer(
            contender,
            { clients: CLIENTS, seconds: 2.5 * contest.share },
            async (client, number) => {
              const path = `/studies?PatientID=${patient(number % PATIENTS)}`;
              const reply = expectStatus(
                contender,
                'QIDO',
                await client.get(path, { accept: 'application/dicom+json' }),
              );
              if (JSON.parse(reply.body.toString()).length !== 1)
                throw new Error(`${contender.name}: not one study for ${path}`);
            },
          );
          return rate;
        },
      }),
    ];
  },
};
