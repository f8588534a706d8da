import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PersistentSenders } from '#test/persistent-senders';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { missing } from '#test/sending-through-crashes';
import { startServices, type RealServices } from './real-services.mjs';

jest.setTimeout(300_000);

/** What a sender may be told while a part is out of reach: to come again. The last is a transient rejection of the association. */
const REFUSALS_FOR_NOW = [
  'stow: 503 with Retry-After',
  'dimse: status A700',
  'dimse: expected A-ASSOCIATE-AC, got PDU type 3',
];

describe('for 30 s in the middle of sending', () => {
  let services: RealServices;
  let qiao: QiaoProcess;

  beforeAll(async () => {
    services = await startServices();
    qiao = await QiaoProcess.start({ ...services.settings, QIAO_SETTLE_SECONDS: '1' });
  });
  afterAll(async () => {
    await qiao?.dispose();
    await services?.stop();
  });

  /** The embedded PostgreSQL with the processes of its connections. */
  const postgres = (): number[] => {
    const main = Number(readFileSync(join(qiao.dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(main)]).toString();
    return [main, ...children.split('\n').filter(Boolean).map(Number)];
  };
  const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
    for (const pid of pids) {
      try {
        process.kill(pid, name);
      } catch {
        // Ended meanwhile.
      }
    }
  };
  let held: number[] = [];

  it.each<[string, () => unknown, () => unknown]>([
    ['S3 does not answer', () => services.s3.hold(), () => services.s3.release()],
    ['S3 is gone', () => services.s3.kill(), () => services.s3.start()],
    ['Redis does not answer', () => services.redis.hold(), () => services.redis.release()],
    ['Redis is gone, and comes back empty', () => services.redis.kill(), () => services.redis.start()],
    ['PostgreSQL does not answer', () => signal((held = postgres()), 'SIGSTOP'), () => signal(held, 'SIGCONT')],
    // It is started again by its supervisor, so this outage is over sooner.
    ['PostgreSQL is killed', () => signal(postgres().slice(0, 1), 'SIGKILL'), () => undefined],
  ])('%s: clear refusals, no false success, recovery without hands', async (what, begin, end) => {
    const senders = await PersistentSenders.start(qiao, what);
    await eventually('the first successes', async () => senders.sent.acknowledged.length > 10);
    await begin();
    await sleep(30_000);
    await end();
    const before = senders.sent.acknowledged.length;
    await eventually('successes again', async () => senders.sent.acknowledged.length > before + 20, 90);
    const sent = await senders.stop();
    process.stdout.write(`${what}: ${sent.acknowledged.length} instances; ${JSON.stringify([...sent.failures])}\n`);
    const improper = [...sent.failures.keys()].filter((how) => !REFUSALS_FOR_NOW.some((may) => how.startsWith(may)));
    expect(improper).toEqual([]);
    expect(await missing(qiao, sent)).toEqual([]);
  });
});
