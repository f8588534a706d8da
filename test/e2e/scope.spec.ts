import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { z } from 'zod';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { smallInstance } from '#test/small-instances';
import { TusClient } from '#test/tus-client';

const EDGES = fileURLToPath(new URL('../../libs/edges/', import.meta.url));

/** Who may see and do what: the organisation's boundary, the duties, and the tables that never change. */
describe('scope', () => {
  let qiao: QiaoProcess;
  let database: pg.Client;
  let sun: Ask;
  let qian: Ask;
  let zhao: Ask;
  let li: Ask;
  let pacs: Ask;
  let hisZhaozhuang: Ask;
  let hisLijia: Ask;
  let pacsLijia: Ask;
  const image = smallInstance({ study: 'scope', patientId: 'S-1', accessionNumber: 'SCOPE1' });
  const ids = { read: '', report: '', exam: '', patient: '', request: '', upload: '' };

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    database = await productDatabase(qiao.dataDir);
    [sun, qian, zhao, li, pacs, hisZhaozhuang, hisLijia, pacsLijia] = await Promise.all([
      qiao.logIn('sun'),
      qiao.logIn('qian'),
      qiao.logIn('zhao'),
      qiao.logIn('li'),
      qiao.client('pacs-zhaozhuang'),
      qiao.client('his-zhaozhuang'),
      qiao.client('his-lijia'),
      qiao.client('pacs-lijia'),
    ]);
    const patient = { number: 'S-1', name: '赵桂英' };
    const made = await hisZhaozhuang<{ id: string }>('POST', '/api/requests', {
      patient,
      item: 'CT-CHEST',
      accessionNumber: 'SCOPE1',
    });
    ids.request = made.body.id;
    await qiao.stow('pacs-zhaozhuang', [image.bytes]);
    const row = await eventually('the read', async () => {
      const { body } = await sun<{ items: { id: string; examId: string; studyInstanceUid: string }[] }>(
        'GET',
        '/api/worklist?limit=200',
      );
      return body.items.find((one) => one.studyInstanceUid === image.studyInstanceUid);
    });
    [ids.read, ids.exam] = [row.id, row.examId];
    const act = async (who: Ask, method: string, name: string, body?: unknown) => {
      const answer = await who<{ reportId: string }>(method, `/api/reads/${ids.read}/${name}`, body);
      expect(answer.status).toBe(200);
      return answer.body;
    };
    await act(sun, 'POST', 'claim');
    await act(sun, 'PUT', 'report', { findings: '未见异常。', impression: '正常。', version: 0 });
    await act(sun, 'POST', 'submit', { password: qiao.credentials.users['sun'] });
    await act(qian, 'POST', 'review');
    ids.report = (await act(qian, 'POST', 'sign', { password: qiao.credentials.users['qian'] })).reportId;
    const found = await database.query<{ id: string }>("SELECT id FROM patient WHERE number = 'S-1'");
    ids.patient = found.rows[0]!.id;
    const tus = new TusClient(qiao.base, `Bearer ${await qiao.token('pacs-zhaozhuang')}`);
    ids.upload = (await tus.create(1000, { filename: 'half.dcm' })).split('/').at(-1)!;
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await qiao?.dispose();
  }, 60_000);

  const lastAudit = async (): Promise<number> =>
    Number((await database.query<{ id: string }>('SELECT max(id) AS id FROM audit_record')).rows[0]!.id);
  const refusals = async (after: number): Promise<{ actor_id: string; organisation: string }[]> =>
    (
      await database.query(
        "SELECT actor_id, organisation, action FROM audit_record WHERE id > $1 AND outcome = 'refused'",
        [after],
      )
    ).rows as never;

  const instancePath = `/dicom-web/studies/${image.studyInstanceUid}/series/${image.seriesInstanceUid}/instances/${image.sopInstanceUid}`;
  const ROUTES: [string, () => Ask, () => Ask, () => string][] = [
    ['report', () => zhao, () => li, () => `/api/reports/${ids.report}`],
    ['report pdf', () => zhao, () => li, () => `/api/reports/${ids.report}/pdf`],
    ['verify', () => zhao, () => li, () => `/api/reports/${ids.report}/verify`],
    ['study metadata', () => pacs, () => pacsLijia, () => `/dicom-web/studies/${image.studyInstanceUid}/metadata`],
    [
      'series metadata',
      () => zhao,
      () => li,
      () => `/dicom-web/studies/${image.studyInstanceUid}/series/${image.seriesInstanceUid}/metadata`,
    ],
    ['instance metadata', () => pacs, () => pacsLijia, () => `${instancePath}/metadata`],
    ['study', () => pacs, () => pacsLijia, () => `/dicom-web/studies/${image.studyInstanceUid}`],
    ['instance', () => pacs, () => pacsLijia, () => instancePath],
    ['frames', () => zhao, () => li, () => `${instancePath}/frames/1`],
    ['FHIR DiagnosticReport', () => hisZhaozhuang, () => hisLijia, () => `/fhir/R4/DiagnosticReport/${ids.report}`],
    ['FHIR Binary', () => hisZhaozhuang, () => hisLijia, () => `/fhir/R4/Binary/${ids.report}`],
    ['FHIR ImagingStudy', () => hisZhaozhuang, () => hisLijia, () => `/fhir/R4/ImagingStudy/${ids.exam}`],
    ['FHIR Patient', () => hisZhaozhuang, () => hisLijia, () => `/fhir/R4/Patient/${ids.patient}`],
    ['FHIR ServiceRequest', () => hisZhaozhuang, () => hisLijia, () => `/fhir/R4/ServiceRequest/${ids.request}`],
  ];

  it.each(ROUTES)('another organisation finds no %s, and the try is in the audit', async (_name, own, other, path) => {
    expect((await own()('GET', path())).status).toBe(200);
    const before = await lastAudit();
    expect((await other()('GET', path())).status).toBe(404);
    expect(await refusals(before)).toMatchObject([{ organisation: 'lijia' }]);
  });

  it('another organisation cannot go on with an upload, and the try is in the audit', async () => {
    const head = async (client: string) =>
      (
        await fetch(`${qiao.base}/api/uploads/${ids.upload}`, {
          method: 'HEAD',
          headers: { authorization: `Bearer ${await qiao.token(client)}`, 'tus-resumable': '1.0.0' },
        })
      ).status;
    expect(await head('pacs-zhaozhuang')).toBe(200);
    const before = await lastAudit();
    expect(await head('pacs-lijia')).toBe(404);
    expect(await refusals(before)).toMatchObject([{ actor_id: 'pacs-lijia', action: 'continue-upload' }]);
  });

  it('a read is seen by those who read for the network, and by nobody at another member', async () => {
    const before = await lastAudit();
    expect((await li('GET', `/api/reads/${ids.read}`)).status).toBe(403);
    for (const part of ['ecg', 'images', 'images/first/preview'])
      expect((await li('GET', `/api/reads/${ids.read}/${part}`)).status).toBe(404);
    expect(await refusals(before)).toHaveLength(4);
  });

  it('lists show the own organisation only', async () => {
    const [studies, exams, requests, patients] = await Promise.all([
      pacsLijia('GET', `/dicom-web/studies?StudyInstanceUID=${image.studyInstanceUid}`),
      li<{ items: { patient: { number: string } }[] }>('GET', '/api/exams'),
      hisLijia<{ items: { id: string }[] }>('GET', '/api/requests'),
      hisLijia<{ total?: number; entry?: unknown[] }>('GET', '/fhir/R4/Patient'),
    ]);
    expect(studies.status).toBe(204);
    expect(exams.body.items.map((exam) => exam.patient.number)).not.toContain('S-1');
    expect(patients.status).toBe(200);
    expect(requests.body.items.map((request) => request.id)).not.toContain(ids.request);
    expect(JSON.stringify(patients.body)).not.toContain(ids.patient);
  });

  it('duties: a radiographer cannot claim or read the worklist, a PACS cannot order, a HIS cannot store', async () => {
    const before = await lastAudit();
    expect((await zhao('POST', `/api/reads/${ids.read}/claim`)).status).toBe(403);
    expect((await zhao('GET', '/api/worklist')).status).toBe(403);
    expect((await pacs('POST', '/api/requests', {})).status).toBe(403);
    expect((await qiao.stow('his-zhaozhuang', [image.bytes])).status).toBe(403);
    expect((await sun('POST', `/api/reads/${ids.read}/review`)).status).toBe(403);
    expect(await refusals(before)).toHaveLength(5);
  });

  it('nobody reviews or signs a report of their own, though they may do both for others', async () => {
    const own = smallInstance({ study: 'scope-own', patientId: 'S-2' });
    await qiao.stow('pacs-zhaozhuang', [own.bytes]);
    const { id } = await eventually('the read', async () => {
      const { body } = await qian<{ items: { id: string; studyInstanceUid: string }[] }>('GET', '/api/worklist');
      return body.items.find((one) => one.studyInstanceUid === own.studyInstanceUid);
    });
    const password = qiao.credentials.users['qian'];
    expect((await qian('POST', `/api/reads/${id}/claim`)).status).toBe(200);
    const words = { findings: '左肺见结节。', impression: '右肺结节。', version: 0 };
    const saved = await qian('PUT', `/api/reads/${id}/report`, words);
    const despite = (saved.body['contradictions'] as { key: string }[]).map(({ key }) => key);
    expect((await qian('POST', `/api/reads/${id}/submit`, { password })).status).toBe(409);
    // Whoever has seen what contradicts itself, and means it, submits; the audit keeps that it was so.
    expect((await qian('POST', `/api/reads/${id}/submit`, { password, despite })).status).toBe(200);
    const { rows } = await database.query(
      "SELECT detail FROM audit_record WHERE action = 'submit-report' AND subject_id = $1",
      [id],
    );
    expect(rows).toEqual([{ detail: { despite } }]);
    for (const [act, body] of [
      ['review', undefined],
      ['send-back', { reason: '重写' }],
      ['sign', { password }],
    ] as const) {
      const answer = await qian('POST', `/api/reads/${id}/${act}`, body);
      expect([act, answer.status, answer.body['code']]).toEqual([act, 403, 'reviewer-is-author']);
    }
    expect((await qian('GET', `/api/reads/${id}`)).body).toMatchObject({ reading: { state: 'submitted' } });
  });

  it('a write of a session without its csrf token is refused', async () => {
    const login = await fetch(`${qiao.base}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'zhao', password: qiao.credentials.users['zhao'] }),
    });
    const cookie = login.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Strict/i);
    const write = (token: Record<string, string>) =>
      fetch(`${qiao.base}/api/session`, {
        method: 'DELETE',
        headers: { cookie: cookie.split(';')[0]!, ...token },
      });
    const refused = await write({});
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'csrf-token-missing' });
    const { csrfToken } = (await login.json()) as { csrfToken: string };
    expect((await write({ 'x-csrf-token': 'another' })).status).toBe(403);
    expect((await write({ 'x-csrf-token': csrfToken })).status).toBe(204);
    expect((await write({ 'x-csrf-token': csrfToken })).status).toBe(401);
  });

  it('five wrong passwords lock the account, for the right one too', async () => {
    const logIn = async (password: string): Promise<unknown> => {
      const answer = await fetch(`${qiao.base}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'feng', password }),
      });
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    const right = qiao.credentials.users['feng']!;
    expect(await logIn(right)).toEqual([200, undefined]);
    for (let tries = 0; tries < 5; tries += 1) expect(await logIn('wrong')).toEqual([401, 'login-failed']);
    expect(await logIn(right)).toEqual([401, 'account-locked']);
  });

  describe('earlier examinations of a person', () => {
    const CARD = '11010519491231002X';
    interface Priors {
      items: { id: string; organisation: { code: string }; report: { status: string } | null }[];
      identityDoubt: boolean;
    }
    const birth = (day: string, sex: string) => ({
      more: { '00100030': { vr: 'DA', Value: [day] }, '00100040': { vr: 'CS', Value: [sex] } },
    });
    const made = {
      signed: smallInstance({ study: 'priors-signed', patientId: 'S-77' }),
      again: smallInstance({ study: 'priors-again', patientId: 'S-77' }),
      doubtful: smallInstance({
        study: 'priors-doubt',
        patientId: 'S-77',
        patientName: 'Sun^Wu=孙^武',
        ...birth('19910101', 'M'),
      }),
      namesake: smallInstance({ study: 'priors-namesake', patientId: 'S-77' }),
      card: smallInstance({ study: 'priors-card', patientId: CARD }),
      cardElsewhere: smallInstance({ study: 'priors-elsewhere', patientId: CARD }),
    };
    const reads: Record<string, string> = {};
    const priors = async (of: string, who: Ask = sun): Promise<Priors> =>
      (await who<Priors>('GET', `/api/reads/${reads[of]}/priors`)).body;
    const listed = async (of: string): Promise<string[]> => (await priors(of)).items.map(({ id }) => id).sort();

    beforeAll(async () => {
      const { namesake, cardElsewhere, ...own } = made;
      await qiao.stow('pacs-zhaozhuang', [own.signed.bytes, own.again.bytes, own.card.bytes]);
      await qiao.stow('pacs-lijia', [namesake.bytes, cardElsewhere.bytes]);
      await qiao.stow('pacs-zhaozhuang', [own.doubtful.bytes]);
      for (const [name, { studyInstanceUid }] of Object.entries(made)) {
        const row = await eventually(`the read of ${name}`, async () => {
          const { body } = await sun<{ items: { id: string; studyInstanceUid: string; identityDoubts: number }[] }>(
            'GET',
            '/api/worklist?limit=200',
          );
          return body.items.find(
            (one) => one.studyInstanceUid === studyInstanceUid && (name !== 'doubtful' || one.identityDoubts > 0),
          );
        });
        reads[name] = row.id;
      }
      const password = (user: string) => ({ password: qiao.credentials.users[user] });
      for (const [who, method, act, body] of [
        [sun, 'POST', 'claim', {}],
        [sun, 'PUT', 'report', { findings: '双肺清晰。', impression: '正常。', version: 0 }],
        [sun, 'POST', 'submit', password('sun')],
        [qian, 'POST', 'review', {}],
        [qian, 'POST', 'sign', password('qian')],
      ] as const)
        expect((await who(method, `/api/reads/${reads['signed']}/${act}`, body)).status).toBe(200);
    }, 60_000);

    it('are those of the person behind a number or an ID card, from any member, and of nobody else', async () => {
      expect(await listed('again')).toEqual([reads['signed']]);
      expect(await listed('namesake')).toEqual([]);
      expect(await listed('card')).toEqual([reads['cardElsewhere']]);
      expect((await priors('card')).items[0]!.organisation.code).toBe('lijia');
      expect(await listed('cardElsewhere')).toEqual([reads['card']]);
    });

    it('are not shown while it is in doubt whose an examination is, on either side', async () => {
      expect(await priors('doubtful')).toEqual({ items: [], next: null, identityDoubt: true });
      expect(await listed('again')).not.toContain(reads['doubtful']);
      const peek = await sun('GET', `/api/reads/${reads['doubtful']}/priors/${reads['signed']}`);
      expect([peek.status, peek.body['code']]).toEqual([404, 'prior-not-found']);
    });

    it('give the words of a signed report, and both looks are in the audit', async () => {
      const before = await lastAudit();
      const { body } = await sun<{ words: { findings: string; author: { name: string } } | null }>(
        'GET',
        `/api/reads/${reads['again']}/priors/${reads['signed']}`,
      );
      expect(body.words).toMatchObject({ findings: '双肺清晰。', impression: '正常。', author: { name: '孙医生' } });
      expect(
        (await sun<{ words: null }>('GET', `/api/reads/${reads['card']}/priors/${reads['cardElsewhere']}`)).body.words,
      ).toBeNull();
      expect((await sun('GET', `/api/reads/${reads['again']}/priors/${reads['namesake']}`)).status).toBe(404);
      await listed('card');
      const { rows } = await database.query(
        "SELECT action, subject_id AS subject, outcome, patient_id IS NOT NULL AS named FROM audit_record WHERE id > $1 AND action ~ 'prior' ORDER BY id",
        [before],
      );
      expect(rows).toEqual([
        { action: 'view-prior', subject: reads['signed'], outcome: 'done', named: true },
        { action: 'view-prior', subject: reads['cardElsewhere'], outcome: 'done', named: true },
        { action: 'view-prior', subject: reads['namesake'], outcome: 'refused', named: false },
        { action: 'list-priors', subject: reads['card'], outcome: 'done', named: true },
      ]);
    });

    it('are for who may see the read', async () => {
      const path = `/api/reads/${reads['card']}/priors`;
      for (const who of [zhao, li]) expect((await who('GET', path)).status).toBe(403);
      const zhou = await qiao.logIn('zhou');
      expect((await zhou('GET', path)).status).toBe(404);
      expect((await zhou('GET', `${path}/${reads['cardElsewhere']}`)).status).toBe(404);
      // The recording of one of them: for who may not see the read, of somebody else, and of one that is no ECG.
      for (const who of [zhou, zhao, li])
        expect([403, 404]).toContain((await who('GET', `${path}/${reads['cardElsewhere']}/ecg`)).status);
      for (const other of [ids.read, 'none'])
        expect(await sun('GET', `${path}/${other}/ecg`)).toMatchObject({
          status: 404,
          body: { code: 'prior-not-found' },
        });
      expect(await sun('GET', `${path}/${reads['cardElsewhere']}/ecg`)).toMatchObject({
        status: 404,
        body: { code: 'no-ecg' },
      });
    });
  });

  describe('templates and phrases', () => {
    interface Text {
      id: string;
      own: boolean;
      name: string;
      version: number;
      sounds: string[];
      group: string | null;
      groupSounds: string[];
      subject: { code: string } | null;
    }
    interface Texts {
      items: Text[];
      next: string | null;
      subject: { code: string } | null;
    }
    const texts = async (who: Ask, query = `read=${ids.read}`): Promise<Texts> =>
      (await who<Texts>('GET', `/api/report-texts?${query}`)).body;
    const own = {
      kind: 'template',
      readKind: 'imaging',
      subject: 'CT-CHEST',
      name: '我的胸部CT',
      findings: '双肺[所见]。',
    };

    it('come with the product for what is read, and are found by pinyin', async () => {
      const { items, subject } = await texts(sun);
      expect(subject).toMatchObject({ code: 'CT-CHEST' });
      expect(items.find(({ name }) => name === '肺结节')!.sounds).toEqual(expect.arrayContaining(['fjj', 'feijiejie']));
      expect(items.some((text) => text.subject?.code === 'ECG-12')).toBe(false);
      const zhou = await qiao.logIn('zhou');
      const statements = (await texts(zhou, 'kind=ecg')).items;
      expect(statements.map(({ name }) => name)).toContain('心房颤动');
      expect(statements.find(({ name }) => name === '心房颤动伴快速心室率')).toMatchObject({
        group: '房性心律失常',
        groupSounds: expect.arrayContaining(['fxxlsc']),
      });
      // Another speciality's read is not there for it.
      expect((await zhou('GET', `/api/report-texts?read=${ids.read}`)).status).toBe(404);
      const paged = await texts(sun, 'kind=imaging&limit=5');
      expect(paged.items).toHaveLength(5);
      const rest = await texts(sun, `kind=imaging&cursor=${paged.next}`);
      expect(rest.items.some(({ id }) => id === paged.items[0]!.id)).toBe(false);
    });

    it('of one’s own are nobody else’s, and change by versions', async () => {
      const { status, body } = await sun<{ id: string }>('POST', '/api/report-texts', own);
      expect(status).toBe(201);
      const found = async (who: Ask) => (await texts(who)).items.find(({ id }) => id === body.id);
      expect(await found(sun)).toMatchObject({ own: true, version: 1, name: '我的胸部CT' });
      expect(await found(qian)).toBeUndefined();
      const path = `/api/report-texts/${body.id}`;
      for (const who of [qian, await qiao.logIn('han')]) {
        expect((await who('PUT', path, { name: '别人的', version: 1 })).status).toBe(404);
        expect((await who('DELETE', path)).status).toBe(404);
      }
      expect((await sun('PUT', path, { name: '改名', version: 1 })).body).toEqual({ version: 2 });
      expect((await sun('PUT', path, { name: '再改', version: 1 })).body).toMatchObject({ code: 'stale-report-text' });
      const { rows } = await database.query(
        'SELECT version, name, findings FROM report_text_version WHERE text_id = $1 ORDER BY version',
        [body.id],
      );
      expect(rows).toEqual([
        { version: 1, name: '我的胸部CT', findings: '双肺[所见]。' },
        { version: 2, name: '改名', findings: '双肺[所见]。' },
      ]);
      expect((await sun('DELETE', path)).status).toBe(204);
      expect(await found(sun)).toBeUndefined();
      expect((await sun('DELETE', path)).status).toBe(404);
      expect((await sun('POST', '/api/report-texts', { ...own, findings: ' ' })).body).toMatchObject({
        code: 'report-text-empty',
      });
      expect((await sun('POST', '/api/report-texts', { ...own, subject: 'ECG-12' })).status).toBe(400);
    });

    it('of the network are the network office’s', async () => {
      const shipped = (await texts(sun)).items.find(({ name }) => name === '肺结节')!;
      const path = `/api/report-texts/${shipped.id}`;
      expect((await sun('PUT', path, { name: '我来改', version: shipped.version })).status).toBe(403);
      expect((await sun('DELETE', path)).status).toBe(403);
      expect((await sun('POST', '/api/report-texts', { ...own, network: true })).status).toBe(403);
      expect((await zhao('POST', '/api/report-texts', own)).status).toBe(403);
      expect((await zhao('GET', '/api/report-texts?kind=imaging')).status).toBe(403);
      const han = await qiao.logIn('han');
      expect((await han('POST', '/api/report-texts', own)).status).toBe(403);
      const before = await lastAudit();
      const added = await han<{ id: string }>('POST', '/api/report-texts', { ...own, network: true, name: '全网模板' });
      expect(added.status).toBe(201);
      expect((await texts(qian)).items.find(({ id }) => id === added.body.id)).toMatchObject({ own: false });
      expect((await texts(han, 'kind=imaging')).items.find(({ id }) => id === added.body.id)).toBeDefined();
      const { rows } = await database.query(
        "SELECT action, subject_id FROM audit_record WHERE id > $1 AND subject_kind = 'report-text'",
        [before],
      );
      expect(rows).toEqual([{ action: 'add-report-text', subject_id: added.body.id }]);
    });
  });

  describe('hanging rules', () => {
    interface Rule {
      id: string;
      own: boolean;
      enabled: boolean;
      version: number;
      name: string;
      condition: { modalities?: string[] };
      steps: { rows: number; columns: number; cells?: { name?: string }[] }[];
    }
    const rules = async (who: Ask): Promise<Rule[]> =>
      (await who<{ items: Rule[] }>('GET', '/api/hanging-rules')).body.items;
    const own = (name: string) => ({
      name,
      condition: { modalities: ['CT'], words: ['胸'] },
      steps: [{ rows: 1, columns: 2, cells: [{ words: ['LUNG'], window: 'lung' }], together: true }],
    });

    it('come with the product, mammography in three steps, and one that fits everything stands last', async () => {
      const shipped = await rules(sun);
      expect(shipped.every((rule) => !rule.own && rule.enabled && rule.version === 1)).toBe(true);
      expect(shipped[0]!.steps.map(({ rows, columns }) => [rows, columns])).toEqual([
        [2, 2],
        [1, 2],
        [1, 2],
      ]);
      expect(shipped[0]!.steps[0]!.cells!.map(({ name }) => name)).toEqual(['R-CC', 'L-CC', 'R-MLO', 'L-MLO']);
      expect(shipped.at(-1)).toMatchObject({ condition: {}, steps: [{ rows: 1, columns: 1 }] });
    });

    it('of one’s own go before the network’s in one’s own order, follow the person, and are nobody else’s', async () => {
      const add = async (name: string) => {
        const { status, body } = await sun<{ id: string }>('POST', '/api/hanging-rules', own(name));
        expect(status).toBe(201);
        return body.id;
      };
      const [first, second] = [await add('甲'), await add('乙')];
      const mine = async () =>
        (await rules(await qiao.logIn('sun'))).filter((rule) => rule.own).map(({ name }) => name);
      expect(await mine()).toEqual(['乙', '甲']);
      expect((await rules(sun)).slice(0, 2)).toMatchObject([
        { id: second, own: true },
        { id: first, ...own('甲') },
      ]);
      expect((await rules(qian)).some((rule) => rule.own)).toBe(false);
      expect((await sun('PUT', '/api/hanging-rules/order', { ids: [first, ids.read] })).status).toBe(204);
      expect(await mine()).toEqual(['甲', '乙']);
      const path = `/api/hanging-rules/${first}`;
      expect((await sun('PUT', path, { name: '丙', enabled: false, version: 1 })).body).toEqual({ version: 2 });
      expect((await rules(sun))[0]).toMatchObject({ name: '丙', enabled: false, steps: own('').steps });
      expect((await sun('PUT', path, { name: '丁', version: 1 })).body).toMatchObject({ code: 'stale-hanging-rule' });
      for (const who of [qian, await qiao.logIn('han')]) {
        expect((await who('PUT', path, { name: '别人的', version: 2 })).status).toBe(404);
        expect((await who('DELETE', path)).status).toBe(404);
      }
      for (const id of [first, second]) expect((await sun('DELETE', `/api/hanging-rules/${id}`)).status).toBe(204);
      expect(await mine()).toEqual([]);
      expect((await sun('POST', '/api/hanging-rules', { ...own('空'), steps: [] })).status).toBe(400);
      const crowded = [{ rows: 1, columns: 1, cells: [{}, {}] }];
      expect((await sun('POST', '/api/hanging-rules', { ...own('挤'), steps: crowded })).status).toBe(400);
    });

    it('of the network are the network office’s', async () => {
      const [shipped] = await rules(sun);
      const path = `/api/hanging-rules/${shipped!.id}`;
      expect((await sun('PUT', path, { enabled: false, version: 1 })).status).toBe(403);
      expect((await sun('POST', '/api/hanging-rules', { ...own('全网'), network: true })).status).toBe(403);
      expect((await sun('PUT', '/api/hanging-rules/order', { ids: [], network: true })).status).toBe(403);
      for (const ask of [
        () => zhao('GET', '/api/hanging-rules'),
        () => zhao('POST', '/api/hanging-rules', own('卫生院')),
      ])
        expect((await ask()).status).toBe(403);
      const han = await qiao.logIn('han');
      const before = await lastAudit();
      const added = await han<{ id: string }>('POST', '/api/hanging-rules', { ...own('全网'), network: true });
      expect((await rules(qian))[0]).toMatchObject({ id: added.body.id, own: false, name: '全网' });
      expect((await han('DELETE', `/api/hanging-rules/${added.body.id}`)).status).toBe(204);
      const { rows } = await database.query(
        "SELECT action, subject_id FROM audit_record WHERE id > $1 AND subject_kind = 'hanging-rule' ORDER BY id",
        [before],
      );
      expect(rows.map(({ action }: { action: string }) => action)).toEqual(['add-hanging-rule', 'remove-hanging-rule']);
    });
  });

  it('audit, transitions and report versions cannot be changed, even in the database', async () => {
    for (const table of ['audit_record', 'state_transition', 'report_version', 'report_text_version']) {
      const column = table.endsWith('_version') ? 'version' : 'id';
      await expect(database.query(`UPDATE ${table} SET ${column} = ${column}`)).rejects.toThrow('append-only');
      await expect(database.query(`DELETE FROM ${table}`)).rejects.toThrow('append-only');
      await expect(database.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('append-only');
    }
  });

  describe('/api/openapi.json', () => {
    interface Operation {
      security?: unknown[];
      responses: Record<string, { content?: Record<string, { schema?: Record<string, unknown> }> }>;
    }
    let paths: Record<string, Record<string, Operation>>;
    beforeAll(async () => {
      paths = (await li<{ paths: typeof paths }>('GET', '/api/openapi.json')).body.paths;
    });

    /** The routes as the sources of the edges declare them. */
    const declared = (): string[] => {
      const routes: string[] = [];
      for (const name of readdirSync(EDGES, { recursive: true, encoding: 'utf8' })) {
        if (!name.endsWith('.controller.ts')) continue;
        const source = readFileSync(`${EDGES}${name}`, 'utf8');
        const base = /@Controller\('([^']+)'\)/.exec(source)?.[1];
        if (!base?.startsWith('api/')) continue;
        for (const [, verb, tail] of source.matchAll(/^ {2}@(Get|Post|Put|Patch|Delete|All)\((?:'([^']*)')?\)/gm)) {
          const path = `/${base}${tail ? `/${tail}` : ''}`.replaceAll(/:(\w+)/g, '{$1}');
          const verbs = verb === 'All' ? ['post', 'head', 'patch', 'delete'] : [verb!.toLowerCase()];
          routes.push(...verbs.map((one) => `${one} ${path}`));
        }
      }
      return routes.sort();
    };

    it('lists exactly the routes of the web API', () => {
      const listed = Object.entries(paths).flatMap(([path, verbs]) =>
        Object.keys(verbs).map((verb) => `${verb} ${path}`),
      );
      expect(declared().length).toBeGreaterThan(20);
      expect(listed.sort()).toEqual(declared());
    });

    it('says truly which routes want a login', async () => {
      for (const [path, verbs] of Object.entries(paths)) {
        if (!verbs['get'] || verbs['get'].security?.length === 0) continue;
        const answer = await fetch(`${qiao.base}${path.replaceAll(/\{\w+\}/g, ids.read)}`);
        expect([path, answer.status]).toEqual([path, 401]);
      }
    });

    it.each<[string, () => Ask, () => string]>([
      ['/api/session', () => sun, () => '/api/session'],
      ['/api/worklist', () => sun, () => '/api/worklist'],
      ['/api/reads/{id}', () => sun, () => `/api/reads/${ids.read}`],
      ['/api/reads/{id}/images', () => sun, () => `/api/reads/${ids.read}/images`],
      ['/api/reads/{id}/priors', () => sun, () => `/api/reads/${ids.read}/priors`],
      ['/api/report-texts', () => sun, () => `/api/report-texts?read=${ids.read}`],
      ['/api/hanging-rules', () => sun, () => '/api/hanging-rules'],
      ['/api/exams', () => zhao, () => '/api/exams'],
      ['/api/requests', () => zhao, () => '/api/requests'],
      ['/api/reports/{id}', () => zhao, () => `/api/reports/${ids.report}`],
      ['/api/reports/{id}/verify', () => zhao, () => `/api/reports/${ids.report}/verify`],
    ])('describes what GET %s answers', async (path, who, address) => {
      const schema = paths[path]!['get']!.responses['200']!.content!['application/json']!.schema!;
      const answer = await who()('GET', address());
      expect(answer.status).toBe(200);
      const checked = z.fromJSONSchema(closed(schema) as never).safeParse(answer.body);
      expect(checked.error?.issues ?? []).toEqual([]);
    });
  });
});

/** The schema with every described object closed, so that what is answered but not described is found too. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'properties' in copy && copy['type'] === 'object' ? { ...copy, additionalProperties: false } : copy;
}
