import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QiaoProcess } from '#test/qiao-process';
import { missing, sendThroughCrashes, type Crashed } from '#test/sending-through-crashes';
import { missingPrograms, startServices, type RealServices } from '../services/real-services.mjs';

/** In all, half of them on each store; `npm run soak` runs 200, CI a tenth. */
const KILLS = Number(process.env['SOAK_KILLS'] ?? 200);
const GUARD_MS = 60 * 60_000;

const absent = missingPrograms();
if (absent.length > 0) {
  if (process.env['CI']) throw new Error(`needed for the soak on S3 in CI: ${absent.join(', ')}`);
  process.stderr.write(`left out: the soak on S3 (${absent.join(', ')} not on this machine)\n`);
}

describe.each(absent.length > 0 ? ['folder'] : ['folder', 'S3'])('soak: kill -9 with the objects in %s', (store) => {
  let services: RealServices | undefined;
  let qiao: QiaoProcess;
  let sent: Crashed;

  beforeAll(async () => {
    if (store === 'S3') services = await startServices();
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1', ...services?.settings });
  }, 300_000);
  afterAll(async () => {
    await qiao?.dispose();
    await services?.stop();
  }, 60_000);

  it(
    'of gateway and listener while both receive',
    async () => {
      sent = await sendThroughCrashes(qiao, 'soak', KILLS / 2);
      expect(await faults('of one server', sent)).toEqual([]);
    },
    GUARD_MS,
  );

  it(
    'of everything at once while it receives, then a start',
    async () => {
      const last = await sendThroughCrashes(qiao, 'last', 2, async () => {
        await qiao.killEverything();
        await qiao.up();
      });
      expect(last.acknowledged.length).toBeGreaterThan(0);
      expect(await faults('of everything at once', last)).toEqual([]);
      expect(await missing(qiao, sent)).toEqual([]);
    },
    GUARD_MS,
  );

  /** What is lost, doubled or damaged; says in one line how it went. */
  async function faults(what: string, { acknowledged, kills, interrupted, studies }: Crashed): Promise<string[]> {
    const found = await missing(qiao, { acknowledged, studies, failures: new Map() });
    const killed = Object.entries(kills).map(([name, count]) => `${name} ${count}`);
    process.stdout.write(
      `soak ${new Date().toISOString().slice(0, 10)}, ${store}, ${what}: kill -9 of ${killed.join(', ')}; ` +
        `${acknowledged.length} instances acknowledged in ${studies} studies, ${interrupted} tries broken off; faults: ${found.length}\n`,
    );
    return found;
  }
});
