import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { AuditTrail } from '#libs/audit';
import { CATALOGUE_OBJECTS } from '#libs/catalogue';
import { sampleAecg } from '#libs/formats/samples';
import { INGEST_OBJECTS } from '#libs/ingest';
import { Database } from '#libs/persistence';
import { digestKey, ObjectStore } from '#libs/ports';
import { REPORT_OBJECTS } from '#libs/report';
import { CollectGarbage } from '#libs/storekeeping';
import { productDatabase } from '#test/product-database';
import { productParts, type ProductParts } from '#test/product-parts';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { digestOfFile, smallInstance } from '#test/small-instances';
import { TusClient } from '#test/tus-client';

const MAIN = fileURLToPath(new URL('../../dist/apps/storekeeper/src/main.js', import.meta.url));

interface Line {
  kind: string;
  key: string;
  expectedSize: number | null;
  storedSize: number | null;
  rows: { table: string; organisation: string }[];
}

describe('verify-store and collect-garbage', () => {
  let qiao: QiaoProcess;
  let parts: ProductParts;
  let store: ObjectStore;
  let database: pg.Client;
  const images = Array.from({ length: 6 }, (_, index) =>
    smallInstance({ study: 'verify', patientId: 'V-1', number: index + 1, rows: 16 }),
  );
  const keyOf = (bytes: Buffer) => digestKey('instances', digestOfFile(bytes));

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    parts = await productParts(qiao.dataDir);
    store = parts.get(ObjectStore);
    database = await productDatabase(qiao.dataDir);
    expect(
      (
        await qiao.stow(
          'pacs-zhaozhuang',
          images.map(({ bytes }) => bytes),
        )
      ).status,
    ).toBe(200);
    // The same bytes in two organisations: one object, two rows.
    expect((await qiao.stow('pacs-lijia', [images[0]!.bytes])).status).toBe(200);
    const zhao = await qiao.logIn('zhao');
    expect((await zhao('POST', '/api/ecg', sampleAecg({ seed: 'verify', patientId: 'V-2' })[0]!.bytes)).status).toBe(
      201,
    );
    const tus = new TusClient(qiao.base, `Bearer ${await qiao.token('pacs-zhaozhuang')}`);
    await tus.upload(images[1]!.bytes.subarray(0, images[1]!.bytes.length - 40), { filename: 'cut.dcm' });
    await signedReport();
    // What is prepared behind a settled examination comes by itself, and would be counted by one side only.
    await eventually('nothing more to do', async () => {
      const { rows } = await database.query<{ open: boolean }>(
        `SELECT EXISTS (SELECT FROM exam WHERE state <> 'settled') OR EXISTS (SELECT FROM outbox_event WHERE relayed_at IS NULL)
           OR EXISTS (SELECT FROM outbox_delivery WHERE done_at IS NULL AND failed_at IS NULL) AS open`,
      );
      return !rows[0]!.open;
    });
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await parts?.close();
    await qiao?.dispose();
  }, 60_000);

  async function signedReport(): Promise<void> {
    const sun = await qiao.logIn('sun');
    const qian = await qiao.logIn('qian');
    const { id } = await eventually('the read', async () =>
      (
        await sun<{ items: { id: string; studyInstanceUid: string; organisation: { code: string } }[] }>(
          'GET',
          '/api/worklist?limit=200',
        )
      ).body.items.find(
        (row) => row.studyInstanceUid === images[0]!.studyInstanceUid && row.organisation.code === 'zhaozhuang',
      ),
    );
    const password = (name: string) => ({ password: qiao.credentials.users[name] });
    const steps: [typeof sun, string, string, unknown?][] = [
      [sun, 'POST', 'claim'],
      [sun, 'PUT', 'report', { findings: '两肺纹理清晰。', impression: '未见异常。' }],
      [sun, 'POST', 'submit', password('sun')],
      [qian, 'POST', 'review'],
      [qian, 'POST', 'sign', password('qian')],
    ];
    for (const [who, method, step, body] of steps) {
      expect([step, (await who(method, `/api/reads/${id}/${step}`, body)).status]).toEqual([step, 200]);
    }
  }

  const keeper = (...parameters: string[]) =>
    new Promise<{ status: number; lines: Line[]; summary: { objects: number; differences: Record<string, number> } }>(
      (resolve, reject) => {
        execFile(
          process.execPath,
          [MAIN, ...parameters],
          { env: { ...process.env, NODE_OPTIONS: '', QIAO_DATA_DIR: qiao.dataDir } },
          (error, stdout, stderr) => {
            const status = error ? (error as unknown as { code: number }).code : 0;
            if (status === 2) reject(new Error(stderr));
            else {
              const all = stdout
                .trim()
                .split('\n')
                .map((line) => JSON.parse(line) as never);
              resolve({ status, lines: all.slice(0, -1), ...(all.at(-1) as unknown as object) } as never);
            }
          },
        );
      },
    );

  it('finds nothing wrong in a sound store, whatever is in it, and reads every byte when told to', async () => {
    await eventually(
      'all that is compressed',
      async () => {
        const due = await database.query(
          'SELECT 1 FROM compressed_frames WHERE made_at IS NULL UNION ALL SELECT 1 FROM ecg_measures WHERE made_at IS NULL',
        );
        return due.rowCount === 0;
      },
      180,
    );
    const { rows } = await database.query<{ n: number }>(
      `SELECT count(DISTINCT key)::int AS n FROM (SELECT object_key AS key FROM ingest_instance UNION ALL
         SELECT object_key FROM ingest_quarantine UNION ALL SELECT pdf_key FROM report_version UNION ALL SELECT object_key FROM series_metadata
         UNION ALL SELECT object_key FROM study_manifest UNION ALL SELECT object_key FROM series_preview
         UNION ALL SELECT object_key FROM compressed_frames UNION ALL SELECT object_key FROM ecg_measures) k`,
    );
    const found = await keeper('verify-store', '--deep', '--json');
    expect(found).toMatchObject({ status: 0, lines: [], summary: { objects: rows[0]!.n } });
    const prefixes = new Set<string>();
    for await (const { key } of store.list('')) prefixes.add(key.split('/')[0]!);
    expect([...prefixes]).toEqual(expect.arrayContaining(['documents', 'instances', 'quarantine', 'reports']));
  });

  it('names what is missing, cut, changed and without a row, beside the servers and without them', async () => {
    const [whole, missing, cut, changed] = images.map(({ bytes }) => keyOf(bytes));
    const original = new Map<string, Buffer>();
    for (const key of [missing!, cut!, changed!]) {
      original.set(key, await store.getRange(key, 0, 1_000_000));
      await store.remove(key);
    }
    await store.putBytes(cut!, original.get(cut!)!.subarray(0, 500));
    const flipped = Buffer.from(original.get(changed!)!);
    flipped[flipped.length - 1] = flipped.at(-1)! ^ 1;
    await store.putBytes(changed!, flipped);
    const orphan = `instances/00/11/${'0'.repeat(64)}`;
    await store.putBytes(orphan, randomBytes(77));

    const shallow = await keeper('verify-store', '--json', '--grace-minutes', '0');
    expect(shallow.status).toBe(1);
    expect(new Map(shallow.lines.map((line) => [line.key, line.kind]))).toEqual(
      new Map([
        [missing, 'object-missing'],
        [cut, 'size-differs'],
        [orphan, 'object-unreferenced'],
      ]),
    );
    expect(shallow.lines.find((line) => line.key === cut)).toMatchObject({
      storedSize: 500,
      expectedSize: original.get(cut!)!.length,
      rows: [{ table: 'ingest_instance', organisation: 'zhaozhuang' }],
    });
    expect(shallow.lines.some((line) => line.key === whole)).toBe(false);

    await qiao.stop();
    const deep = await keeper('verify-store', '--json', '--deep');
    expect(deep.status).toBe(1);
    expect(new Map(deep.lines.map((line) => [line.key, line.kind]))).toEqual(
      new Map([
        [missing, 'object-missing'],
        [cut, 'size-differs'],
        [changed, 'content-differs'],
      ]),
    );
    await qiao.up();
    await parts.close();
    await database.end();
    parts = await productParts(qiao.dataDir);
    store = parts.get(ObjectStore);
    database = await productDatabase(qiao.dataDir);

    for (const [key, bytes] of original) {
      await store.remove(key);
      await store.putBytes(key, bytes);
    }
    expect(await keeper('verify-store', '--deep', '--json', '--grace-minutes', '0')).toMatchObject({
      status: 3,
      lines: [{ kind: 'object-unreferenced', key: orphan }],
    });
    await store.remove(orphan);
  });

  describe('garbage', () => {
    const lost = smallInstance({ study: 'garbage', patientId: 'V-3', rows: 8 });
    const collect = (apply = true) =>
      new CollectGarbage(
        parts.get(Database),
        store,
        [...INGEST_OBJECTS, ...CATALOGUE_OBJECTS, ...REPORT_OBJECTS],
        parts.get(AuditTrail),
      ).run({ apply, ageHours: 0 });
    const stow = async (one: { bytes: Buffer }) => (await qiao.stow('pacs-zhaozhuang', [one.bytes])).status;

    it('counts only, unless told to act, and refuses an age that a put could outlast', async () => {
      const key = keyOf(lost.bytes);
      await store.putBytes(key, lost.bytes);
      expect(await collect(false)).toMatchObject({ found: { objects: 1 }, condemned: 0, removed: { objects: 0 } });
      expect(await store.stat(key)).not.toBeNull();
      await expect(keeper('collect-garbage', '--apply', '--age-hours', '0')).rejects.toThrow('--age-hours');
      expect(await keeper('collect-garbage', '--json')).toMatchObject({ applied: false, found: { objects: 0 } });
    });

    it('condemns first and removes in a later run, with the reason in the audit', async () => {
      const key = keyOf(lost.bytes);
      expect(await collect()).toMatchObject({ condemned: 1, removed: { objects: 0 } });
      expect(await store.stat(key)).not.toBeNull();
      expect(await collect()).toMatchObject({ removed: { objects: 1 } });
      expect(await store.stat(key)).toBeNull();
      const { rows } = await database.query(
        `SELECT detail->>'reason' AS reason FROM audit_record WHERE action = 'remove-object' AND subject_id = $1`,
        [key],
      );
      expect(rows).toEqual([{ reason: 'no row names it' }]);
    });

    it('lets a sender save a condemned object', async () => {
      const one = smallInstance({ study: 'garbage', patientId: 'V-3', number: 2, rows: 8 });
      const key = keyOf(one.bytes);
      await store.putBytes(key, one.bytes);
      expect(await collect()).toMatchObject({ condemned: 1 });
      expect(await stow(one)).toBe(200);
      expect(await collect()).toMatchObject({ found: { objects: 0 }, removed: { objects: 0 } });
      expect(await store.stat(key)).not.toBeNull();
    });

    it('refuses for a while, as temporary, what was just removed, and takes it after that', async () => {
      const one = smallInstance({ study: 'garbage', patientId: 'V-3', number: 3, rows: 8 });
      const key = keyOf(one.bytes);
      await store.putBytes(key, one.bytes);
      await collect();
      await collect();
      expect(await store.stat(key)).toBeNull();
      expect(await stow(one)).toBe(503);
      await database.query(
        `UPDATE condemned_object SET removed_at = now() - interval '2 hours' WHERE object_key = $1`,
        [key],
      );
      expect(await stow(one)).toBe(200);
      expect(await store.stat(key)).not.toBeNull();
      expect(await keeper('verify-store', '--deep', '--json')).toMatchObject({ status: 0 });
    });

    it('ends a removal that a crash interrupted', async () => {
      const key = `instances/22/33/${'2'.repeat(64)}`;
      await store.putBytes(key, Buffer.from('x'));
      await database.query(`INSERT INTO condemned_object (object_key, size_bytes, state) VALUES ($1, 1, 'removing')`, [
        key,
      ]);
      await collect();
      expect(await store.stat(key)).toBeNull();
    });
  });
});
