import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QiaoProcess } from '#test/qiao-process';
import { missing, sendThroughCrashes, type Sent } from '#test/sending-through-crashes';

describe('soak: kill -9', () => {
  let qiao: QiaoProcess;
  let sent: Sent;
  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
  }, 180_000);
  afterAll(() => qiao?.dispose(), 60_000);

  it('30 times of gateway and listener while both receive', async () => {
    sent = await sendThroughCrashes(qiao, 'soak', 30);
    const { acknowledged, interrupted, studies } = sent;
    process.stdout.write(`${acknowledged.length} instances, ${studies} studies, ${interrupted} interrupted requests\n`);
    expect(await missing(qiao, sent)).toEqual([]);
  }, 600_000);

  it('of everything at once while it receives, then a start', async () => {
    const last = await sendThroughCrashes(qiao, 'last', 2, async () => {
      await qiao.killEverything();
      await qiao.up();
    });
    expect(last.acknowledged.length).toBeGreaterThan(0);
    expect(await missing(qiao, last)).toEqual([]);
    expect(await missing(qiao, sent)).toEqual([]);
  }, 600_000);
});
