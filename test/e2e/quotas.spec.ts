import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { DimseSender } from '#test/dimse-sender';
import { productDatabase } from '#test/product-database';
import { QiaoProcess } from '#test/qiao-process';
import { smallInstance } from '#test/small-instances';
import { TusClient } from '#test/tus-client';

const OUT_OF_RESOURCES = 0xa700;
/** Longer than an answer about a quota is remembered. */
const FORGOTTEN = 2_500;

describe('quotas', () => {
  let qiao: QiaoProcess;
  let database: pg.Client;
  beforeAll(async () => {
    qiao = await QiaoProcess.start();
    database = await productDatabase(qiao.dataDir);
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await qiao?.dispose();
  }, 60_000);

  const one = (number: number, study = 'quota') => smallInstance({ study, patientId: 'Q-1', number, rows: 8 });
  const limit = async (bytes: number | null, instances: number | null) => {
    await database.query(
      `INSERT INTO organisation_quota (organisation, max_bytes, max_instances) VALUES ('lijia', $1, $2)
       ON CONFLICT (organisation) DO UPDATE SET max_bytes = EXCLUDED.max_bytes, max_instances = EXCLUDED.max_instances`,
      [bytes, instances],
    );
    await sleep(FORGOTTEN);
  };
  const use = async () =>
    (
      await (
        await qiao.client('pacs-lijia')
      )<{ bytes: number; instances: number; near: boolean }>('GET', '/api/storage')
    ).body;

  it('counts what is kept, once, however it came', async () => {
    await Promise.all(
      Array.from({ length: 6 }, (_, index) => qiao.stow('pacs-lijia', [one(index + 1).bytes, one(20).bytes])),
    );
    const { rows } = await database.query<{ bytes: number; instances: number }>(
      `SELECT sum(size_bytes)::float8 AS bytes, count(*)::float8 AS instances FROM ingest_instance WHERE organisation = 'lijia'`,
    );
    await sleep(FORGOTTEN);
    expect(await use()).toMatchObject({ ...rows[0], near: false });
  });

  it('refuses beyond the quota in the words of each protocol, names it, and leaves others alone', async () => {
    const { instances } = await use();
    await limit(null, instances);
    expect(await use()).toMatchObject({ near: true });
    const stowed = await qiao.stow('pacs-lijia', [one(30).bytes, one(31).bytes]);
    expect(stowed.status).toBe(507);
    expect(stowed.body['00081198']!.Value.map((item) => item['00081197']!.Value[0])).toEqual([
      OUT_OF_RESOURCES,
      OUT_OF_RESOURCES,
    ]);
    const sender = await DimseSender.associate(qiao.dimsePort, 'LIJIA');
    expect(await sender.store(one(32))).toBe(OUT_OF_RESOURCES);
    await sender.release();
    const tus = new TusClient(qiao.base, `Bearer ${await qiao.token('pacs-lijia')}`);
    await expect(tus.create(100, { filename: 'a.dcm' })).rejects.toThrow(/507 quota-exceeded/);
    expect((await qiao.stow('pacs-zhaozhuang', [one(30).bytes])).status).toBe(200);
    expect(await use()).toMatchObject({ instances });
  });

  it('refuses an upload that would not fit, and takes more when the quota is raised', async () => {
    const { bytes } = await use();
    await limit(bytes + 1000, null);
    const tus = new TusClient(qiao.base, `Bearer ${await qiao.token('pacs-lijia')}`);
    await expect(tus.create(5_000, { filename: 'a.dcm' })).rejects.toThrow(/507 quota-exceeded/);
    await limit(null, null);
    await tus.upload(one(33).bytes, { filename: 'a.dcm' });
    expect((await qiao.stow('pacs-lijia', [one(34).bytes])).status).toBe(200);
  });
});
