import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { DimseSender } from '#test/dimse-sender';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { smallInstance } from '#test/small-instances';

const IMAGES = 24;
const SENDERS = 8;

describe('races at the door', () => {
  let qiao: QiaoProcess;
  let database: pg.Client;
  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    database = await productDatabase(qiao.dataDir);
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await qiao?.dispose();
  }, 60_000);

  const one = async (sql: string, ...parameters: unknown[]): Promise<Record<string, number>> =>
    (await database.query<Record<string, number>>(sql, parameters)).rows[0]!;
  const settled = (study: string) =>
    eventually(`${study} to settle`, async () => {
      const { rows } = await database.query<{ state: string; instances: number }>(
        'SELECT state, instances FROM exam WHERE study_instance_uid = $1',
        [study],
      );
      return rows[0]?.state === 'settled' && rows;
    });

  it(`${2 * SENDERS} senders of one study, by STOW and C-STORE, give one study, one patient, each instance once`, async () => {
    const images = Array.from({ length: IMAGES }, (_, index) =>
      smallInstance({ study: 'race', patientId: 'RACE-1', patientName: 'Zhao^Lei=赵^雷', number: index + 1, rows: 16 }),
    );
    // Everybody begins at another image, so that every two meet somewhere.
    const turned = (by: number) => [...images.slice(by), ...images.slice(0, by)];
    const stows = Array.from({ length: SENDERS }, async (_, sender) => {
      const { status, body } = await qiao.stow(
        'pacs-zhaozhuang',
        turned(sender * 3).map(({ bytes }) => bytes),
      );
      expect(status).toBe(200);
      expect(body['00081199']!.Value).toHaveLength(IMAGES);
    });
    const stores = Array.from({ length: SENDERS }, async (_, sender) => {
      const association = await DimseSender.associate(qiao.dimsePort, 'ZHAOZHUANG');
      for (const image of turned(sender * 3 + 1)) expect(await association.store(image)).toBe(0);
      await association.release();
    });
    await Promise.all([...stows, ...stores]);
    const study = images[0]!.studyInstanceUid;
    expect(await settled(study)).toEqual([{ state: 'settled', instances: IMAGES }]);
    expect(
      await one(
        `SELECT (SELECT count(*) FROM ingest_instance WHERE study_instance_uid = $1)::int AS rows,
           (SELECT count(*) FROM ingest_instance WHERE study_instance_uid = $1 AND standing = 'first')::int AS firsts,
           (SELECT count(*) FROM patient WHERE number = 'RACE-1')::int AS patients,
           (SELECT count(*) FROM person p WHERE EXISTS (SELECT 1 FROM patient t WHERE t.person_id = p.id AND t.number = 'RACE-1'))::int AS people,
           (SELECT count(*) FROM exam WHERE study_instance_uid = $1)::int AS exams,
           (SELECT count(*) FROM series s JOIN exam e ON e.id = s.exam_id WHERE e.study_instance_uid = $1)::int AS series,
           (SELECT count(*) FROM instance i JOIN exam e ON e.id = i.exam_id WHERE e.study_instance_uid = $1)::int AS filed`,
        study,
      ),
    ).toEqual({ rows: IMAGES, firsts: IMAGES, patients: 1, people: 1, exams: 1, series: 1, filed: IMAGES });
  });

  it('one UID with two contents from many at once: one is served, the other is kept beside it, whoever comes first', async () => {
    const contents = [1, 2].map(() => smallInstance({ study: 'race-twins', patientId: 'RACE-2', rows: 16 }));
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async (_, sender) => {
        const { status, body } = await qiao.stow('pacs-zhaozhuang', [contents[sender % 2]!.bytes]);
        expect(status).toBe(200);
        return body['00081199']!.Value[0]!['00081196'] === undefined ? 'served' : 'beside';
      }),
    );
    expect(statuses).toContain('beside');
    await settled(contents[0]!.studyInstanceUid);
    const { rows } = await database.query<{ standing: string }>(
      'SELECT standing FROM ingest_instance WHERE sop_instance_uid = $1 ORDER BY standing',
      [contents[0]!.sopInstanceUid],
    );
    expect(rows).toEqual([{ standing: 'conflict' }, { standing: 'first' }]);
  });

  it('new studies of one new patient from many at once give one patient', async () => {
    const studies = Array.from({ length: 10 }, (_, index) =>
      smallInstance({ study: `race-studies-${index}`, patientId: 'RACE-3', patientName: 'Qian^Duo=钱^多', rows: 8 }),
    );
    await Promise.all(studies.map(({ bytes }) => qiao.stow('pacs-lijia', [bytes])));
    await Promise.all(studies.map(({ studyInstanceUid }) => settled(studyInstanceUid)));
    expect(
      await one(
        `SELECT count(DISTINCT p.id)::int AS patients, count(e.id)::int AS exams FROM patient p JOIN exam e ON e.patient_id = p.id
         WHERE p.number = 'RACE-3'`,
      ),
    ).toEqual({ patients: 1, exams: 10 });
  });
});
