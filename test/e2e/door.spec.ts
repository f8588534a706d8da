import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Fhir } from 'fhir';
import { type FhirBundle, readCsv, readDicomWaveform } from '#libs/formats/ecg';
import { sampleAecg, sampleEcg } from '#libs/formats/samples';
import { hasCounterpart } from '#test/counterpart';
import { DimseSender } from '#test/dimse-sender';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import {
  BASIC_TEXT_SR,
  digestOfFile,
  ENCAPSULATED_PDF,
  smallInstance,
  type SmallInstance,
} from '#test/small-instances';
import { TusClient } from '#test/tus-client';

const run = promisify(execFile);
const CONFLICT = 0xb000;

interface Row {
  id: string;
  state: string;
  examState: string;
  studyInstanceUid: string;
  instances: number;
  patient: { number: string };
  item: { code: string } | null;
  priority: string;
  clinicalInformation: string | null;
}
interface ExamRow {
  patient: { number: string };
  state: string;
  instances: number;
  read: { id: string; state: string } | null;
  returned: { reason: string; note: string | null } | null;
}

describe('the door', () => {
  let qiao: QiaoProcess;
  let sun: Ask;
  let zhou: Ask;
  let pacs: Ask;
  let his: Ask;
  let tus: TusClient;
  const folder = mkdtempSync(join(tmpdir(), 'qiao-door-'));
  const hasDcmtk = hasCounterpart('dcmsend') && hasCounterpart('echoscu');

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    [sun, zhou, pacs, his] = await Promise.all([
      qiao.logIn('sun'),
      qiao.logIn('zhou'),
      qiao.client('pacs-zhaozhuang'),
      qiao.client('his-zhaozhuang'),
    ]);
    tus = new TusClient(qiao.base, `Bearer ${await qiao.token('pacs-zhaozhuang')}`);
  }, 180_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await qiao?.dispose();
  }, 60_000);

  const stow = (...instances: { bytes: Buffer }[]) =>
    qiao.stow(
      'pacs-zhaozhuang',
      instances.map(({ bytes }) => bytes),
    );
  const rows = async (asker: Ask, study: string): Promise<Row[]> =>
    (await asker<{ items: Row[] }>('GET', '/api/worklist?limit=200')).body.items.filter(
      (row) => row.studyInstanceUid === study,
    );
  const readOf = (study: string, asker = sun): Promise<Row> =>
    eventually(`the read of ${study}`, async () => (await rows(asker, study))[0]);
  const exams = async (patient: string): Promise<ExamRow[]> =>
    (await his<{ items: ExamRow[] }>('GET', '/api/exams?limit=200')).body.items.filter(
      (exam) => exam.patient.number === patient,
    );
  const instancesOf = async (one: SmallInstance): Promise<unknown[]> => {
    const { status, body } = await pacs<unknown[]>(
      'GET',
      `/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances`,
    );
    return status === 204 ? [] : body;
  };
  const served = async (one: SmallInstance): Promise<Buffer> => {
    const path = `/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}`;
    const answer = await fetch(`${qiao.base}${path}`, {
      headers: {
        authorization: `Bearer ${await qiao.token('pacs-zhaozhuang')}`,
        accept: 'application/dicom',
      },
    });
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  };
  const file = (name: string, bytes: Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };

  describe('DIMSE', () => {
    const one = smallInstance({ study: 'door-dimse' });

    it('answers a dcmtk echo and stores what dcmsend sends, for an AE title it knows', async () => {
      if (!hasDcmtk) return;
      const known = ['-aet', 'ZHAOZHUANG', '-aec', 'QIAO', '127.0.0.1', String(qiao.dimsePort)];
      await run('echoscu', known);
      await run('dcmsend', [...known, file('one.dcm', one.bytes)]);
      expect(await eventually('the instance', async () => (await instancesOf(one))[0])).toBeDefined();
    });

    it('refuses an AE title it does not know', async () => {
      if (!hasDcmtk) return;
      const unknown = ['-aet', 'STRANGER', '-aec', 'QIAO', '127.0.0.1', String(qiao.dimsePort)];
      await expect(run('echoscu', unknown)).rejects.toThrow();
      await expect(DimseSender.associate(qiao.dimsePort, 'STRANGER')).rejects.toThrow('A-ASSOCIATE');
    });

    it('takes the same instance by C-STORE and by STOW as one', async () => {
      const sender = await DimseSender.associate(qiao.dimsePort, 'ZHAOZHUANG');
      expect(await sender.store(one)).toBe(0);
      const answer = await stow(one);
      expect(answer.status).toBe(200);
      expect(answer.body['00081199']!.Value[0]!['00081196']).toBeUndefined();
      expect(await sender.store(one)).toBe(0);
      await sender.release();
      await eventually('the instance', async () => (await instancesOf(one))[0]);
      expect(await instancesOf(one)).toHaveLength(1);
      expect(digestOfFile(await served(one))).toBe(digestOfFile(one.bytes));
    });

    it('keeps other pixels of a known UID beside the first, says so on both ways, and serves the first', async () => {
      const first = smallInstance({ study: 'door-conflict' });
      expect((await stow(first)).status).toBe(200);
      const sender = await DimseSender.associate(qiao.dimsePort, 'ZHAOZHUANG');
      expect(await sender.store(smallInstance({ study: 'door-conflict' }))).toBe(CONFLICT);
      await sender.release();
      const answer = await stow(smallInstance({ study: 'door-conflict' }));
      expect(answer.status).toBe(200);
      expect(answer.body['00081199']!.Value[0]!['00081196']!.Value).toEqual([CONFLICT]);
      const row = await readOf(first.studyInstanceUid);
      expect(row.instances).toBe(1);
      expect(await instancesOf(first)).toHaveLength(1);
      expect(digestOfFile(await served(first))).toBe(digestOfFile(first.bytes));
    });
  });

  describe('STOW', () => {
    it('names the bad part among good ones and keeps the good', async () => {
      const [good, better] = [1, 2].map((number) => smallInstance({ study: 'door-partly', number }));
      const cut = smallInstance({ study: 'door-partly', number: 3 });
      const answer = await stow(good!, { bytes: cut.bytes.subarray(0, 3000) }, better!);
      expect(answer.status).toBe(202);
      const stored = answer.body['00081199']!.Value.map((item) => item['00081155']!.Value[0]);
      expect(stored).toEqual([good!.sopInstanceUid, better!.sopInstanceUid]);
      expect(answer.body['00081198']!.Value).toHaveLength(1);
      const nothing = await stow({ bytes: Buffer.from('no DICOM at all') });
      expect(nothing.status).toBe(409);
    });

    it('wants a token, the right type, and the study of its address', async () => {
      const one = smallInstance({ study: 'door-address' });
      const post = (headers: Record<string, string>) =>
        fetch(`${qiao.base}/dicom-web/studies`, { method: 'POST', headers, body: new Uint8Array(one.bytes) });
      const type = 'multipart/related; type="application/dicom"; boundary=x';
      expect((await post({ 'content-type': type })).status).toBe(401);
      expect((await post({ 'content-type': type, authorization: 'Bearer nonsense' })).status).toBe(401);
      const authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
      expect((await post({ 'content-type': 'text/plain', authorization })).status).toBe(415);
      const elsewhere = await qiao.stow('pacs-zhaozhuang', [one.bytes], '/dicom-web/studies/1.2.3.4');
      expect(elsewhere.status).toBe(409);
      expect(elsewhere.body['00081198']!.Value[0]!['00081197']!.Value).toEqual([0xa900]);
      expect(
        (await qiao.stow('pacs-zhaozhuang', [one.bytes], `/dicom-web/studies/${one.studyInstanceUid}`)).status,
      ).toBe(200);
    });

    it('makes one examination, one read and one patient of 16 requests at once', async () => {
      const instances = Array.from({ length: 16 }, (_, index) =>
        smallInstance({ study: 'door-16', number: index + 1, patientId: 'D-16' }),
      );
      const answers = await Promise.all(instances.map((instance) => stow(instance, instances[0]!)));
      expect(answers.map((answer) => answer.status)).toEqual(instances.map(() => 200));
      const study = instances[0]!.studyInstanceUid;
      await eventually('all 16', async () => (await readOf(study)).instances === 16);
      expect(await rows(sun, study)).toHaveLength(1);
      expect(await exams('D-16')).toHaveLength(1);
      const studies = await pacs<unknown[]>('GET', '/dicom-web/studies?PatientID=D-16');
      expect(studies.body).toHaveLength(1);
    });
  });

  describe('uploads', () => {
    const batch = randomUUID();
    const list = async () =>
      (
        await pacs<{ items: { filename: string; outcome: string; reason: string | null }[] }>(
          'GET',
          `/api/uploads/batches/${batch}`,
        )
      ).body.items;

    it('take a file in pieces, over a line that broke', async () => {
      const one = smallInstance({ study: 'door-tus', rows: 256 });
      const half = 60_000;
      const path = await tus.create(
        one.bytes.length,
        { filename: 'CD/影像/0001.dcm', batch },
        one.bytes.subarray(0, half),
      );
      expect(await tus.offset(path)).toBe(half);
      expect(await tus.patch(path, 0, one.bytes)).toBe(409);
      expect(await tus.patch(path, half, one.bytes.subarray(half))).toBe(204);
      expect(await list()).toEqual([
        expect.objectContaining({
          filename: 'CD/影像/0001.dcm',
          outcome: 'stored',
          sopInstanceUid: one.sopInstanceUid,
        }),
      ]);
      await readOf(one.studyInstanceUid);
      expect(digestOfFile(await served(one))).toBe(digestOfFile(one.bytes));
    });

    it('name the end of every file of a batch', async () => {
      const one = smallInstance({ study: 'door-batch' });
      const dicomdir = smallInstance({ study: 'door-dir', sopClassUid: '1.2.840.10008.1.3.10' });
      await tus.upload(one.bytes, { filename: 'a.dcm', batch });
      await tus.upload(one.bytes, { filename: 'again.dcm', batch });
      await tus.upload(smallInstance({ study: 'door-batch' }).bytes, { filename: 'other.dcm', batch });
      await tus.upload(Buffer.from('Autorun of this disc: see index.htm'), { filename: 'README.TXT', batch });
      await tus.upload(Buffer.alloc(0), { filename: 'empty', batch }).catch(() => undefined);
      await tus.upload(one.bytes.subarray(0, 4000), { filename: 'cut.dcm', batch });
      await tus.upload(dicomdir.bytes, { filename: 'DICOMDIR', batch });
      const ends = Object.fromEntries((await list()).map(({ filename, ...end }) => [filename, end]));
      expect(ends).toMatchObject({
        'a.dcm': { outcome: 'stored', reason: null },
        'again.dcm': { outcome: 'duplicate' },
        'other.dcm': { outcome: 'conflict' },
        'README.TXT': { outcome: 'refused', reason: expect.stringContaining('not-dicom') },
        'cut.dcm': { outcome: 'quarantined', reason: expect.stringContaining('truncated') },
        DICOMDIR: { outcome: 'refused', reason: expect.stringContaining('dicomdir') },
        empty: { outcome: 'refused' },
      });
    });
  });

  describe('ECG', () => {
    it.each([
      ['DICOM', sampleEcg({ seed: 'door-ecg', patientId: 'E-1' })[0]!.bytes, 'E-1'],
      ['aECG', sampleAecg({ seed: 'door-aecg', patientId: 'E-2' })[0]!.bytes, 'E-2'],
    ])('of format %s becomes a read whose samples are served', async (_format, bytes, patient) => {
      const posted = await his<{ outcome: string; studyInstanceUid: string; sopInstanceUid: string }>(
        'POST',
        '/api/ecg',
        bytes,
      );
      expect(posted).toMatchObject({ status: 201, body: { outcome: 'stored' } });
      expect((await his('POST', '/api/ecg', bytes)).body).toMatchObject({ outcome: 'duplicate' });
      const row = await readOf(posted.body.studyInstanceUid, zhou);
      expect(row).toMatchObject({ kind: 'ecg', patient: { number: patient }, item: { code: 'ECG-12' } });
      const { body } = await zhou<{
        computed: { code: string; value: number; unit: string }[];
        recording: { leads: { name: string; encoding: string; samples: string }[] };
      }>('GET', `/api/reads/${row.id}/ecg`);
      const lead = body.recording.leads.find((one) => one.name === 'II')!;
      expect(lead.encoding).toBe('int16');
      expect(Buffer.from(lead.samples, 'base64')).toHaveLength(5000 * 2);
      expect(body.recording.leads).toHaveLength(12);
      const computed = new Map(body.computed.map(({ code, value, unit }) => [code, { value, unit }]));
      // The sample beats 72 times a minute, give or take one.
      expect(computed.get('HR')!.unit).toBe('bpm');
      expect(Math.abs(computed.get('HR')!.value - 72)).toBeLessThanOrEqual(1);
      for (const code of ['PR', 'QRS', 'QT', 'QRS-axis']) expect(computed.get(code)!.value).toBeGreaterThan(0);
      expect((await sun('GET', `/api/reads/${row.id}/ecg`)).status).toBe(404);

      const exported = await zhou<Buffer>('GET', `/api/reads/${row.id}/ecg/dicom`);
      expect([exported.status, exported.headers.get('content-type')]).toEqual([200, 'application/dicom']);
      if (_format === 'DICOM') expect(exported.body).toEqual(bytes);
      const dicom = readDicomWaveform(exported.body);
      expect(dicom.patient.id).toBe(patient);
      const samples = dicom.leads.find(({ name }) => name === 'II')!.samples;
      expect(Buffer.from(Int16Array.from(samples).buffer).toString('base64')).toBe(lead.samples);
      const again = await zhou<Buffer>('GET', `/api/reads/${row.id}/ecg/dicom`);
      expect(again.body).toEqual(exported.body);
      expect((await sun('GET', `/api/reads/${row.id}/ecg/dicom`)).status).toBe(404);

      const csv = await zhou<Buffer | string>('GET', `/api/reads/${row.id}/ecg/csv`);
      expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
      const { patient: person, leads, startTime } = readCsv(Buffer.from(csv.body));
      expect([person.id, startTime]).toEqual([patient, dicom.startTime]);
      expect(leads.map(({ name, microvoltsPerUnit }) => [name, microvoltsPerUnit])).toEqual(
        dicom.leads.map(({ name, microvoltsPerUnit }) => [name, microvoltsPerUnit]),
      );
      expect(leads.find(({ name }) => name === 'II')!.samples).toEqual(samples);
      expect((await sun('GET', `/api/reads/${row.id}/ecg/csv`)).status).toBe(404);

      const fhir = await zhou<FhirBundle>('GET', `/api/reads/${row.id}/ecg/fhir`);
      expect([fhir.status, fhir.headers.get('content-type')]).toEqual([200, 'application/fhir+json; charset=utf-8']);
      expect(
        new Fhir()
          .validate(JSON.stringify(fhir.body), { errorOnUnexpected: true })
          .messages.filter(({ severity }) => severity === 'error'),
      ).toEqual([]);
      const [waveform, ...measured] = fhir.body.entry.map(({ resource }) => resource);
      expect(waveform).toMatchObject({
        identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${posted.body.sopInstanceUid}` }],
        subject: { identifier: { system: 'urn:qiao:org:zhaozhuang:patient', value: patient } },
        performer: [{ display: '赵庄镇卫生院' }],
        effectiveDateTime: expect.stringMatching(/T\d\d:\d\d:\d\d(\.\d+)?\+08:00$/),
      });
      expect(measured.at(-1)).toMatchObject({
        status: 'preliminary',
        derivedFrom: [{ reference: fhir.body.entry[0]!.fullUrl }],
        component: body.computed.map(({ code, value }) => ({ code: { text: code }, valueQuantity: { value } })),
      });
      expect((await zhou('GET', `/api/reads/${row.id}/ecg/fhir`)).body).toEqual(fhir.body);
      expect((await sun('GET', `/api/reads/${row.id}/ecg/fhir`)).status).toBe(404);

      const page = (query: string) => zhou<Buffer>('GET', `/api/reads/${row.id}/ecg/pdf${query}`);
      const sheets = await Promise.all(['', '?speed=50&gain=20&layout=12x1&cabrera=true', '?from=4'].map(page));
      for (const { status, headers, body: pdf } of sheets) {
        expect([status, headers.get('content-type')]).toEqual([200, 'application/pdf']);
        expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      }
      expect(new Set(sheets.map(({ body: pdf }) => pdf.toString('latin1'))).size).toBe(3);
      expect(await page('?from=11')).toMatchObject({ status: 400, body: { code: 'ecg-ended' } });
      expect((await page('?layout=2x2')).status).toBe(400);
      expect((await sun('GET', `/api/reads/${row.id}/ecg/pdf`)).status).toBe(404);
    });

    it('as a PDF is read as a document, belongs to whom its sender names, and is signed without a strip', async () => {
      const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n');
      expect(await his('POST', '/api/ecg', pdf)).toMatchObject({ status: 400, body: { code: 'no-patient-id' } });
      expect(await his('POST', '/api/ecg?patientId=E-3', pdf.subarray(0, 30))).toMatchObject({
        status: 400,
        body: { code: 'truncated' },
      });
      const name = encodeURIComponent('郑心平');
      const posted = await his<{ studyInstanceUid: string }>('POST', `/api/ecg?patientId=E-3&patientName=${name}`, pdf);
      expect(posted.status).toBe(201);
      const row = await readOf(posted.body.studyInstanceUid, zhou);
      expect(row).toMatchObject({ kind: 'ecg', patient: { number: 'E-3', name: '郑心平' } });
      expect(await zhou('GET', `/api/reads/${row.id}/ecg`)).toMatchObject({
        status: 404,
        body: { code: 'ecg-document' },
      });
      const answer = await zhou<Buffer>('GET', `/api/reads/${row.id}/ecg/document`);
      expect(answer.headers.get('content-type')).toBe('application/pdf');
      expect(answer.body).toEqual(pdf);
      expect((await sun('GET', `/api/reads/${row.id}/ecg/document`)).status).toBe(404);
      const words = { findings: '窦性心律。', impression: '正常心电图。', version: 0 };
      expect((await zhou('POST', `/api/reads/${row.id}/claim`)).status).toBe(200);
      expect((await zhou('PUT', `/api/reads/${row.id}/report`, words)).status).toBe(200);
      const password = (username: string) => ({ password: qiao.credentials.users[username] });
      expect((await zhou('POST', `/api/reads/${row.id}/submit`, password('zhou'))).status).toBe(200);
      const wu = await qiao.logIn('wu');
      expect((await wu('POST', `/api/reads/${row.id}/review`)).status).toBe(200);
      expect((await wu('POST', `/api/reads/${row.id}/sign`, password('wu'))).status).toBe(200);
    });

    it('of no known format is refused in words', async () => {
      const answer = await his('POST', '/api/ecg', Buffer.from('<html></html>'));
      expect(answer).toMatchObject({ status: 400, body: { code: 'unknown-ecg-format' } });
    });
  });

  describe('what follows', () => {
    const order = (number: string, more: Record<string, unknown>) =>
      his('POST', '/api/requests', { patient: { number, name: '李秀英' }, item: 'CT-CHEST', ...more });

    it('a request is found by its accession number', async () => {
      await order('R-1', { accessionNumber: 'DOOR1', priority: 'urgent', clinicalInformation: '咳嗽' });
      const one = smallInstance({ study: 'door-request', patientId: 'R-1', accessionNumber: 'DOOR1' });
      await stow(one);
      expect(await readOf(one.studyInstanceUid)).toMatchObject({
        priority: 'urgent',
        clinicalInformation: '咳嗽',
        item: { code: 'CT-CHEST' },
      });
    });

    it('a request is found by patient and item where the numbers differ', async () => {
      await order('R-2', { priority: 'emergency', clinicalInformation: '发热' });
      const person = { patientId: 'R-2', accessionNumber: 'X999' };
      // Whoever has another name under that number is not who was sent for this.
      const other = smallInstance({ study: 'door-request-3', ...person, patientName: '赵^铁柱' });
      await stow(other);
      expect(await readOf(other.studyInstanceUid)).toMatchObject({ priority: 'routine', clinicalInformation: null });
      const one = smallInstance({ study: 'door-request-2', ...person, patientName: '李^秀英' });
      await stow(one);
      expect(await readOf(one.studyInstanceUid)).toMatchObject({ priority: 'emergency', clinicalInformation: '发热' });
    });

    it('a read is released, claimed again, and returned to the township with its reason', async () => {
      const one = smallInstance({ study: 'door-return', patientId: 'R-3' });
      await stow(one);
      const { id } = await readOf(one.studyInstanceUid);
      expect((await sun('POST', `/api/reads/${id}/claim`)).status).toBe(200);
      expect((await sun('POST', `/api/reads/${id}/release`)).status).toBe(200);
      expect((await sun('GET', `/api/reads/${id}`)).body).toMatchObject({ state: 'open', claimedBy: null });
      expect((await sun('POST', `/api/reads/${id}/return`, { reason: 'motion' })).status).toBe(409);
      await sun('POST', `/api/reads/${id}/claim`);
      expect((await sun('POST', `/api/reads/${id}/return`, { reason: 'ugly' })).status).toBe(400);
      const returned = { reason: 'motion', note: '呼吸伪影，请重照' };
      expect((await sun('POST', `/api/reads/${id}/return`, returned)).status).toBe(200);
      expect(await exams('R-3')).toEqual([expect.objectContaining({ returned })]);
    });

    it('a late image reopens the examination, which settles again without a second read', async () => {
      const one = smallInstance({ study: 'door-late', patientId: 'R-4' });
      await stow(one);
      const { id } = await readOf(one.studyInstanceUid);
      await stow(smallInstance({ study: 'door-late', patientId: 'R-4', number: 2 }));
      await eventually('the late image', async () => (await exams('R-4'))[0]!.instances === 2);
      await eventually('settling again', async () => (await exams('R-4'))[0]!.state === 'settled');
      expect(await rows(sun, one.studyInstanceUid)).toMatchObject([{ id, instances: 2, examState: 'settled' }]);
    });

    it('documents open no read and do not count, alone or beside images', async () => {
      const document = (sopClassUid: string) =>
        smallInstance({ study: 'door-document', patientId: 'R-5', sopClassUid });
      const sr = document(BASIC_TEXT_SR);
      await stow(sr, document(ENCAPSULATED_PDF));
      await eventually('settling', async () => (await exams('R-5'))[0]?.state === 'settled');
      expect(await rows(sun, sr.studyInstanceUid)).toEqual([]);
      await stow(smallInstance({ study: 'door-document', patientId: 'R-5' }));
      expect(await readOf(sr.studyInstanceUid)).toMatchObject({ instances: 1 });
      await stow(document('1.2.840.10008.5.1.4.1.1.88.33'));
      await eventually(
        'the last document',
        async () =>
          (await pacs<unknown[]>('GET', `/dicom-web/studies/${sr.studyInstanceUid}/metadata`)).body.length === 4,
      );
      expect(await exams('R-5')).toMatchObject([{ state: 'settled', instances: 1 }]);
    });
  });
});
