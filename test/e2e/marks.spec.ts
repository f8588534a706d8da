import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import {
  buildFileMeta,
  buildKeyObjectSelection,
  buildMeasurementReport,
  documentBytes,
  EXPLICIT_VR_LITTLE_ENDIAN,
  Part10Splitter,
  readAttributes,
  text,
  type DicomJson,
  type DocumentOrigin,
  type Mark,
} from '#libs/formats/dicom';
import { sampleCt } from '#libs/formats/samples';
import { hasCounterpart } from '#test/counterpart';
import { faultsByDciodvfy } from '#test/dciodvfy';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { oneOfEachKind } from '#test/sample-marks';

interface Document {
  kind: 'SR' | 'KO';
  revision: number;
  state: string;
  sopInstanceUid: string;
  seriesInstanceUid: string;
}
interface Marks {
  version: number;
  marks: (Mark & { author: { name: string }; at: string })[];
  keyImages: { sopInstanceUid: string; frame: number }[];
  documents: Document[];
  elsewhere: {
    sopInstanceUid: string;
    manufacturer: string;
    observer: string | null;
    marks: Mark[];
    keyImages: unknown[];
    notUnderstood: number;
  }[];
}
interface Row {
  id: string;
  examId: string;
  examState: string;
  instances: number;
  studyInstanceUid: string;
  patient: { number: string };
}

