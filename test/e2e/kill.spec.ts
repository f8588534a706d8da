import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QiaoProcess } from '#test/qiao-process';
import { growthDuring } from '#test/resident-memory';
import { missing, sendThroughCrashes } from '#test/sending-through-crashes';
import { smallInstance } from '#test/small-instances';
import { TusClient } from '#test/tus-client';

/** The short form of `npm run soak`. */
describe('what was acknowledged', () => {
  let qiao: QiaoProcess;
  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
  }, 180_000);
  afterAll(() => qiao?.dispose(), 60_000);

  it('outlives kills of the receiving servers', async () => {
    const sent = await sendThroughCrashes(qiao, 'short', 4);
    expect(sent.kills).toEqual({ gateway: 2, listener: 2 });
    expect(sent.acknowledged.length).toBeGreaterThan(20);
    expect(sent.interrupted).toBeGreaterThan(0);
    expect(await missing(qiao, sent)).toEqual([]);
  }, 240_000);

  it('a file of 100 MB passes without being held in memory', async () => {
    if (!existsSync('/proc/self/status')) return;
    const { gateway } = await qiao.children();
    const big = (number: number) =>
      smallInstance({ study: 'big', number, rows: 7200, pixels: Buffer.alloc(7200 * 7200 * 2, number) }).bytes;
    const [first, second] = [big(1), big(2)];
    expect(first.length).toBeGreaterThan(100_000_000);
    const byStow = await growthDuring(gateway!, async () => {
      expect((await qiao.stow('pacs-zhaozhuang', [first])).status).toBe(200);
    });
    const tus = new TusClient(qiao.base, `Bearer ${await qiao.token('pacs-zhaozhuang')}`);
    const byTus = await growthDuring(gateway!, () => tus.upload(second, { filename: 'big.dcm' }));
    expect(byStow).toBeLessThan(150);
    expect(byTus).toBeLessThan(150);
  }, 120_000);
});
