import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { ExpectInstances } from '#libs/catalogue';
import { sampleAecg, sampleUid } from '#libs/formats/samples';
import { productDatabase } from '#test/product-database';
import { productParts, type ProductParts } from '#test/product-parts';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { BASIC_TEXT_SR, smallInstance } from '#test/small-instances';

interface Exam {
  state: string;
  instances: number;
  expectedInstances: number | null;
  missing: number;
  interrupted: boolean;
  read: { id: string } | null;
}

const ORGANISATION = 'zhaozhuang';

describe('completeness', () => {
  let qiao: QiaoProcess;
  let his: Ask;
  let parts: ProductParts;
  let expected: ExpectInstances;
  let database: pg.Client;

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    his = await qiao.client('his-zhaozhuang');
    parts = await productParts(qiao.dataDir);
    expected = parts.get(ExpectInstances);
    database = await productDatabase(qiao.dataDir);
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await parts?.close();
    await qiao?.dispose();
  }, 60_000);

  const series = (study: string, from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) =>
      smallInstance({ study, patientId: study, number: from + index, rows: 8 }),
    );
  const send = async (...instances: { bytes: Buffer }[]) => {
    const { status } = await qiao.stow(
      'pacs-zhaozhuang',
      instances.map(({ bytes }) => bytes),
    );
    expect(status).toBe(200);
  };
  const exam = async (patient: string): Promise<Exam | undefined> =>
    (await his<{ items: (Exam & { patient: { number: string } })[] }>('GET', '/api/exams?limit=200')).body.items.find(
      (one) => one.patient.number === patient,
    );
  const reaches = (patient: string, what: Partial<Exam>) =>
    eventually(`${patient} to be ${JSON.stringify(what)}`, async () => {
      const now = await exam(patient);
      return now && Object.entries(what).every(([key, value]) => now[key as keyof Exam] === value) ? now : undefined;
    });
  const uid = (study: string) => sampleUid(study, 'study');
  const patience = (situation: string, times: number) =>
    database.query('UPDATE settling_rule SET quiet_times = $2 WHERE situation = $1', [situation, times]);

  it('waits for no second ECG as it does for images', async () => {
    await patience('unannounced', 1000);
    await send(...series('complete-images', 1, 1));
    expect(
      (await his('POST', '/api/ecg', sampleAecg({ seed: 'completeness', patientId: 'complete-ecg' })[0]!.bytes)).status,
    ).toBe(201);
    await reaches('complete-ecg', { state: 'settled', instances: 1 });
    expect(await exam('complete-images')).toMatchObject({ state: 'arriving' });
    await patience('unannounced', 1);
    await reaches('complete-images', { state: 'settled' });
  });

  it('counts against what an MPPS named, waits for the rest, and settles when it is here', async () => {
    const images = series('complete-mpps', 1, 5);
    await expected.expect({
      organisation: ORGANISATION,
      studyInstanceUid: uid('complete-mpps'),
      source: 'mpps',
      key: '1.2.3',
      sopInstanceUids: images.map((one) => one.sopInstanceUid),
    });
    await send(...images.slice(0, 3));
    await reaches('complete-mpps', { state: 'arriving', instances: 3, expectedInstances: 5, missing: 2 });
    await sleep(3500);
    expect(await exam('complete-mpps')).toMatchObject({ state: 'arriving', read: null });
    await send(...images.slice(3));
    await reaches('complete-mpps', { state: 'settled', instances: 5, expectedInstances: 5, missing: 0 });
  });

  it('settles what stays incomplete when the patience is over, opens its read and says what is missing', async () => {
    const images = series('complete-never', 1, 4);
    await send(...images.slice(0, 3));
    const word = { organisation: ORGANISATION, studyInstanceUid: uid('complete-never'), source: 'manifest' as const };
    await expected.expect({ ...word, key: 'batch', count: 4 });
    await expected.expect({ ...word, key: 'batch', count: 4 });
    await reaches('complete-never', { instances: 3, expectedInstances: 4, missing: 1 });
    await patience('incomplete', 3);
    try {
      const settled = await reaches('complete-never', { state: 'settled', missing: 1, interrupted: false });
      await eventually('the read', async () => (await exam('complete-never'))?.read);
      expect(settled).toMatchObject({ instances: 3, expectedInstances: 4 });
      const sun = await qiao.logIn('sun');
      const { body } = await sun<{ items: { studyInstanceUid: string }[] }>('GET', '/api/worklist?limit=200');
      expect(body.items).toContainEqual(
        expect.objectContaining({
          studyInstanceUid: uid('complete-never'),
          instances: 3,
          expectedInstances: 4,
          missing: 1,
        }),
      );
    } finally {
      await patience('incomplete', 30);
    }
    await send(images[3]!);
    await reaches('complete-never', { state: 'settled', instances: 4, missing: 0 });
  });

  it('tells the truth when more come than were announced, and does not miss a document that is here', async () => {
    const images = series('complete-more', 1, 3);
    const document = smallInstance({ study: 'complete-more', patientId: 'complete-more', sopClassUid: BASIC_TEXT_SR });
    const word = { organisation: ORGANISATION, studyInstanceUid: uid('complete-more'), source: 'mpps' as const };
    await expected.expect({
      ...word,
      sopInstanceUids: [images[0]!.sopInstanceUid, images[1]!.sopInstanceUid, document.sopInstanceUid],
    });
    await send(images[0]!, images[1]!);
    await reaches('complete-more', { instances: 2, missing: 1 });
    await send(document, images[2]!);
    await reaches('complete-more', { state: 'settled', instances: 3, expectedInstances: 2, missing: 0 });
    await expected.expect(word);
    await reaches('complete-more', { instances: 3, expectedInstances: null, missing: 0 });
  });

  it('does not settle while somebody sends, and settles soon after the release', async () => {
    const study = { organisation: ORGANISATION, studyInstanceUid: uid('complete-open'), sender: 'association-1' };
    await expected.sending(study);
    await send(...series('complete-open', 1, 1));
    await reaches('complete-open', { state: 'arriving', instances: 1 });
    await sleep(3000);
    expect((await exam('complete-open'))!.state).toBe('arriving');
    await expected.sendingEnded(ORGANISATION, 'association-1', 'released');
    await reaches('complete-open', { state: 'settled', expectedInstances: null, interrupted: false });
  });

  it('waits longer for a sender that broke off, then says so; who finishes sending clears it', async () => {
    const broken = { organisation: ORGANISATION, studyInstanceUid: uid('complete-broken'), sender: 'association-2' };
    await expected.sending(broken);
    await send(...series('complete-broken', 1, 2));
    await expected.sendingEnded(ORGANISATION, 'association-2', 'aborted');
    await reaches('complete-broken', { instances: 2 });
    await sleep(3000);
    expect((await exam('complete-broken'))!.state).toBe('arriving');
    await patience('interrupted', 2);
    await reaches('complete-broken', { state: 'settled', interrupted: true, missing: 0 });
    await patience('interrupted', 15);

    await expected.sending({ ...broken, sender: 'association-3' });
    await send(...series('complete-broken', 3, 3));
    await expected.sendingEnded(ORGANISATION, 'association-3', 'released');
    await reaches('complete-broken', { state: 'settled', instances: 3, interrupted: false });
  });

  it('takes a receiver that was killed for a sender that broke off, when its lease is over', async () => {
    const study = { organisation: ORGANISATION, studyInstanceUid: uid('complete-killed'), sender: 'association-4' };
    await expected.sending(study);
    await send(...series('complete-killed', 1, 1));
    await reaches('complete-killed', { instances: 1 });
    await patience('interrupted', 2);
    await database.query(`UPDATE exam_sending SET lease_until = now() - interval '1 s' WHERE sender = 'association-4'`);
    await reaches('complete-killed', { state: 'settled', interrupted: true });
    await patience('interrupted', 15);
  });

  it('does not confuse organisations, and takes words and images in any order at once', async () => {
    const images = series('complete-race', 1, 12);
    const word = { studyInstanceUid: uid('complete-race'), source: 'mpps' as const };
    await expected.expect({ ...word, organisation: 'lijia', count: 500 });
    await Promise.all([
      ...images.map((image) => send(image)),
      ...images.map((image, index) =>
        expected.expect({
          ...word,
          organisation: ORGANISATION,
          key: `step-${index}`,
          sopInstanceUids: [image.sopInstanceUid],
        }),
      ),
    ]);
    await reaches('complete-race', { state: 'settled', instances: 12, expectedInstances: 12, missing: 0 });
  });
});