function headerOf(file: Uint8Array): DicomJson {
  const splitter = new Part10Splitter();
  const dataset = Buffer.concat([splitter.push(Buffer.from(file)), splitter.end()]);
  return readAttributes(dataset, splitter.meta!.transferSyntaxUid, { complete: true }).attributes;
}
function fileOf(document: DicomJson): Buffer {
  const meta = buildFileMeta({
    sopClassUid: text(document, '00080016')!,
    sopInstanceUid: text(document, '00080018')!,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  return Buffer.concat([meta, documentBytes(document)]);
}

describe('marks of a reading and their documents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qiao-marks-'));
  let qiao: QiaoProcess;
  let database: pg.Client;
  let sun: Ask;
  let qian: Ask;
  let read: Row;
  const files = sampleCt({
    slices: 3,
    seed: `marks-${process.pid}-${Date.now()}`,
    patientId: 'MK-0001',
    patientName: 'Wang^JianGuo=王^建国',
    sex: 'M',
    birthDate: '19491231',
  });
  const headers = files.map(({ bytes }) => headerOf(bytes));
  const uids = headers.map((header) => text(header, '00080018')!);
  const marks = [...oneOfEachKind(uids[0]!), ...oneOfEachKind(uids[1]!).slice(0, 2)];
  const passwords = (user: string) => ({ password: qiao.credentials.users[user] });

  const image = {
    sopClassUid: text(headers[2]!, '00080016')!,
    sopInstanceUid: uids[2]!,
    seriesInstanceUid: text(headers[2]!, '0020000E')!,
    multiFrame: false,
    header: headers[2]!,
  };
  const elsewhere = (sopInstanceUid: string): DocumentOrigin => ({
    image: headers[2]!,
    sopInstanceUid,
    seriesInstanceUid: '2.25.4000',
    seriesNumber: 90,
    instanceNumber: 1,
    madeAt: new Date('2026-01-05T03:00:00Z'),
    author: { name: 'Elsewhere^Anna', organization: 'Elsewhere' },
  });
  const theirMark = { ...oneOfEachKind(uids[2]!)[6]!, id: '2.25.4999' };
  const theirs = [
    buildMeasurementReport({ origin: elsewhere('2.25.4001'), marks: [theirMark], images: [image] }),
    buildMeasurementReport({
      origin: elsewhere('2.25.4002'),
      marks: [theirMark],
      images: [image],
      predecessor: { sopInstanceUid: '2.25.4001', seriesInstanceUid: '2.25.4000' },
    }),
    buildKeyObjectSelection({
      origin: { ...elsewhere('2.25.4003'), seriesInstanceUid: '2.25.4010' },
      title: 'for-teaching',
      images: [{ ...image, frame: 1 }],
    }),
  ].map((document) => ({ ...document, '00080070': { vr: 'LO', Value: ['Elsewhere'] } }));

  const current = async (): Promise<Marks> => (await sun<Marks>('GET', `/api/reads/${read.id}/marks`)).body;
  const latest = ({ documents }: Marks, kind: string): Document | undefined =>
    documents.findLast((one) => one.kind === kind);
  const stored = (kind: string, revision: number): Promise<Document> =>
    eventually(`${kind} ${revision} to be stored`, async () => {
      const document = latest(await current(), kind);
      return document?.revision === revision && document.state === 'stored' && document;
    });
  const count = async (sql: string, ...parameters: unknown[]): Promise<number> =>
    Number((await database.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`, parameters)).rows[0]!.n);
  async function fetched(document: Document): Promise<Buffer> {
    const path = `/dicom-web/studies/${read.studyInstanceUid}/series/${document.seriesInstanceUid}/instances/${document.sopInstanceUid}`;
    return eventually(`${document.kind} ${document.revision} by WADO`, async () => {
      const authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
      const answer = await fetch(`${qiao.base}${path}`, { headers: { authorization, accept: 'application/dicom' } });
      return answer.status === 200 && Buffer.from(await answer.arrayBuffer());
    });
  }
  async function saveMarks(these: readonly Mark[]) {
    const { version } = await current();
    return sun('PUT', `/api/reads/${read.id}/marks`, { marks: these, version });
  }
  async function saveDraft(keyImages: { sopInstanceUid: string; frame: number }[]) {
    const { draft } = (await sun<{ draft: { version: number } | null }>('GET', `/api/reads/${read.id}`)).body;
    const words = {
      findings: '右肺上叶磨玻璃结节。',
      impression: '建议随访。',
      keyImages,
      version: draft?.version ?? 0,
    };
    expect((await sun('PUT', `/api/reads/${read.id}/report`, words)).status).toBe(200);
  }

  beforeAll(async () => {
    qiao = await QiaoProcess.start();
    database = await productDatabase(qiao.dataDir);
    [sun, qian] = await Promise.all([qiao.logIn('sun'), qiao.logIn('qian')]);
    const sent = await qiao.stow('pacs-zhaozhuang', [...files.map(({ bytes }) => bytes), ...theirs.map(fileOf)]);
    expect(sent.status).toBe(200);
    read = await eventually('the read', async () => {
      const { body } = await sun<{ items: Row[] }>('GET', '/api/worklist?state=open,assigned');
      return body.items.find((item) => item.patient.number === 'MK-0001');
    });
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await qiao?.dispose();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('are none at first, but for what came from elsewhere: the latest of it, with its source', async () => {
    const { marks: own, version, documents, elsewhere: found } = await current();
    expect([own, version, documents]).toEqual([[], 0, []]);
    expect(found.map((one) => [one.sopInstanceUid, one.manufacturer, one.notUnderstood]).sort()).toEqual([
      ['2.25.4002', 'Elsewhere', 0],
      ['2.25.4003', 'Elsewhere', 0],
    ]);
    const [report, selection] = [
      found.find((one) => one.marks.length > 0)!,
      found.find((one) => one.keyImages.length > 0)!,
    ];
    // Three hundred points, more than metadata carry.
    expect(report).toMatchObject({ observer: 'Elsewhere Anna', marks: [theirMark] });
    expect(selection.keyImages).toEqual([{ sopInstanceUid: uids[2], frame: 1 }]);
  });

  it('are saved by who claimed the read, by version, on images of the examination', async () => {
    const path = `/api/reads/${read.id}/marks`;
    expect(await sun('PUT', path, { marks, version: 0 })).toMatchObject({
      status: 409,
      body: { code: 'not-claimed-by-you' },
    });
    expect((await sun('POST', `/api/reads/${read.id}/claim`)).status).toBe(200);
    expect(await qian('PUT', path, { marks, version: 0 })).toMatchObject({
      status: 409,
      body: { code: 'not-claimed-by-you' },
    });
    expect(await sun('PUT', path, { marks: marks.slice(0, 2), version: 0 })).toMatchObject({
      status: 200,
      body: { version: 1 },
    });
    expect(await sun('PUT', path, { marks, version: 1 })).toMatchObject({ status: 200, body: { version: 2 } });
    const stale = await sun('PUT', path, { marks: [], version: 1 });
    expect(stale).toMatchObject({ status: 409, body: { code: 'stale-marks' } });
    expect(await sun('PUT', path, { marks: [], version: 0 })).toMatchObject({
      status: 409,
      body: { code: 'stale-marks' },
    });
    const [first] = marks;
    for (const wrong of [
      { ...first, points: [[1, 2]] },
      { ...first, id: 'mine' },
      { ...first, text: 'a\0b' },
      { ...first, calibration: 'unknown' },
      { ...first, values: [{ quantity: 'length', value: 1, unit: 'HU' }] },
    ])
      expect(await sun('PUT', path, { marks: [wrong], version: 2 })).toMatchObject({
        status: 400,
        body: { code: 'invalid-input' },
      });
    for (const astray of [
      { ...first, sopInstanceUid: '1.2.3' },
      { ...first, frame: 2 },
      { ...first, sopInstanceUid: '2.25.4002' },
    ])
      expect(await sun('PUT', path, { marks: [astray], version: 2 })).toMatchObject({
        status: 400,
        body: { code: 'unknown-image' },
      });
    const now = (await current()).marks;
    expect(now.map(({ author, at: _at, ...mark }) => [author.name, mark])).toEqual(
      marks.map((mark) => ['孙医生', mark]),
    );
    expect(now[0]!.at < now[2]!.at).toBe(true);
  });

  it('are nobody else’s: another speciality’s read is not there, and the try is written down', async () => {
    const zhou = await qiao.logIn('zhou');
    const before = await count(`audit_record WHERE outcome = 'refused' AND subject_id = $1`, read.id);
    expect((await zhou('GET', `/api/reads/${read.id}/marks`)).status).toBe(404);
    expect((await zhou('PUT', `/api/reads/${read.id}/marks`, { marks, version: 2 })).status).toBe(404);
    expect((await zhou('POST', `/api/reads/${read.id}/marks/save`)).status).toBe(404);
    expect(await count(`audit_record WHERE outcome = 'refused' AND subject_id = $1`, read.id)).toBe(before + 3);
    expect((await (await qiao.logIn('zhao'))('GET', `/api/reads/${read.id}/marks`)).status).toBe(403);
    expect(
      await count(`audit_record WHERE action = 'view-marks' AND patient_id IS NOT NULL AND subject_id = $1`, read.id),
    ).toBeGreaterThan(0);
  });

  it('become one SR and one KO when asked, and the same again makes no other', async () => {
    await saveDraft([
      { sopInstanceUid: uids[1]!, frame: 1 },
      { sopInstanceUid: uids[0]!, frame: 1 },
    ]);
    for (let time = 0; time < 2; time += 1) {
      const asked = await sun<{ documents: Document[] }>('POST', `/api/reads/${read.id}/marks/save`);
      expect(asked.status).toBe(202);
      expect(asked.body.documents.map(({ kind, revision }) => [kind, revision])).toEqual([
        ['KO', 1],
        ['SR', 1],
      ]);
    }
    for (const kind of ['SR', 'KO']) {
      const document = await stored(kind, 1);
      const path = join(folder, `${kind}.dcm`);
      const bytes = await fetched(document);
      writeFileSync(path, bytes);
      expect(text(headerOf(bytes), '00100020')).toBe('MK-0001');
      if (hasCounterpart('dciodvfy')) expect((await faultsByDciodvfy(path)).errors).toEqual([]);
      if (!hasCounterpart('dsrdump')) continue;
      const { stdout } = await promisify(execFile)('dsrdump', ['+Pl', '+Pu', '+U8', path]);
      const wanted =
        kind === 'SR' ? ['56.1775', '右肺上叶结节，长径', '=孙医生', '王^建国'] : ['Of Interest', uids[0]!, uids[1]!];
      for (const words of wanted) expect(stdout).toContain(words);
    }
    const { body: series } = await sun<Record<string, { Value?: unknown[] }>[]>(
      'GET',
      `/dicom-web/studies/${read.studyInstanceUid}/series`,
    );
    expect(series.map((one) => one['00080060']!.Value![0]).sort()).toEqual(['CT', 'KO', 'KO', 'SR', 'SR']);
  });

  it('join the examination without reopening it, without another read, and count for nothing', async () => {
    const { body } = await sun<Row>('GET', `/api/reads/${read.id}`);
    expect(body).toMatchObject({ examState: 'settled', instances: 3 });
    expect(await count(`state_transition WHERE subject_id = $1 AND event = 'reopen'`, read.examId)).toBe(0);
    expect(
      await count('read r JOIN exam e ON e.id = r.exam_id WHERE e.study_instance_uid = $1', read.studyInstanceUid),
    ).toBe(1);
    expect(await count('identity_doubt WHERE exam_id = $1', read.examId)).toBe(0);
    expect(await count('instance WHERE exam_id = $1 AND counts', read.examId)).toBe(3);
    expect(await count('instance WHERE exam_id = $1', read.examId)).toBe(8);
  });

  it('are harmless when they are sent again, and when they are made again', async () => {
    const document = await stored('SR', 1);
    const before = await fetched(document);
    expect((await qiao.stow('pacs-zhaozhuang', [before])).status).toBe(200);
    // As after a crash behind the store and before the commit.
    await database.query(`UPDATE reading_document SET state = 'waiting', stored_at = NULL WHERE read_id = $1`, [
      read.id,
    ]);
    await database.query(
      `UPDATE outbox_delivery SET done_at = NULL, touched_at = now() - interval '1 hour' WHERE reaction = 'reading.on-documents-asked'`,
    );
    await stored('SR', 1);
    await stored('KO', 1);
    expect((await fetched(document)).equals(before)).toBe(true);
    expect(await count('ingest_instance WHERE study_instance_uid = $1', read.studyInstanceUid)).toBe(8);
    expect(await count('instance_beside WHERE study_instance_uid = $1', read.studyInstanceUid)).toBe(0);
  });

  it('goes out with the template it was made of, and not with blanks that are left open', async () => {
    const { items } = (
      await sun<{ items: { id: string; version: number; name: string; findings: string; impression: string }[] }>(
        'GET',
        `/api/report-texts?read=${read.id}`,
      )
    ).body;
    const { keyImages: chosen } = (await sun<{ draft: Pick<Marks, 'keyImages'> }>('GET', `/api/reads/${read.id}`)).body
      .draft;
    const { id, version, findings, impression } = items.find(({ name }) => name === '肺结节')!;
    const state = async () =>
      (await sun<{ draft: { version: number; templates: unknown[] } }>('GET', `/api/reads/${read.id}`)).body.draft;
    const save = async (part: object) =>
      sun('PUT', `/api/reads/${read.id}/report`, { findings, impression, version: (await state()).version, ...part });
    const unknown = await save({ templates: [{ id, version: version + 1 }] });
    expect([unknown.status, unknown.body['code']]).toEqual([400, 'unknown-template']);
    expect((await save({ templates: [{ id, version }] })).status).toBe(200);
    expect((await state()).templates).toEqual([{ id, version }]);
    const refused = await sun('POST', `/api/reads/${read.id}/submit`, passwords('sun'));
    expect([refused.status, refused.body['code']]).toEqual([400, 'blanks-open']);
    expect(refused.body['findings']).toContain('[长径]');
    expect(refused.body['detail']).toContain('[左|右]');
    const sides = { findings: '左肺上叶见结节，约8mm。', impression: '右肺上叶结节，约8mm。' };
    const saved = await save({ ...sides, templates: [] });
    const [contradiction] = saved.body['contradictions'] as { code: string; key: string }[];
    expect(contradiction).toMatchObject({ code: 'side-in-report', text: '右肺', against: '左肺' });
    const contradicts = await sun('POST', `/api/reads/${read.id}/submit`, passwords('sun'));
    expect(contradicts).toMatchObject({
      status: 409,
      body: { code: 'report-contradicts', contradictions: [contradiction] },
    });
    const { body: detail } = await sun('GET', `/api/reads/${read.id}`);
    expect(detail['contradictions']).toEqual([contradiction]);
    await saveDraft(chosen);
  });

  it('submitting makes a new one of what has changed, even while the store has no room and the worker dies', async () => {
    expect(await saveMarks(marks.slice(1))).toMatchObject({ status: 200 });
    const organisation = 'zhaozhuang';
    await database.query('INSERT INTO organisation_quota (organisation, max_instances) VALUES ($1, 1)', [organisation]);
    const { worker } = await qiao.children();
    process.kill(worker!, 'SIGKILL');
    expect(await sun('POST', `/api/reads/${read.id}/submit`, passwords('sun'))).toMatchObject({ status: 200 });
    expect(await sun('PUT', `/api/reads/${read.id}/marks`, { marks, version: 3 })).toMatchObject({
      status: 409,
      body: { code: 'draft-locked' },
    });
    await eventually('a try that finds no room', async () =>
      count(
        `outbox_delivery WHERE reaction = 'reading.on-documents-asked' AND last_error LIKE '%quota%' AND failed_at IS NULL`,
      ),
    );
    expect(latest(await current(), 'SR')).toMatchObject({ revision: 2, state: 'waiting' });
    await database.query('DELETE FROM organisation_quota WHERE organisation = $1', [organisation]);
    await database.query(`UPDATE outbox_delivery SET touched_at = now() - interval '2 hours' WHERE done_at IS NULL`);
    const second = headerOf(await fetched(await stored('SR', 2)));
    const first = latest(await current(), 'SR')!;
    expect(JSON.stringify(second['0040A360'])).toContain(
      (await current()).documents.find((one) => one.kind === 'SR')!.sopInstanceUid,
    );
    expect(first.seriesInstanceUid).toBe(text(second, '0020000E'));
    // The key images did not change, and the earlier report stays kept.
    expect((await current()).documents.map(({ kind, revision }) => [kind, revision])).toEqual([
      ['KO', 1],
      ['SR', 1],
      ['SR', 2],
    ]);
    await fetched((await current()).documents.find((one) => one.kind === 'SR')!);
  });

  it('what was taken back is withdrawn when the report is sent back and submitted again', async () => {
    expect((await qian('POST', `/api/reads/${read.id}/send-back`, { reason: '测量有误' })).status).toBe(200);
    expect(await saveMarks([])).toMatchObject({ status: 200 });
    await saveDraft([]);
    expect((await sun('POST', `/api/reads/${read.id}/submit`, passwords('sun'))).status).toBe(200);
    const withdrawn = await fetched(await stored('SR', 3));
    expect(JSON.stringify(headerOf(withdrawn))).toContain('此前的测量已全部撤回');
    expect(latest(await current(), 'KO')).toMatchObject({ revision: 2, state: 'void' });
  });

  it('do not stand in the way of the signature, which covers the images that were read', async () => {
    expect((await qian('POST', `/api/reads/${read.id}/review`)).status).toBe(200);
    const signed = await qian<{ reportId: string }>('POST', `/api/reads/${read.id}/sign`, passwords('qian'));
    expect(signed.status).toBe(200);
    const { rows } = await database.query<{ uids: string[] }>(
      `SELECT array(SELECT one->>'sopInstanceUid' FROM jsonb_array_elements(content->'instances') one) AS uids
       FROM report_version WHERE report_id = $1`,
      [signed.body.reportId],
    );
    expect(rows[0]!.uids.sort()).toEqual([...uids, '2.25.4001', '2.25.4002', '2.25.4003'].sort());
    expect(await count(`outbox_delivery WHERE failed_at IS NOT NULL`)).toBe(0);
  });
});
