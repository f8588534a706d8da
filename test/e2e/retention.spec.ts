import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { AuditTrail } from '#libs/audit';
import { CATALOGUE_OBJECTS } from '#libs/catalogue';
import { sampleAecg } from '#libs/formats/samples';
import type { WritableDataset } from '#libs/formats/dicom';
import { INGEST_OBJECTS } from '#libs/ingest';
import { Database } from '#libs/persistence';
import { digestKey, ObjectStore } from '#libs/ports';
import { REPORT_OBJECTS } from '#libs/report';
import { CollectGarbage } from '#libs/storekeeping';
import { DimseUser } from '#test/dimse-user';
import { productDatabase } from '#test/product-database';
import { productParts, type ProductParts } from '#test/product-parts';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { digestOfFile, smallInstance, type SmallInstance } from '#test/small-instances';

const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1';

interface Retained {
  class: string;
  source: string;
  startsOn: string;
  countedFrom: string | null;
  lastVisitOn: string | null;
  keepUntil: string;
  expired: boolean;
  holds: { id: string; state: string }[];
  deletedBefore: { examId: string; reason: string; receivedAgainAs: string | null }[];
}

/** How long examinations are kept, what holds them, and what is left when they are deleted. */
describe('retention', () => {
  let qiao: QiaoProcess;
  let parts: ProductParts;
  let database: pg.Client;
  let han: Ask;
  let sun: Ask;
  let qian: Ask;
  let zhao: Ask;
  let li: Ask;
  let his: Ask;
  let pacs: Ask;

  const image = (study: string, more: Partial<Parameters<typeof smallInstance>[0]> = {}) =>
    smallInstance({ study: `retention-${study}`, patientId: `R-${study}`, rows: 8, ...more });
  const examOf = async ({ studyInstanceUid }: { studyInstanceUid: string }, organisation = 'zhaozhuang') => {
    const { rows } = await database.query<{ id: string; state: string }>(
      'SELECT id, state FROM exam WHERE study_instance_uid = $1 AND organisation = $2',
      [studyInstanceUid, organisation],
    );
    return rows[0];
  };
  const retentionOf = async (who: Ask, examId: string) => who<Retained>('GET', `/api/exams/${examId}/retention`);

  /** Sends it, and waits until its retention is written down. @returns the examination's id */
  async function kept(one: SmallInstance, ...others: SmallInstance[]): Promise<string> {
    const answer = await qiao.stow(
      'pacs-zhaozhuang',
      [one, ...others].map(({ bytes }) => bytes),
    );
    expect(answer.status).toBe(200);
    return eventually('the retention', async () => {
      const exam = await examOf(one);
      const { rows } = await database.query('SELECT 1 FROM exam_retention WHERE exam_id = $1', [exam?.id]);
      return exam?.state === 'settled' && rows.length > 0 && exam.id;
    });
  }

  const remove = (examId: string, reason: string, note = '经科室核实') =>
    han('POST', `/api/exams/${examId}/deletion`, { reason, note });

  async function readOf(examId: string): Promise<string> {
    return (await database.query<{ id: string }>('SELECT id FROM read WHERE exam_id = $1', [examId])).rows[0]!.id;
  }

  async function signed(examId: string): Promise<string> {
    const read = await readOf(examId);
    const password = (name: string) => ({ password: qiao.credentials.users[name] });
    const steps: [Ask, string, string, unknown?][] = [
      [sun, 'POST', 'claim'],
      [sun, 'PUT', 'report', { findings: '两肺纹理清晰。', impression: '未见异常。' }],
      [sun, 'POST', 'submit', password('sun')],
      [qian, 'POST', 'review'],
      [qian, 'POST', 'sign', password('qian')],
    ];
    let reportId = '';
    for (const [who, method, step, body] of steps) {
      const answer = await who<{ reportId: string }>(method, `/api/reads/${read}/${step}`, body);
      expect([step, answer.status]).toEqual([step, 200]);
      reportId = answer.body.reportId ?? reportId;
    }
    return reportId;
  }

  async function lastAudit(action: string, examId: string) {
    const { rows } = await database.query<{
      outcome: string;
      actor_id: string;
      patient_id: string | null;
      detail: Record<string, unknown>;
    }>(
      'SELECT outcome, actor_id, patient_id, detail FROM audit_record WHERE action = $1 AND subject_id = $2 ORDER BY id DESC LIMIT 1',
      [action, examId],
    );
    return rows[0];
  }

  async function foundByDimse({ studyInstanceUid }: SmallInstance): Promise<number> {
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', STUDY_ROOT_FIND);
    const keys: WritableDataset = {
      '00080052': { vr: 'CS', Value: ['STUDY'] },
      '0020000D': { vr: 'UI', Value: [studyInstanceUid] },
    };
    await user.send(
      0x0020,
      [
        [0x0002, STUDY_ROOT_FIND],
        [0x0700, 0],
      ],
      keys,
    );
    let found = 0;
    while (((await user.message()).status & 0xff00) === 0xff00) found += 1;
    await user.release();
    return found;
  }

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    parts = await productParts(qiao.dataDir);
    database = await productDatabase(qiao.dataDir);
    [han, sun, qian, zhao, li] = (await Promise.all(
      ['han', 'sun', 'qian', 'zhao', 'li'].map((name) => qiao.logIn(name)),
    )) as [Ask, Ask, Ask, Ask, Ask];
    [his, pacs] = [await qiao.client('his-zhaozhuang'), await qiao.client('pacs-zhaozhuang')];
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await parts?.close();
    await qiao?.dispose();
  }, 60_000);

  describe('classes', () => {
    it('are data, with words in both languages', async () => {
      const { body } = await han<{ classes: { code: string; years: number }[]; deletionReasons: { code: string }[] }>(
        'GET',
        '/api/retention/rules',
      );
      expect(body.classes).toMatchObject([
        { code: 'outpatient', years: 15, name: { zh: '门（急）诊', en: 'Outpatient and emergency' } },
        { code: 'inpatient', years: 30, name: { zh: '住院', en: 'Inpatient' } },
      ]);
      expect(body.deletionReasons.map((one) => one.code)).toEqual([
        'duplicate-examination',
        'retention-expired',
        'test-data',
        'uploaded-in-error',
        'wrong-patient',
      ]);
      await expect(database.query(`UPDATE retention_class SET years = 10 WHERE code = 'outpatient'`)).rejects.toThrow(
        'only grow',
      );
    });

    it('come from the request, the header, the organisation, or are the longest', async () => {
      const order = (study: string, patientClass: string) =>
        his('POST', '/api/requests', {
          patient: { number: `R-${study}`, name: '赵桂英' },
          item: 'CT-CHEST',
          accessionNumber: study.toUpperCase(),
          patientClass,
        });
      const admission = { more: { '00380010': { vr: 'LO', Value: ['ZY0012'] } } };
      expect((await order('out', 'outpatient')).body).toMatchObject({ patientClass: 'outpatient' });
      await order('both', 'emergency');
      const told = await Promise.all([
        kept(image('longest')),
        kept(image('out', { accessionNumber: 'OUT' })),
        kept(image('both', { accessionNumber: 'BOTH', ...admission })),
        kept(image('header', admission)),
      ]);
      await database.query(
        `INSERT INTO organisation_retention (organisation, class) VALUES ('zhaozhuang', 'outpatient')`,
      );
      const byDefault = await kept(image('default'));
      const seen = [];
      for (const id of [...told, byDefault]) {
        const { body } = await retentionOf(zhao, id);
        seen.push([body.class, body.source]);
        const years = Number(body.keepUntil.slice(0, 4)) - Number(body.startsOn.slice(0, 4));
        expect([years, body.expired]).toEqual([body.class === 'inpatient' ? 30 : 15, false]);
      }
      expect(seen).toEqual([
        ['inpatient', 'longest'],
        ['outpatient', 'request'],
        ['inpatient', 'header'],
        ['inpatient', 'header'],
        ['outpatient', 'organisation'],
      ]);
      // Where nothing speaks for the shorter class any more, the longer one stands at once.
      await database.query('DELETE FROM organisation_retention');
      expect((await retentionOf(han, byDefault)).body).toMatchObject({ class: 'inpatient', source: 'longest' });
    });

    it('are corrected by a permitted person, with a reason, and a later visit still counts', async () => {
      const id = await kept(image('correct'));
      const correction = { class: 'outpatient', countedFrom: '2009-05-04', reason: '门诊患者，原系统迁入' };
      for (const who of [zhao, qian, li]) {
        expect((await who('POST', `/api/exams/${id}/retention`, correction)).status).toBe(403);
      }
      const wrong = [
        { ...correction, reason: '' },
        { ...correction, class: 'for-ever' },
        { ...correction, countedFrom: '2999-01-01' },
      ];
      for (const body of wrong) expect((await han('POST', `/api/exams/${id}/retention`, body)).status).toBe(400);
      const corrected = await han<Retained>('POST', `/api/exams/${id}/retention`, correction);
      expect(corrected).toMatchObject({
        status: 200,
        body: {
          class: 'outpatient',
          source: 'person',
          countedFrom: '2009-05-04',
          keepUntil: '2024-05-04',
          expired: true,
          decided: { reason: correction.reason, by: { name: '韩科长' } },
        },
      });
      expect(await lastAudit('correct-retention', id)).toMatchObject({
        outcome: 'done',
        detail: {
          reason: correction.reason,
          shortens: true,
          from: { class: 'inpatient' },
          to: { class: 'outpatient' },
        },
      });
      await kept(image('correct-again', { patientId: 'R-correct' }));
      const { body } = await retentionOf(han, id);
      expect(body).toMatchObject({ startsOn: '2009-05-04', expired: false });
      expect(body.keepUntil.slice(4)).toBe(body.lastVisitOn!.slice(4));
    });

    it('are nobody else’s to see, and a try is in the audit', async () => {
      const id = await kept(image('foreign'));
      expect((await retentionOf(li, id)).status).toBe(404);
      expect(await lastAudit('view-retention', id)).toMatchObject({ outcome: 'refused' });
      expect((await pacs('GET', `/api/exams/${id}/retention`)).status).toBe(403);
    });
  });

  it('a hold keeps everything until it is lifted', async () => {
    const one = image('hold');
    const id = await kept(one);
    expect((await zhao('POST', `/api/exams/${id}/holds`, { reason: '医疗纠纷' })).status).toBe(403);
    const placed = await Promise.all(
      ['医疗纠纷封存', '公安机关调取'].map((reason) =>
        han<{ id: string }>('POST', `/api/exams/${id}/holds`, { reason }),
      ),
    );
    expect(placed.map((answer) => answer.status)).toEqual([201, 201]);
    const holds = placed.map((answer) => answer.body.id);
    expect((await han<{ items: { id: string }[] }>('GET', '/api/holds')).body.items.map((hold) => hold.id)).toEqual(
      expect.arrayContaining(holds),
    );
    for (const hold of holds) {
      expect(await remove(id, 'wrong-patient')).toMatchObject({
        status: 409,
        body: { code: 'hold-stands', blockedBy: ['hold-stands'] },
      });
      expect((await han('POST', `/api/holds/${hold}/lift`, { reason: '纠纷已结案' })).status).toBe(200);
    }
    expect((await han('POST', `/api/holds/${holds[0]}/lift`, { reason: '纠纷已结案' })).body).toMatchObject({
      code: 'hold-illegal-transition',
    });
    expect(await lastAudit('lift-hold', id)).toMatchObject({ detail: { reason: '纠纷已结案' } });
    expect((await remove(id, 'wrong-patient')).status).toBe(200);
    expect((await han('POST', `/api/exams/${id}/holds`, { reason: '医疗纠纷封存' })).status).toBe(404);
  });

  describe('deletion', () => {
    it('is refused to whom it is not given, without a reason, and while something stands in its way', async () => {
      const one = image('refused');
      const id = await kept(one);
      for (const who of [zhao, sun, qian, await qiao.logIn('sysadmin')]) {
        const answer = await who('POST', `/api/exams/${id}/deletion`, { reason: 'wrong-patient', note: '经核实' });
        expect(answer.status).toBe(403);
      }
      expect((await remove(id, 'because')).body).toMatchObject({ code: 'unknown-deletion-reason' });
      expect((await remove(id, 'wrong-patient', ' ')).status).toBe(400);
      expect((await remove(id, 'retention-expired')).body).toMatchObject({ code: 'retention-running' });
      expect(await lastAudit('delete-exam', id)).toMatchObject({
        outcome: 'refused',
        detail: { reason: 'retention-expired', note: '经科室核实', refusal: 'retention-running' },
      });
      const read = await readOf(id);
      await sun('POST', `/api/reads/${read}/claim`);
      expect((await remove(id, 'wrong-patient')).body).toMatchObject({ code: 'read-claimed' });
      await sun('POST', `/api/reads/${read}/release`);
      await signed(id);
      expect((await remove(id, 'wrong-patient')).body).toMatchObject({ code: 'report-signed' });
      expect((await pacs('GET', `/dicom-web/studies/${one.studyInstanceUid}`)).status).toBe(200);
    });

    it('is refused while images arrive', async () => {
      const one = image('arriving');
      const id = await kept(one);
      await database.query(
        `INSERT INTO exam_sending (organisation, study_instance_uid, sender, lease_until)
         VALUES ('zhaozhuang', $1, 'somebody', now() + interval '1 minute')`,
        [one.studyInstanceUid],
      );
      expect((await remove(id, 'wrong-patient')).body).toMatchObject({ code: 'exam-arriving' });
    });

    it('takes the examination out of every answer, and leaves who, when, why and the digests', async () => {
      const accessionNumber = 'GONE';
      const order = await his<{ id: string }>('POST', '/api/requests', {
        patient: { number: 'R-gone', name: '赵桂英' },
        item: 'CT-CHEST',
        accessionNumber,
      });
      const images = [1, 2, 3].map((number) => image('gone', { number, accessionNumber }));
      const beside = image('gone', { number: 3, accessionNumber });
      const id = await kept(images[0]!, ...images.slice(1));
      expect((await qiao.stow('pacs-zhaozhuang', [beside.bytes])).status).toBe(200);
      const read = await readOf(id);
      const series = `/dicom-web/studies/${images[0]!.studyInstanceUid}/series/${images[0]!.seriesInstanceUid}`;
      const instance = `${series}/instances/${images[0]!.sopInstanceUid}`;
      for (const path of [`${series}/metadata`, `${instance}/frames/1`]) {
        expect([path, (await pacs('GET', path)).status]).toEqual([path, 200]);
      }
      const use = async () =>
        (
          await database.query(
            `SELECT sum(instances)::int AS n FROM organisation_use WHERE organisation = 'zhaozhuang'`,
          )
        ).rows[0].n as number;
      const before = await use();

      const answer = await remove(id, 'uploaded-in-error', '误传至本院');
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ examId: id, reason: 'uploaded-in-error', instances: 4 });
      expect(await lastAudit('delete-exam', id)).toMatchObject({
        outcome: 'done',
        detail: { reason: 'uploaded-in-error', note: '误传至本院', instances: 4 },
      });
      expect(await use()).toBe(before - 4);

      const study = `/dicom-web/studies/${images[0]!.studyInstanceUid}`;
      expect((await pacs('GET', `/dicom-web/studies?PatientID=R-gone`)).status).toBe(204);
      for (const path of [study, `${study}/metadata`, series, `${series}/metadata`, instance, `${instance}/frames/1`]) {
        expect([path, (await pacs('GET', path)).status]).toEqual([path, 404]);
      }
      expect(await foundByDimse(images[0]!)).toBe(0);
      expect((await his('GET', `/fhir/R4/ImagingStudy/${id}`)).status).toBe(404);
      expect((await sun('GET', `/api/reads/${read}`)).status).toBe(404);
      expect((await sun('POST', `/api/reads/${read}/claim`)).status).toBe(404);
      expect((await retentionOf(han, id)).status).toBe(404);
      expect((await remove(id, 'uploaded-in-error')).status).toBe(404);
      const { body: requests } = await his<{ items: { id: string; examId: string | null }[] }>('GET', '/api/requests');
      expect(requests.items.find((one) => one.id === order.body.id)).toMatchObject({ examId: null });

      const listed = await zhao<{ items: { examId: string }[] }>(
        'GET',
        `/api/deletions?studyInstanceUid=${images[0]!.studyInstanceUid}`,
      );
      expect(listed.body.items).toMatchObject([
        {
          examId: id,
          reasonText: { zh: '误传，不属于本网络的检查资料' },
          deletedBy: { name: '韩科长' },
          instances: 4,
          receivedAgainAs: null,
        },
      ]);
      const { body } = await zhao<{ instances: { digest: string }[] }>('GET', `/api/deletions/${id}/instances`);
      expect(body.instances.map((one) => one.digest).sort()).toEqual(
        [...images, beside].map((one) => digestOfFile(one.bytes)).sort(),
      );
      expect((await li('GET', `/api/deletions/${id}/instances`)).status).toBe(404);
      expect((await li<{ items: unknown[] }>('GET', '/api/deletions')).body.items).toEqual([]);
      await expect(database.query('DELETE FROM exam_deletion')).rejects.toThrow('append-only');
    });

    it('leaves the objects to the collection of garbage, and takes the same bytes again as new', async () => {
      const [first, second] = [image('again'), image('again', { number: 2 })];
      const id = await kept(first, second);
      const store = parts.get(ObjectStore);
      const made = await eventually('the first picture to be prepared', async () => {
        const { rows } = await database.query<{ key: string }>(
          `SELECT object_key AS key FROM study_manifest WHERE exam_id = $1 UNION ALL
           SELECT p.object_key FROM series_preview p JOIN series s ON s.id = p.series_id WHERE s.exam_id = $1`,
          [id],
        );
        return rows.length === 2 ? rows.map(({ key }) => key) : undefined;
      });
      expect((await remove(id, 'test-data')).status).toBe(200);
      const keyOf = (one: SmallInstance) => digestKey('instances', digestOfFile(one.bytes));
      expect(await store.stat(keyOf(first))).not.toBeNull();

      const again = await kept(first);
      expect(again).not.toBe(id);
      const { body } = await retentionOf(han, again);
      expect(body.deletedBefore).toMatchObject([{ examId: id, reason: 'test-data', receivedAgainAs: again }]);
      expect(await lastAudit('receive-after-deletion', again)).toMatchObject({ detail: { deleted: id } });
      expect((await pacs<unknown[]>('GET', `/dicom-web/studies/${first.studyInstanceUid}/metadata`)).body).toHaveLength(
        1,
      );

      // An object is put before its row, and no age protects it here.
      await eventually('every reaction to be done', async () => {
        const { rows } = await database.query<{ open: number }>(
          `SELECT (SELECT count(*) FROM outbox_event WHERE relayed_at IS NULL)::int
             + (SELECT count(*) FROM outbox_delivery WHERE done_at IS NULL AND failed_at IS NULL)::int
             + (SELECT count(*) FROM compressed_frames WHERE made_at IS NULL)::int AS open`,
        );
        return rows[0]!.open === 0;
      });
      const references = [...INGEST_OBJECTS, ...CATALOGUE_OBJECTS, ...REPORT_OBJECTS];
      const garbage = new CollectGarbage(parts.get(Database), store, references, parts.get(AuditTrail));
      await garbage.run({ apply: true, ageHours: 0 });
      await garbage.run({ apply: true, ageHours: 0 });
      expect(await store.stat(keyOf(first))).not.toBeNull();
      expect(await store.stat(keyOf(second))).toBeNull();
      for (const key of made) expect([key, await store.stat(key)]).toEqual([key, null]);
      expect(await qiao.storekeeper('verify-store', '--grace-minutes', '0')).toMatchObject({ status: 0 });
    });

    it('for expiry is a person’s decision over a list; the report stays, and can be proved', async () => {
      const one = image('expired', { accessionNumber: 'EXP1' });
      const id = await kept(one);
      const reportId = await signed(id);
      const due = async () =>
        (await han<{ items: { examId: string; blockedBy: string[] }[] }>('GET', '/api/retention/due')).body.items.find(
          (exam) => exam.examId === id,
        );
      expect(await due()).toBeUndefined();
      const correct = (countedFrom: string) =>
        han('POST', `/api/exams/${id}/retention`, { class: 'inpatient', countedFrom, reason: '按出院日期更正' });
      await correct('1990-02-28');
      expect(await due()).toMatchObject({
        class: 'inpatient',
        keepUntil: '2020-02-28',
        signedReports: 1,
        blockedBy: [],
      });
      expect((await pacs('GET', `/dicom-web/studies/${one.studyInstanceUid}`)).status).toBe(200);
      expect((await zhao<{ items: unknown[] }>('GET', '/api/retention/due')).body.items).toHaveLength(1);
      expect((await li<{ items: unknown[] }>('GET', '/api/retention/due')).body.items).toEqual([]);

      expect((await remove(id, 'retention-expired')).status).toBe(200);
      expect(await due()).toBeUndefined();
      expect((await pacs('GET', `/dicom-web/studies/${one.studyInstanceUid}`)).status).toBe(404);
      expect((await zhao('GET', `/api/reports/${reportId}/verify`)).body).toMatchObject({ verdict: 'valid' });
      expect((await zhao('GET', `/api/reports/${reportId}/pdf`)).status).toBe(200);
      const fhir = await his('GET', `/fhir/R4/DiagnosticReport/${reportId}`);
      expect(fhir.status).toBe(200);
      expect(fhir.body).not.toHaveProperty('imagingStudy');
      const found = await his<{ entry: { resource: { id: string } }[] }>(
        'GET',
        '/fhir/R4/DiagnosticReport?identifier=EXP1',
      );
      expect([found.status, found.body.entry?.length]).toEqual([200, 1]);
    });

    it('holds for an ECG as well', async () => {
      const patientId = 'R-ecg';
      const recording = sampleAecg({ seed: 'retention', patientId })[0]!.bytes;
      expect((await zhao('POST', '/api/ecg', recording)).status).toBe(201);
      const id = await eventually('the recording', async () => {
        const { rows } = await database.query<{ id: string }>(
          `SELECT e.id FROM exam e JOIN exam_retention r ON r.exam_id = e.id JOIN patient p ON p.id = e.patient_id
           WHERE p.number = $1 AND e.state = 'settled'`,
          [patientId],
        );
        return rows[0]?.id;
      });
      expect((await remove(id, 'duplicate-examination')).status).toBe(200);
      expect((await zhao('POST', '/api/ecg', recording)).status).toBe(201);
    });

    it('and a hold never pass each other', async () => {
      const id = await kept(image('hold-race'));
      const [placed, removed] = await Promise.all([
        han('POST', `/api/exams/${id}/holds`, { reason: '医疗纠纷封存' }),
        remove(id, 'test-data'),
      ]);
      expect([
        [201, 409],
        [404, 200],
      ]).toContainEqual([placed.status, removed.status]);
    });

    describe('under way', () => {
      let other: pg.Client;
      beforeAll(async () => {
        other = await productDatabase(qiao.dataDir);
      });
      afterAll(() => other.end());

      /** Deletes its rows, has `meanwhile` run into that, and commits. */
      async function whileDeleting(examId: string, meanwhile: () => Promise<unknown>): Promise<unknown> {
        const { rows } = await database.query<{ id: string }>('SELECT id FROM instance WHERE exam_id = $1', [examId]);
        await database.query('BEGIN');
        await database.query('DELETE FROM instance WHERE exam_id = $1', [examId]);
        await database.query('DELETE FROM ingest_instance WHERE id = $1', [rows[0]!.id]);
        const running = meanwhile().catch((error: unknown) => error);
        await eventually('a lock to be waited for', async () => {
          const waiting = await database.query(
            `SELECT pg_stat_clear_snapshot(), (SELECT count(*)::int FROM pg_locks WHERE NOT granted) AS n`,
          );
          return waiting.rows[0].n > 0;
        });
        await database.query('COMMIT');
        return running;
      }

      it.each([
        ['the same bytes', false],
        ['another content of the same UID', true],
      ])('makes %s wait, and then takes it as the first', async (_what, others) => {
        const one = image(`wait-${others}`);
        const sent = others ? image(`wait-${others}`) : one;
        const id = await kept(one);
        const answer = await whileDeleting(id, () => qiao.stow('pacs-zhaozhuang', [sent.bytes]));
        expect(answer).toMatchObject({ status: 200 });
        await eventually('the instance to be filed', async () => {
          const filed = await database.query<{ digest: string; standing: string }>(
            `SELECT x.digest, x.standing FROM instance i JOIN ingest_instance x ON x.id = i.id WHERE i.exam_id = $1`,
            [id],
          );
          return filed.rows[0]?.standing === 'first' && filed.rows[0].digest === digestOfFile(sent.bytes);
        });
      });

      it('never leaves behind who wants to stand beside what goes', async () => {
        const one = image('beside-race');
        const id = await kept(one);
        const refused = await whileDeleting(id, () =>
          other.query(
            `INSERT INTO ingest_instance SELECT (jsonb_populate_record(x, jsonb_build_object(
               'id', gen_random_uuid(), 'digest', 'other', 'standing', 'conflict'))).* FROM ingest_instance x
             WHERE sop_instance_uid = $1`,
            [one.sopInstanceUid],
          ),
        );
        expect(refused).toMatchObject({ code: '53Q02' });
      });
    });

    it('loses nothing that comes in at the same moment', async () => {
      for (let round = 0; round < 2; round += 1) {
        const one = image(`race-${round}`);
        const others = [image(`race-${round}`), image(`race-${round}`)];
        const id = await kept(one);
        const answers = await Promise.all([
          remove(id, 'test-data'),
          ...[one, ...others].map((each) => qiao.stow('pacs-zhaozhuang', [each.bytes])),
        ]);
        for (const { status } of answers) expect([200, 202, 409, 503]).toContain(status);
        const acknowledged = [one, ...others].filter((_each, index) => [200, 202].includes(answers[index + 1]!.status));
        const deleted = await database.query<{ digest: string }>(
          `SELECT i->>'digest' AS digest FROM exam_deletion d, jsonb_array_elements(d.instances) i WHERE d.exam_id = $1`,
          [id],
        );
        const here = await database.query<{ digest: string; standing: string }>(
          `SELECT digest, standing FROM ingest_instance WHERE organisation = 'zhaozhuang' AND sop_instance_uid = $1`,
          [one.sopInstanceUid],
        );
        const known = [...deleted.rows, ...here.rows].map((row) => row.digest);
        for (const each of acknowledged) expect(known).toContain(digestOfFile(each.bytes));
        if (here.rows.length > 0) {
          expect(here.rows.filter((row) => row.standing === 'first')).toHaveLength(1);
          await eventually('what came to be filed', async () => (await examOf(one))?.state === 'settled');
        }
      }
    });
  });
});
