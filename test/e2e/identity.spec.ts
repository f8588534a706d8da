import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { digestOfFile, smallInstance, type SmallInstance, type SmallInstanceOptions } from '#test/small-instances';

interface Exam {
  id: string;
  state: string;
  instances: number;
  conflicts: number;
  identityDoubts: number;
  patient: { number: string; name: string };
  read: { id: string } | null;
}
interface Reconciliation {
  filedUnder: { name: string };
  doubts: { id: string; state: string; differs: string[]; claimed: { name: string; number: string } }[];
  duplicates: {
    id: string;
    kind: string;
    state: string;
    differs: { tag: string; served: string; beside: string }[];
    served: { digest: string };
    beside: { digest: string; sender: string };
  }[];
}

describe('whose it is, and which is served', () => {
  let qiao: QiaoProcess;
  let database: pg.Client;
  let zhao: Ask;
  let li: Ask;
  let sun: Ask;
  let qian: Ask;

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    [zhao, li, sun, qian] = await Promise.all([
      qiao.logIn('zhao'),
      qiao.logIn('li'),
      qiao.logIn('sun'),
      qiao.logIn('qian'),
    ]);
    database = await productDatabase(qiao.dataDir);
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await qiao?.dispose();
  }, 60_000);

  const of = (study: string, patientId: string, patientName: string, more: Partial<SmallInstanceOptions> = {}) =>
    smallInstance({ study, patientId, patientName, rows: 8, ...more });
  const send = async (...instances: SmallInstance[]): Promise<void> => {
    const { status } = await qiao.stow(
      'pacs-zhaozhuang',
      instances.map(({ bytes }) => bytes),
    );
    expect(status).toBe(200);
  };
  const examId = async (study: string): Promise<string | undefined> =>
    (await database.query<{ id: string }>('SELECT id FROM exam WHERE study_instance_uid = $1', [study])).rows[0]?.id;
  const settled = (one: SmallInstance, instances = 1): Promise<Exam> =>
    eventually('the examination to settle', async () => {
      const id = await examId(one.studyInstanceUid);
      const { body } = await zhao<{ items: Exam[] }>('GET', '/api/exams?limit=200');
      return body.items.find((exam) => exam.id === id && exam.state === 'settled' && exam.instances === instances);
    });
  const look = async (who: Ask, id: string) => who<Reconciliation>('GET', `/api/exams/${id}/reconciliation`);
  const birth = (day: string, sex: string) => ({
    more: { '00100030': { vr: 'DA', Value: [day] }, '00100040': { vr: 'CS', Value: [sex] } },
  });

  describe('patient numbers', () => {
    it('takes transliteration, order, case and missing parts for the same person', async () => {
      await send(of('id-same-1', 'P-1', '王^建国', birth('19590331', 'M')));
      await settled(of('id-same-1', 'P-1', ''));
      const others = ['Wang^Jianguo', 'WANG^JIAN GUO', 'Jianguo^Wang', '', 'Wang^J'];
      for (const [index, name] of others.entries()) await send(of(`id-same-2-${index}`, 'P-1', name));
      for (const index of others.keys()) {
        const exam = await settled(of(`id-same-2-${index}`, 'P-1', ''));
        expect(exam).toMatchObject({ identityDoubts: 0, patient: { number: 'P-1', name: '王建国' } });
      }
    });

    const first = of('id-other-1', 'P-2', 'Li^Xiuying=李^秀英', birth('19660512', 'F'));
    const second = of('id-other-2', 'P-2', 'Zhang^Wei=张^伟', birth('19910101', 'M'));
    let doubtful: Exam;

    it('files another name under the known number, loses nothing, and raises a doubt that everybody sees', async () => {
      await send(first);
      await settled(first);
      await send(second, of('id-other-2', 'P-2', 'Zhang^Wei=张^伟', { number: 2, ...birth('19910101', 'M') }));
      doubtful = await settled(second, 2);
      expect(doubtful).toMatchObject({ identityDoubts: 1, patient: { name: '李秀英' } });
      const { status, body } = await look(zhao, doubtful.id);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        filedUnder: { name: '李秀英' },
        doubts: [{ state: 'open', differs: ['name', 'birth-date', 'sex'], claimed: { name: '张伟', number: 'P-2' } }],
      });
      await eventually('the mark in the worklist', async () => {
        const { body: list } = await sun<{ items: { examId: string; identityDoubts: number }[] }>(
          'GET',
          '/api/worklist?limit=200',
        );
        return list.items.find((row) => row.examId === doubtful.id)?.identityDoubts === 1;
      });
      const open = await qian<{ items: { examId: string }[] }>('GET', '/api/reconciliation?limit=200');
      expect(open.body.items.map((one) => one.examId)).toContain(doubtful.id);
      // The known patient's file has taken nothing from the other's header.
      const { rows } = await database.query(`SELECT name, sex, names::text AS names FROM patient WHERE number = 'P-2'`);
      expect(rows).toEqual([{ name: '李秀英', sex: 'F', names: expect.not.stringContaining('zhang') }]);
    });

    it('is decided by the quality duty alone, with a reason; another organisation knows nothing of it', async () => {
      const [doubt] = (await look(qian, doubtful.id)).body.doubts;
      const decision = { decision: 'other-person', reason: '登记时拿错了卡' };
      const path = `/api/identity-doubts/${doubt!.id}/decision`;
      expect((await zhao('POST', path, decision)).status).toBe(403);
      expect((await sun('POST', path, decision)).status).toBe(403);
      expect((await qian('POST', path, { ...decision, reason: ' ' })).status).toBe(400);
      expect((await look(li, doubtful.id)).status).toBe(404);
      expect((await qian('POST', path, decision)).status).toBe(200);
      expect((await qian('POST', path, decision)).status).toBe(409);
    });

    it('moves the examination to the other person, and what comes later with that name follows', async () => {
      expect(await settled(second, 2)).toMatchObject({ identityDoubts: 0, patient: { number: 'P-2', name: '张伟' } });
      expect(await settled(first)).toMatchObject({ patient: { number: 'P-2', name: '李秀英' } });
      const later = [
        of('id-other-3', 'P-2', 'Zhang^Wei=张^伟', birth('19910101', 'M')),
        of('id-other-4', 'P-2', 'Zhang^Wei'),
        of('id-other-5', 'P-2', '李^秀英'),
      ];
      await send(...later);
      const names = await Promise.all(later.map(async (one) => (await settled(one)).patient.name));
      expect(names).toEqual(['张伟', '张伟', '李秀英']);
      const { rows } = await database.query(
        `SELECT actor_id, detail->>'reason' AS reason FROM audit_record WHERE action = 'move-exam-to-other-person'
           AND subject_id = $1`,
        [doubtful.id],
      );
      expect(rows).toEqual([expect.objectContaining({ reason: '登记时拿错了卡' })]);
    });

    it('remembers that a contradicting header is the same person', async () => {
      const [known, misspelt, again] = [
        of('id-typo-1', 'P-3', '陈^静', birth('19800101', 'F')),
        of('id-typo-2', 'P-3', '陈^晶', birth('19800101', 'F')),
        of('id-typo-3', 'P-3', '陈^晶', birth('19800101', 'F')),
      ];
      await send(known!);
      await settled(known!);
      await send(misspelt!);
      const exam = await settled(misspelt!);
      const [doubt] = (await look(qian, exam.id)).body.doubts;
      const path = `/api/identity-doubts/${doubt!.id}/decision`;
      expect((await qian('POST', path, { decision: 'same-person', reason: '同音字录错' })).status).toBe(200);
      await send(again!);
      expect(await settled(again!)).toMatchObject({ identityDoubts: 0, patient: { name: '陈静' } });
    });

    it('shows one study that carries two patients', async () => {
      await send(of('id-mixed', 'P-4', '赵^一', { number: 1 }), of('id-mixed', 'P-5', '钱^二', { number: 2 }));
      const exam = await settled(of('id-mixed', 'P-4', ''), 2);
      const { doubts } = (await look(zhao, exam.id)).body;
      expect(doubts).toMatchObject([{ differs: ['patient-number'] }]);
    });
  });

  describe('two contents of one UID', () => {
    const study = 'id-twins';
    const one = of(study, 'P-9', '孙^小明', { number: 1, bodyPart: 'CHEST' });
    const other = of(study, 'P-9', '孙^小明', { number: 1, bodyPart: 'HEAD' });
    const [digest, otherDigest] = [digestOfFile(one.bytes), digestOfFile(other.bytes)];
    const servedDigest = async (): Promise<string> => {
      const path = `/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}`;
      const answer = await fetch(`${qiao.base}${path}`, {
        headers: { authorization: `Bearer ${await qiao.token('pacs-zhaozhuang')}`, accept: 'application/dicom' },
      });
      expect(answer.status).toBe(200);
      return digestOfFile(Buffer.from(await answer.arrayBuffer()));
    };
    // Where a series lies is remembered for some seconds by whoever has just served it.
    const serves = (wanted: string) => eventually(`serving ${wanted}`, async () => (await servedDigest()) === wanted);
    let exam: Exam;

    it('are shown with what differs', async () => {
      await send(one);
      await settled(one);
      await send(other);
      exam = await settled(one);
      expect(exam).toMatchObject({ conflicts: 1, instances: 1 });
      const { duplicates } = (await look(zhao, exam.id)).body;
      expect(duplicates).toMatchObject([
        {
          kind: 'conflict',
          state: 'undecided',
          served: { digest },
          beside: { digest: otherDigest, sender: 'pacs-zhaozhuang' },
        },
      ]);
      expect(duplicates[0]!.differs).toContainEqual({ tag: '00180015', served: '["CHEST"]', beside: '["HEAD"]' });
    });

    it('may be exchanged by a decision, back and forth; nothing is lost, and the exam settles again', async () => {
      const serve = (id: string) =>
        qian('POST', `/api/duplicates/${id}/decision`, { decision: 'serve', reason: '设备重发了改正的头' });
      const { id } = (await look(qian, exam.id)).body.duplicates[0]!;
      expect((await zhao('POST', `/api/duplicates/${id}/decision`, { decision: 'serve', reason: '不行' })).status).toBe(
        403,
      );
      expect((await serve(id)).status).toBe(200);
      await serves(otherDigest);
      expect((await serve(id)).status).toBe(409);
      expect(await settled(one)).toMatchObject({ conflicts: 0, instances: 1 });
      const after = (await look(qian, exam.id)).body.duplicates;
      expect(after).toMatchObject([{ state: 'displaced', served: { digest: otherDigest }, beside: { digest } }]);
      const metadata = await fetch(`${qiao.base}/dicom-web/studies/${one.studyInstanceUid}/metadata`, {
        headers: { authorization: `Bearer ${await qiao.token('pacs-zhaozhuang')}`, accept: 'application/dicom+json' },
      });
      expect(await metadata.json()).toMatchObject([{ '00180015': { Value: ['HEAD'] } }]);
      expect((await serve(after[0]!.id)).status).toBe(200);
      await serves(digest);
      // Sent again, both are duplicates still.
      await send(one, other);
      const { rows } = await database.query<{ standing: string }>(
        'SELECT standing FROM ingest_instance WHERE sop_instance_uid = $1 ORDER BY standing',
        [one.sopInstanceUid],
      );
      expect(rows).toEqual([{ standing: 'conflict' }, { standing: 'first' }]);
      const log = await database.query<{ event: string }>(
        `SELECT t.event FROM state_transition t WHERE t.machine = 'beside' ORDER BY t.id`,
      );
      expect(log.rows.map((row) => row.event)).toEqual(['serve', 'displace', 'serve', 'displace']);
    });

    it('may be left as they are', async () => {
      const third = of(study, 'P-9', '孙^小明', { number: 1, bodyPart: 'NECK' });
      await send(third);
      const id = await eventually(
        'the third',
        async () => (await look(qian, exam.id)).body.duplicates.find((twin) => twin.state === 'undecided')?.id,
      );
      const keep = { decision: 'keep', reason: '原图无误' };
      expect((await qian('POST', `/api/duplicates/${id}/decision`, keep)).body).toEqual({ state: 'set-aside' });
      await serves(digest);
      expect(await settled(one)).toMatchObject({ conflicts: 0 });
    });
  });
});
