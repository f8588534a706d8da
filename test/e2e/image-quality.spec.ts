import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { smallInstance } from '#test/small-instances';

interface Row {
  id: string;
  state: string;
  studyInstanceUid: string;
  instances: number;
  dueAt: string;
  assignee: { name: string } | null;
  returned: { reason: string } | null;
  quality: { grade: string; reasons: string[]; by: { name: string } } | null;
  retake: { readId: string; reason: string; note: string | null } | null;
}
interface ExamRow {
  id: string;
  patient: { number: string };
  read: { id: string; state: string } | null;
  returned: { reason: string } | null;
  retaken: boolean;
  retake: { reason: string } | null;
  quality: { grade: string } | null;
}
interface Figures {
  items: {
    organisation: { code: string };
    kind: string;
    reads: number;
    gradeA: number;
    gradeB: number;
    gradeC: number;
    ungraded: number;
    returned: number;
    retaken: number;
    medianRetakeMinutes: number | null;
    faults: Record<string, number>;
  }[];
}

describe('the quality of images (影像质控)', () => {
  let qiao: QiaoProcess;
  let database: pg.Client;
  let sun: Ask;
  let qian: Ask;
  let zhao: Ask;
  let li: Ask;
  let han: Ask;
  let his: Ask;
  const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    database = await productDatabase(qiao.dataDir);
    [sun, qian, zhao, li, han, his] = await Promise.all([
      qiao.logIn('sun'),
      qiao.logIn('qian'),
      qiao.logIn('zhao'),
      qiao.logIn('li'),
      qiao.logIn('han'),
      qiao.client('his-zhaozhuang'),
    ]);
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await qiao?.dispose();
  }, 60_000);

  const stow = (one: { bytes: Buffer }) => qiao.stow('pacs-zhaozhuang', [one.bytes]);
  const readOf = (study: string): Promise<Row> =>
    eventually(`the read of ${study}`, async () => {
      const { body } = await sun<{ items: Row[] }>('GET', '/api/worklist?limit=200');
      return body.items.find((row) => row.studyInstanceUid === study);
    });
  const one = async (id: string): Promise<Row> => (await sun<Row>('GET', `/api/reads/${id}`)).body;
  const act = (who: Ask, id: string, name: string, body?: unknown) => who('POST', `/api/reads/${id}/${name}`, body);
  const exams = async (number: string): Promise<ExamRow[]> =>
    (await zhao<{ items: ExamRow[] }>('GET', '/api/exams?limit=200')).body.items.filter(
      ({ patient }) => patient.number === number,
    );
  const arrive = async (study: string, patientId: string, more: object = {}): Promise<Row> => {
    const image = smallInstance({ study, patientId, bodyPart: 'CHEST', ...more });
    await stow(image);
    return readOf(image.studyInstanceUid);
  };
  const back = async (id: string, reason: string, note?: string): Promise<void> => {
    expect((await act(sun, id, 'claim')).status).toBe(200);
    expect((await act(sun, id, 'return', { reason, ...(note ? { note } : {}) })).status).toBe(200);
  };

  it('is a grade with its faults, given by who reads or reviews; the later one stands and the earlier is kept', async () => {
    const { id } = await arrive('quality-grade', 'Q-1');
    const grade = (who: Ask, body: object) => act(who, id, 'grade', body);
    expect(await grade(sun, { grade: 'A' })).toMatchObject({ status: 403, body: { code: 'grade-not-yours' } });
    await act(sun, id, 'claim');
    for (const [body, code] of [
      [{ grade: 'B' }, 'fault-needed'],
      [{ grade: 'A', reasons: ['motion'] }, 'fault-not-expected'],
      [{ grade: 'C', reasons: ['other'] }, 'note-required'],
      [{ grade: 'D' }, 'invalid-input'],
      [{ grade: 'B', reasons: ['ugly'] }, 'invalid-input'],
    ] as const)
      expect(await grade(sun, body)).toMatchObject({ status: 400, body: { code } });
    expect((await one(id)).quality).toBeNull();
    expect((await grade(sun, { grade: 'A' })).status).toBe(200);
    expect((await grade(qian, { grade: 'B', reasons: ['motion', 'exposure'], note: '呼吸伪影' })).status).toBe(200);
    expect((await one(id)).quality).toMatchObject({
      grade: 'B',
      reasons: ['motion', 'exposure'],
      by: { name: '钱医生' },
    });
    expect(await exams('Q-1')).toMatchObject([{ quality: { grade: 'B' } }]);
    const { rows } = await database.query('SELECT verdict FROM image_quality WHERE read_id = $1 ORDER BY given_at', [
      id,
    ]);
    expect(rows).toEqual([{ verdict: 'A' }, { verdict: 'B' }]);
    await expect(database.query('UPDATE image_quality SET verdict = $1', ['A'])).rejects.toThrow();
    for (const who of [zhao, li]) expect([403, 404]).toContain((await grade(who, { grade: 'A' })).status);
  });

  it('sends an examination back; its request waits again, and the retake finds it', async () => {
    const ordered = await his<{ id: string }>('POST', '/api/requests', {
      patient: { number: 'Q-2', name: '孙桂芳' },
      item: 'CT-CHEST',
      accessionNumber: 'QUALITY2',
      clinicalInformation: '咳嗽三天',
    });
    const studyOf = async (): Promise<{ study: string; exam: string | null }> =>
      (
        await database.query<{ study: string; exam: string | null }>(
          'SELECT study_instance_uid AS study, exam_id AS exam FROM exam_request WHERE id = $1',
          [ordered.body.id],
        )
      ).rows[0]!;
    const first = await arrive('quality-first', 'Q-2', { accessionNumber: 'QUALITY2' });
    const asked = await studyOf();
    expect(asked.exam).not.toBeNull();
    await back(first.id, 'position', '肺尖未包全');
    expect(await act(sun, first.id, 'grade', { grade: 'A' })).toMatchObject({ body: { code: 'nothing-to-grade' } });
    const again = await studyOf();
    // Devices are told of it under another study UID, so that the retake does not join the images that were refused.
    expect(again.exam).toBeNull();
    expect(again.study).not.toBe(asked.study);
    expect(await exams('Q-2')).toMatchObject([{ returned: { reason: 'position' }, retaken: false }]);

    const second = await arrive('quality-second', 'Q-2', { accessionNumber: 'QUALITY2' });
    expect(await one(second.id)).toMatchObject({
      clinicalInformation: '咳嗽三天',
      retake: { readId: first.id, reason: 'position', note: '肺尖未包全' },
    });
    expect((await studyOf()).exam).not.toBeNull();
    expect(await exams('Q-2')).toMatchObject([
      { read: { id: second.id }, retake: { reason: 'position' }, returned: null },
      { read: { id: first.id }, returned: { reason: 'position' }, retaken: true },
    ]);
    // What was made again once is not made again twice.
    const third = await arrive('quality-third', 'Q-2');
    expect((await one(third.id)).retake).toBeNull();
  });

  it('is linked to a retake without a request by patient and item, and not where it was somebody else’s', async () => {
    const first = await arrive('quality-plain', 'Q-3');
    await back(first.id, 'motion');
    const other = await arrive('quality-other', 'Q-4');
    expect((await one(other.id)).retake).toBeNull();
    await back(other.id, 'wrong-patient');
    const same = await arrive('quality-same-number', 'Q-4');
    expect((await one(same.id)).retake).toBeNull();
    const second = await arrive('quality-plain-again', 'Q-3');
    expect((await one(second.id)).retake).toMatchObject({ readId: first.id, reason: 'motion' });
  });

  it('opens the same read again where the missing images come into the same examination', async () => {
    const read = await arrive('quality-missing', 'Q-5');
    await back(read.id, 'missing-series', '缺肺窗');
    expect((await one(read.id)).state).toBe('returned');
    await stow(smallInstance({ study: 'quality-missing', patientId: 'Q-5', bodyPart: 'CHEST', number: 2 }));
    const resumed = await eventually('the read, open again', async () => {
      const row = await one(read.id);
      return row.state === 'assigned' ? row : undefined;
    });
    expect(resumed).toMatchObject({
      instances: 2,
      returned: null,
      assignee: { name: '孙医生' },
      retake: { readId: read.id, reason: 'missing-series', note: '缺肺窗' },
    });
    expect(Date.parse(resumed.dueAt)).toBeGreaterThan(Date.parse(read.dueAt));
    expect(await exams('Q-5')).toMatchObject([{ returned: null, retake: { reason: 'missing-series' } }]);
    expect((await act(sun, read.id, 'claim')).status).toBe(200);
    expect((await act(sun, read.id, 'grade', { grade: 'A' })).status).toBe(200);
  });

  it('is counted by member and month, with the cases behind each figure', async () => {
    const { body } = await han<Figures>('GET', `/api/figures/quality?month=${month}`);
    const zhaozhuang = body.items.find(
      ({ organisation, kind }) => organisation.code === 'zhaozhuang' && kind === 'imaging',
    )!;
    expect(zhaozhuang).toMatchObject({
      gradeA: 1,
      gradeB: 1,
      gradeC: 0,
      returned: 4,
      retaken: 3,
      faults: { motion: 2, exposure: 1, position: 1, 'wrong-patient': 1, 'missing-series': 1 },
    });
    expect(zhaozhuang.medianRetakeMinutes).toBeGreaterThan(0);
    const cases = async (
      figure: string,
    ): Promise<{ readId: string; patient: { number: string }; faults: string[] }[]> =>
      (
        await han<{ items: { readId: string; patient: { number: string }; faults: string[] }[] }>(
          'GET',
          `/api/figures/quality/cases?month=${month}&organisation=zhaozhuang&kind=imaging&figure=${figure}&limit=200`,
        )
      ).body.items;
    expect((await cases('returned')).map(({ patient }) => patient.number)).toEqual(['Q-5', 'Q-4', 'Q-3', 'Q-2']);
    for (const [figure, count] of [
      ['reads', zhaozhuang.reads],
      ['A', 1],
      ['B', 1],
      ['C', 0],
      ['ungraded', zhaozhuang.ungraded],
      ['retaken', 3],
    ] as const)
      expect([figure, (await cases(figure)).length]).toEqual([figure, count]);
    const [first] = await cases('A');
    const { body: page } = await han<{ items: unknown[]; next: string }>(
      'GET',
      `/api/figures/quality/cases?month=${month}&organisation=zhaozhuang&kind=imaging&figure=returned&limit=3`,
    );
    expect(page.items).toHaveLength(3);
    const rest = await han<{ items: { patient: { number: string } }[]; next: null }>(
      'GET',
      `/api/figures/quality/cases?month=${month}&organisation=zhaozhuang&kind=imaging&figure=returned&limit=3&cursor=${page.next}`,
    );
    expect(rest.body).toMatchObject({ items: [{ patient: { number: 'Q-2' } }], next: null });
    expect(first!.patient.number).toBe('Q-5');

    const own = await zhao<Figures>('GET', `/api/figures/quality?month=${month}`);
    expect(new Set(own.body.items.map(({ organisation }) => organisation.code))).toEqual(new Set(['zhaozhuang']));
    expect(
      await li('GET', `/api/figures/quality/cases?month=${month}&organisation=zhaozhuang&kind=imaging`),
    ).toMatchObject({ status: 404, body: { code: 'organisation-not-found' } });
    expect((await han('GET', '/api/figures/quality?month=2026-13')).status).toBe(400);
    expect((await han<Figures>('GET', '/api/figures/quality?month=2001-01')).body.items).toEqual([]);
    expect((await sun('GET', `/api/figures/quality?month=${month}`)).status).toBe(403);
  });
});
