import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleCt } from '#libs/formats/samples';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';

/** The main job from the township's modality to the next doctor who need not repeat it; each step is a stage of the house. */
describe('the golden path', () => {
  let qiao: QiaoProcess;
  let sun: Ask;
  let qian: Ask;
  let zhao: Ask;
  let hisZhaozhuang: Ask;
  let readId = '';
  let reportId = '';
  const idCard = '11010519491231002X';
  const patient = { number: 'GP-0001', name: '王建国', sex: 'M', birthDate: '1949-12-31' };
  const seed = `golden-${process.pid}-${Date.now()}`;
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
  const files = sampleCt({
    slices: 6,
    seed,
    studyDate: today,
    studyTime: '000100',
    patientId: patient.number,
    patientName: 'Wang^JianGuo=王^建国',
    sex: 'M',
    birthDate: '19491231',
    accessionNumber: 'GP0001',
  });

  interface Row {
    id: string;
    state: string;
    studyInstanceUid: string;
    instances: number;
    patient: { number: string };
    allowed: string[];
  }

  beforeAll(async () => {
    qiao = await QiaoProcess.startOnNothing();
    [sun, qian, zhao, hisZhaozhuang] = await Promise.all([
      qiao.logIn('sun'),
      qiao.logIn('qian'),
      qiao.logIn('zhao'),
      qiao.client('his-zhaozhuang'),
    ]);
  }, 180_000);
  afterAll(() => qiao?.dispose(), 60_000);

  it('patients · worklist: the township orders a chest CT', async () => {
    const made = await hisZhaozhuang('POST', '/api/requests', {
      patient,
      idCard,
      item: 'CT-CHEST',
      accessionNumber: 'GP0001',
      clinicalInformation: '胸痛2小时',
      priority: 'emergency',
    });
    expect(made.status).toBe(201);
    expect((await zhao('GET', '/api/requests')).body).toMatchObject({ items: [{ accessionNumber: 'GP0001' }] });
  });

  it('ingest: its PACS stores the images, twice, and nothing is doubled', async () => {
    const once = await qiao.stow(
      'pacs-zhaozhuang',
      files.map((file) => file.bytes),
    );
    const twice = await qiao.stow(
      'pacs-zhaozhuang',
      files.map((file) => file.bytes),
    );
    for (const answer of [once, twice]) {
      expect(answer.status).toBe(200);
      expect(answer.body['00081199']!.Value).toHaveLength(files.length);
    }
  });

  it('catalogue · worklist: the examination settles and opens an emergency read, on top, with its request', async () => {
    const row = await eventually('the read', async () => {
      const { body } = await sun<{ items: Row[] }>('GET', '/api/worklist?state=open,assigned');
      return body.items.find((item) => item.patient.number === patient.number);
    });
    readId = row.id;
    expect(row).toMatchObject({
      state: 'assigned',
      priority: 'emergency',
      instances: files.length,
      item: { code: 'CT-CHEST' },
      clinicalInformation: '胸痛2小时',
      organisation: { code: 'zhaozhuang' },
      assignee: { name: '孙医生' },
    });
    const { body } = await sun<{ items: Row[] }>('GET', '/api/worklist?state=open,assigned');
    expect(body.items[0]!.id).toBe(readId);
  });

  it('catalogue: the stored instance is the one that was sent', async () => {
    const { body: read } = await sun<Row>('GET', `/api/reads/${readId}`);
    const series = await sun<Record<string, { Value: string[] }>[]>(
      'GET',
      `/dicom-web/studies/${read.studyInstanceUid}/series`,
    );
    const seriesUid = series.body[0]!['0020000E']!.Value[0]!;
    const metadata = await sun<Record<string, { Value: unknown[] }>[]>(
      'GET',
      `/dicom-web/studies/${read.studyInstanceUid}/series/${seriesUid}/metadata`,
    );
    expect(metadata.body).toHaveLength(files.length);
    const uid = String(metadata.body[0]!['00080018']!.Value[0]);
    const frame = await sun<Buffer>(
      'GET',
      `/dicom-web/studies/${read.studyInstanceUid}/series/${seriesUid}/instances/${uid}/frames/1`,
    );
    const boundary = /boundary="(.*)"/.exec(frame.headers.get('content-type')!)![1]!;
    const start = frame.body.indexOf('\r\n\r\n') + 4;
    const pixels = frame.body.subarray(start, frame.body.lastIndexOf(`\r\n--${boundary}--`));
    expect(pixels).toHaveLength(512 * 512 * 2);
    const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(files.map(({ bytes }) => sha(bytes.subarray(bytes.length - pixels.length)))).toContain(sha(pixels));
  });

  it('reading: claimed, drafted, saved by version, submitted with the author’s signature', async () => {
    expect((await sun('POST', `/api/reads/${readId}/claim`)).status).toBe(200);
    const { studyInstanceUid } = (await sun<Row>('GET', `/api/reads/${readId}`)).body;
    const { body: metadata } = await sun<Record<string, { Value: string[] }>[]>(
      'GET',
      `/dicom-web/studies/${studyInstanceUid}/metadata`,
    );
    const keyImages = [{ sopInstanceUid: metadata[2]!['00080018']!.Value[0]!, frame: 1 }];
    const draft = { findings: '右肺上叶见磨玻璃结节，直径约8mm。', impression: '右肺上叶结节，建议随访。', keyImages };
    const saved = await sun<{ version: number }>('PUT', `/api/reads/${readId}/report`, { ...draft, version: 0 });
    expect(saved).toMatchObject({ status: 200, body: { version: 1 } });
    const stale = await sun('PUT', `/api/reads/${readId}/report`, { ...draft, impression: '旧', version: 0 });
    expect(stale).toMatchObject({ status: 409, body: { code: 'stale-draft' } });
    const wrong = await sun('POST', `/api/reads/${readId}/submit`, { password: 'not mine' });
    expect(wrong).toMatchObject({ status: 403, body: { code: 'wrong-password' } });
    const submitted = await sun('POST', `/api/reads/${readId}/submit`, { password: qiao.credentials.users['sun'] });
    expect(submitted.status).toBe(200);
  });

  it('reading: another doctor reviews; the author cannot', async () => {
    expect((await sun('POST', `/api/reads/${readId}/review`)).status).toBe(403);
    expect((await sun<Row>('GET', `/api/reads/${readId}`)).body.allowed).toEqual(['grade']);
    expect((await qian('POST', `/api/reads/${readId}/sign`, { password: qiao.credentials.users['qian'] })).status).toBe(
      409,
    );
    expect((await qian('POST', `/api/reads/${readId}/review`)).status).toBe(200);
  });

  it('report: signed, valid, and final', async () => {
    const signed = await qian<{ reportId: string }>('POST', `/api/reads/${readId}/sign`, {
      password: qiao.credentials.users['qian'],
    });
    expect(signed.status).toBe(200);
    reportId = signed.body.reportId;
    expect((await qian('GET', '/api/worklist')).body).toMatchObject({ today: { done: 1, overdue: 0 } });
    expect((await qian('GET', `/api/reports/${reportId}/verify`)).body).toEqual({
      verdict: 'valid',
      testCa: true,
      pdf: true,
      author: true,
      reviewer: true,
      content: true,
    });
    const again = await qian('POST', `/api/reads/${readId}/sign`, { password: qiao.credentials.users['qian'] });
    expect(again.status).toBe(409);
    const pdf = await zhao<Buffer>('GET', `/api/reports/${reportId}/pdf`);
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-');
    // The image of choice is on the page.
    expect(pdf.body.includes('/DCTDecode')).toBe(true);
  });

  it('the township sees the report in its list at once', async () => {
    const { body } = await zhao<{ items: { patient: { number: string }; report: { id: string } | null }[] }>(
      'GET',
      '/api/exams',
    );
    expect(body.items.find((item) => item.patient.number === patient.number)?.report?.id).toBe(reportId);
  });

  it('delivery: the township’s HIS pulls it by FHIR; the other township gets nothing', async () => {
    interface Bundle {
      resourceType: string;
      entry?: { resource: { id: string; status: string; presentedForm: { url: string }[]; conclusion: string } }[];
    }
    const query = `/fhir/R4/DiagnosticReport?patient.identifier=urn:qiao:org:zhaozhuang:patient|${patient.number}&status=final`;
    const { body } = await hisZhaozhuang<Bundle>('GET', query);
    expect(body.entry).toHaveLength(1);
    expect(body.entry![0]!.resource).toMatchObject({
      id: reportId,
      status: 'final',
      conclusion: '右肺上叶结节，建议随访。',
    });
    const lijia = await qiao.client('his-lijia');
    expect((await lijia<Bundle>('GET', query)).body.entry ?? []).toEqual([]);
    for (const path of [`DiagnosticReport/${reportId}`, `Binary/${reportId}`]) {
      expect((await hisZhaozhuang('GET', `/fhir/R4/${path}`)).status).toBe(200);
      expect((await lijia('GET', `/fhir/R4/${path}`)).status).toBe(404);
    }
  });

  it('recognition: who would order it again is told that it exists, and decides', async () => {
    const lijia = await qiao.client('his-lijia');
    interface Answer {
      cards: { uuid: string; summary: string; links: { url: string }[] }[];
    }
    const { status, body } = await lijia<Answer>('POST', '/cds-services/mutual-recognition', {
      hook: 'order-sign',
      hookInstance: '1a2b3c4d-0000-4000-8000-0000000000aa',
      context: {
        userId: 'Practitioner/li',
        patientId: 'p1',
        draftOrders: {
          resourceType: 'Bundle',
          entry: [
            {
              resource: {
                resourceType: 'ServiceRequest',
                id: 'draft-1',
                status: 'draft',
                intent: 'order',
                code: { coding: [{ system: 'urn:qiao:item', code: 'CT-CHEST' }] },
              },
            },
          ],
        },
      },
      prefetch: {
        patient: { resourceType: 'Patient', id: 'p1', identifier: [{ system: 'urn:qiao:id-card', value: idCard }] },
      },
    });
    expect(status).toBe(200);
    expect(body.cards).toHaveLength(1);
    expect(body.cards[0]!.links[0]!.url).toContain(reportId);
    const feedback = {
      feedback: [
        {
          card: body.cards[0]!.uuid,
          outcome: 'overridden',
          overrideReason: { reason: { code: '1' } },
          outcomeTimestamp: new Date().toISOString(),
        },
      ],
    };
    expect((await lijia('POST', '/cds-services/mutual-recognition/feedback', feedback)).status).toBe(200);
    const looked = await (await qiao.logIn('li'))('GET', `/api/reports/${reportId}`);
    expect(looked.status).toBe(200);
  });
});
