import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildFileMeta, DICOMDIR_SOP_CLASS_UID, EXPLICIT_VR_LITTLE_ENDIAN, writeDataset } from '#libs/formats/dicom';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { send } from '#test/raw-http';
import { digestOfFile, smallInstance, type SmallInstance } from '#test/small-instances';
import { TusClient } from '#test/tus-client';
import { writeZip } from '#test/zip-writer';

interface Item {
  filename: string;
  outcome: string;
  code: string | null;
  insideArchive: boolean;
}
interface Batch {
  batch: { files: number; filesEnded: number; closedAs: string | null } | null;
  uploads: { filename: string; size: number; offset: number }[];
  counts: Record<string, number>;
  missing: string[];
  items: Item[];
  next: string | null;
}
interface ExamRow {
  patient: { number: string };
  state: string;
  instances: number;
  expectedInstances: number | null;
}

/** An index that names these files (PS3.3 section F). */
function dicomdir(paths: string[][]): Buffer {
  const meta = buildFileMeta({
    sopClassUid: DICOMDIR_SOP_CLASS_UID,
    sopInstanceUid: '2.25.4711',
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  const records = paths.map((path) => ({
    '00041430': { vr: 'CS', Value: ['IMAGE'] },
    '00041500': { vr: 'CS', Value: path },
  }));
  const body = writeDataset({ '00041130': { vr: 'CS', Value: ['DISC'] }, '00041220': { vr: 'SQ', Value: records } });
  return Buffer.concat([meta, body]);
}

describe('uploads', () => {
  let qiao: QiaoProcess;
  let pacs: Ask;
  let his: Ask;
  let lijia: Ask;
  let tus: TusClient;
  let authorization: string;

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    [pacs, his, lijia] = await Promise.all([
      qiao.client('pacs-zhaozhuang'),
      qiao.client('his-zhaozhuang'),
      qiao.client('pacs-lijia'),
    ]);
    authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
    tus = new TusClient(qiao.base, authorization);
  }, 180_000);
  afterAll(() => qiao?.dispose(), 60_000);

  const state = async (batch: string, asker = pacs): Promise<Batch> =>
    (await asker<Batch>('GET', `/api/uploads/batches/${batch}`)).body;
  const ends = async (batch: string): Promise<Record<string, string>> =>
    Object.fromEntries((await state(batch)).items.map(({ filename, outcome, code }) => [filename, code ?? outcome]));
  const announce = (batch: string, files: number, more: Record<string, unknown> = {}) =>
    pacs('POST', '/api/uploads/batches', { batch, title: '胸部CT', files, bytes: 1000, ...more });
  const open = async (asker = pacs) =>
    (await asker<{ items: { batch: string; filesEnded: number; uploads: unknown[] }[] }>('GET', '/api/uploads/batches'))
      .body.items;
  const exam = async (patient: string): Promise<ExamRow | undefined> =>
    (await his<{ items: ExamRow[] }>('GET', '/api/exams?limit=200')).body.items.find(
      (one) => one.patient.number === patient,
    );
  const served = (one: SmallInstance): Promise<Buffer> =>
    eventually('the instance', async () => {
      const path = `/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}`;
      const answer = await fetch(`${qiao.base}${path}`, { headers: { authorization, accept: 'application/dicom' } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      return answer.status === 200 && bytes;
    });
  const raw = (method: string, path: string, headers: Record<string, string> = {}, body: Buffer[] = []) =>
    send(qiao.base, path, { method, headers: { authorization, 'tus-resumable': '1.0.0', ...headers }, body });
  const patch = (path: string, offset: number, body: Buffer[]) =>
    raw('PATCH', path, { 'upload-offset': `${offset}`, 'content-type': 'application/offset+octet-stream' }, body);
  const folder = (): string[] => readdirSync(join(qiao.dataDir, 'uploads'));

  describe('by tus', () => {
    it('say what they can, when they end by themselves, and end when asked', async () => {
      const options = await raw('OPTIONS', '/api/uploads');
      expect([options.status, options.headers['tus-version'], options.headers['access-control-allow-origin']]).toEqual([
        204,
        '1.0.0',
        undefined,
      ]);
      expect(String(options.headers['tus-extension']).split(',')).toEqual(
        expect.arrayContaining(['creation', 'creation-with-upload', 'termination', 'expiration']),
      );
      const created = await raw('POST', '/api/uploads', { 'upload-length': '100' });
      expect(created.status).toBe(201);
      const fortnight = Date.parse(created.headers['upload-expires'] as string) - Date.now();
      expect(Math.round(fortnight / 86_400_000)).toBe(14);
      const path = created.headers['location']!;
      expect((await patch(path, 0, [Buffer.alloc(40)])).headers['upload-offset']).toBe('40');
      expect((await raw('DELETE', path)).status).toBe(204);
      expect((await raw('HEAD', path)).status).toBe(404);
      expect((await raw('POST', '/api/uploads', { 'upload-length': String(9 * 1024 ** 3) })).status).toBe(413);
      expect((await raw('POST', '/api/uploads', { 'tus-resumable': '0.9.0', 'upload-length': '1' })).status).toBe(400);
    });

    it('belong to their organisation: for another there is none, and the try is audited', async () => {
      const path = await tus.create(100, { filename: 'mine.dcm' });
      const other = { authorization: `Bearer ${await qiao.token('pacs-lijia')}` };
      for (const method of ['HEAD', 'PATCH', 'DELETE'])
        expect((await raw(method, path, { ...other, 'upload-offset': '0' })).status).toBe(404);
      expect(await tus.offset(path)).toBe(0);
      const database = await productDatabase(qiao.dataDir);
      const { rows } = await database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM audit_record WHERE action = 'continue-upload' AND outcome = 'refused' AND organisation = 'lijia'
         AND subject_id = $1`,
        [path.split('/').at(-1)],
      );
      await database.end();
      expect(rows[0]!.n).toBe(3);
    });

    it('of two senders at once at one place one goes on, and no byte is wrong', async () => {
      const one = smallInstance({ study: 'up-two', rows: 512 });
      const path = await tus.create(one.bytes.length, { filename: 'two.dcm' });
      const answers = await Promise.all([1, 2, 3].map(() => patch(path, 0, [one.bytes]).catch(() => ({ status: 0 }))));
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(digestOfFile(await served(one))).toBe(digestOfFile(one.bytes));
    });

    it('go on after kill -9 in the middle of a request, at the byte that was kept', async () => {
      const one = smallInstance({ study: 'up-kill', rows: 1024 });
      const batch = randomUUID();
      await announce(batch, 1);
      const path = await tus.create(one.bytes.length, { filename: 'CT/1.dcm', batch });
      const slow = (async function* () {
        for (let at = 0; at < one.bytes.length; at += 100_000) {
          yield one.bytes.subarray(at, at + 100_000);
          await sleep(100);
        }
      })();
      const sending = send(qiao.base, path, {
        method: 'PATCH',
        headers: {
          authorization,
          'tus-resumable': '1.0.0',
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream',
        },
        body: slow,
      }).catch(() => undefined);
      await eventually(
        'a good part',
        async () => ((await open())[0]?.uploads[0] as { offset: number })?.offset > 300_000,
      );
      const { gateway } = await qiao.children();
      process.kill(gateway!, 'SIGKILL');
      await sending;
      await eventually('the gateway', async () => (await fetch(`${qiao.base}/health/live`)).ok).catch(() => undefined);
      const offset = await eventually('the offset', () => tus.offset(path).catch(() => undefined));
      expect(offset).toBeGreaterThan(300_000);
      expect(await open()).toEqual([
        expect.objectContaining({
          batch,
          filesEnded: 0,
          uploads: [{ id: path.split('/').at(-1), filename: 'CT/1.dcm', size: one.bytes.length, offset }],
        }),
      ]);
      expect(await tus.patch(path, offset, one.bytes.subarray(offset))).toBe(204);
      expect(digestOfFile(await served(one))).toBe(digestOfFile(one.bytes));
      expect((await state(batch)).batch).toMatchObject({ filesEnded: 1, closedAs: 'finished' });
    });
  });

  describe('in batches', () => {
    it('are known until the last file has its end, to their organisation alone', async () => {
      const batch = randomUUID();
      const [one, other] = [1, 2].map((number) => smallInstance({ study: 'up-batch', number, patientId: 'UP-B' }));
      const sopInstanceUids = [one!.sopInstanceUid, other!.sopInstanceUid];
      expect(
        (await announce(batch, 3, { studies: [{ studyInstanceUid: one!.studyInstanceUid, sopInstanceUids }] })).status,
      ).toBe(204);
      await tus.upload(one!.bytes, { filename: 'a/1', batch });
      await tus.upload(Buffer.from('Autorun'), { filename: 'a/README.TXT', batch });
      expect(await open()).toEqual([expect.objectContaining({ batch, files: 3, filesEnded: 2, closedAs: null })]);
      expect(await open(lijia)).toEqual([]);
      expect(await state(batch, lijia)).toMatchObject({ batch: null, items: [] });
      expect(await eventually('the exam', () => exam('UP-B'))).toMatchObject({ instances: 1, expectedInstances: 2 });
      await tus.upload(other!.bytes, { filename: 'a/2', batch });
      expect(await open()).toEqual([]);
      const { batch: ended, counts } = await state(batch);
      expect([ended!.closedAs, counts]).toEqual(['finished', { stored: 2, refused: 1 }]);
      await eventually('both', async () => (await exam('UP-B'))?.instances === 2);
    });

    it('count a file once that came twice because a line broke', async () => {
      const batch = randomUUID();
      await announce(batch, 2);
      const [one, other] = [1, 2].map((number) => smallInstance({ study: 'up-again', number }));
      for (let time = 0; time < 3; time += 1) await tus.upload(one!.bytes, { filename: 'a/1', batch });
      expect(await state(batch)).toMatchObject({ batch: { filesEnded: 1, closedAs: null }, counts: { stored: 1 } });
      await tus.upload(other!.bytes, { filename: 'a/1', batch });
      expect(await state(batch)).toMatchObject({
        batch: { filesEnded: 2, closedAs: 'finished' },
        counts: { stored: 2 },
      });
    });

    it('are given up with what was begun, and what will not come is not waited for', async () => {
      const batch = randomUUID();
      const one = smallInstance({ study: 'up-given-up', patientId: 'UP-G' });
      await announce(batch, 9, { studies: [{ studyInstanceUid: one.studyInstanceUid, instances: 9 }] });
      await tus.upload(one.bytes, { filename: '1', batch });
      const path = await tus.create(1000, { filename: '2', batch }, Buffer.alloc(10));
      expect(await eventually('the exam', () => exam('UP-G'))).toMatchObject({ expectedInstances: 9 });
      expect((await lijia('DELETE', `/api/uploads/batches/${batch}`)).status).toBe(404);
      expect((await pacs('DELETE', `/api/uploads/batches/${batch}`)).status).toBe(204);
      expect((await pacs('DELETE', `/api/uploads/batches/${batch}`)).status).toBe(404);
      expect((await raw('HEAD', path)).status).toBe(404);
      expect(await open()).toEqual([]);
      await eventually('settling', async () => (await exam('UP-G'))?.state === 'settled');
    });

    it('name what their index names and nobody sent', async () => {
      const batch = randomUUID();
      await announce(batch, 2);
      const index = dicomdir([['IMG', 'A1'], ['IMG', 'A2'], ['README']]);
      await tus.upload(index, { filename: 'CD/DICOMDIR', batch });
      expect((await state(batch)).missing).toEqual([]);
      await tus.upload(smallInstance({ study: 'up-index' }).bytes, { filename: 'CD/img/a1.dcm', batch });
      const { missing, items } = await state(batch);
      expect(missing).toEqual(['CD/IMG/A2', 'CD/README']);
      expect(items[0]).toMatchObject({ filename: 'CD/DICOMDIR', outcome: 'refused', code: 'dicomdir' });
    });

    it.each([
      { batch: 'no id', title: 'x', files: 1, bytes: 1 },
      { batch: randomUUID(), title: '', files: 1, bytes: 1 },
      { batch: randomUUID(), title: 'x', files: -1, bytes: 1 },
      { batch: randomUUID(), title: 'x', files: 1, bytes: 1, studies: [{ studyInstanceUid: 'x' }] },
      {},
    ])('are announced in a form that is checked (%#)', async (body) => {
      expect(await pacs('POST', '/api/uploads/batches', body)).toMatchObject({
        status: 400,
        body: { code: 'invalid-input' },
      });
    });
  });

  describe('of archives', () => {
    const slices = (study: string, count: number) =>
      Array.from({ length: count }, (_, index) =>
        smallInstance({ study, number: index + 1, patientId: study, rows: 32 }),
      );

    it('are unpacked, file by file, each with its end', async () => {
      const batch = randomUUID();
      await announce(batch, 1);
      const [one, two, three, four] = slices('up-zip', 4);
      const gbk = Buffer.from([0xcd, 0xf5, 0xbd, 0xa8, 0xb9, 0xfa, 0x2f, 0x32]);
      const zip = writeZip([
        {
          name: 'CD/DICOMDIR',
          content: dicomdir([
            ['IM', '1'],
            ['IM', '9'],
          ]),
        },
        { name: 'CD/IM/' },
        { name: 'CD/IM/1', content: one!.bytes },
        { name: gbk, content: two!.bytes, method: 0 },
        { name: '../../../etc/passwd', content: three!.bytes },
        { name: 'cut.dcm', content: four!.bytes.subarray(0, 1500) },
        { name: 'wrong.dcm', content: four!.bytes, crc: 1 },
        { name: 'locked.dcm', content: four!.bytes, flags: 0x0801 },
        { name: 'odd.dcm', content: four!.bytes, method: 14 },
        { name: 'viewer.exe', content: Buffer.alloc(5000, 'MZ') },
        { name: '__MACOSX/._x', content: Buffer.from('junk') },
        { name: 'inner.zip', content: writeZip([{ name: '4', content: four!.bytes }]) },
        {
          name: 'deep.zip',
          content: writeZip([{ name: 'a.zip', content: writeZip([{ name: 'b', content: four!.bytes }]) }]),
        },
        { name: 'again', content: one!.bytes },
      ]);
      await tus.upload(zip, { filename: '光盘.zip', batch });
      expect(await ends(batch)).toEqual({
        '光盘.zip': 'unpacked',
        '光盘.zip/CD/DICOMDIR': 'dicomdir',
        '光盘.zip/CD/IM/1': 'stored',
        '光盘.zip/王建国/2': 'stored',
        '光盘.zip/../../../etc/passwd': 'stored',
        '光盘.zip/cut.dcm': 'truncated',
        '光盘.zip/wrong.dcm': 'zip-broken',
        '光盘.zip/locked.dcm': 'zip-encrypted',
        '光盘.zip/odd.dcm': 'zip-method',
        '光盘.zip/viewer.exe': 'not-dicom',
        '光盘.zip/inner.zip/4': 'stored',
        '光盘.zip/deep.zip/a.zip': 'zip-nested',
        '光盘.zip/again': 'duplicate',
      });
      const { batch: ended, missing, counts } = await state(batch);
      expect([ended, missing]).toMatchObject([{ files: 1, filesEnded: 1, closedAs: 'finished' }, ['光盘.zip/CD/IM/9']]);
      expect(counts).toEqual({ unpacked: 1, stored: 4, duplicate: 1, quarantined: 1, refused: 6 });
      for (const instance of [one!, two!, three!, four!])
        expect(digestOfFile(await served(instance))).toBe(digestOfFile(instance.bytes));
      expect(await eventually('the exam', () => exam('up-zip'))).toMatchObject({ expectedInstances: 4 });
      expect(folder().filter((name) => !name.endsWith('.json'))).toEqual(
        expect.not.arrayContaining([expect.stringMatching(/quarantine/)]),
      );
    });

    it('that are cut short are kept, with the reason', async () => {
      const batch = randomUUID();
      const zip = writeZip(slices('up-zip-cut', 2).map(({ bytes }, index) => ({ name: `${index}`, content: bytes })));
      await tus.upload(zip.subarray(0, -100), { filename: 'cut.zip', batch });
      expect((await state(batch)).items).toEqual([
        expect.objectContaining({ filename: 'cut.zip', outcome: 'quarantined', code: 'archive-broken' }),
      ]);
    });

    it('are no bombs: what grows out of proportion ends there', async () => {
      const batch = randomUUID();
      const [one] = slices('up-bomb', 1);
      const bomb = smallInstance({ study: 'up-bomb', number: 2, rows: 8192, pixels: Buffer.alloc(8192 * 8192 * 2) });
      const zip = writeZip([
        { name: 'zeros', content: Buffer.alloc(80_000_000) },
        { name: 'bomb.dcm', content: bomb.bytes },
        { name: 'liar.dcm', content: bomb.bytes, size: 1000 },
        { name: 'good.dcm', content: one!.bytes },
      ]);
      expect(zip.length).toBeLessThan(1_000_000);
      await tus.upload(zip, { filename: 'bomb.zip', batch });
      expect(await ends(batch)).toEqual({
        'bomb.zip': 'unpacked',
        'bomb.zip/zeros': 'zip-bomb',
        'bomb.zip/bomb.dcm': 'zip-bomb',
        'bomb.zip/liar.dcm': 'zip-broken',
        'bomb.zip/good.dcm': 'stored',
      });
    });

    it('go on where they were after kill -9, without doubling', async () => {
      const batch = randomUUID();
      const instances = slices('up-zip-kill', 150);
      const zip = writeZip([
        ...instances.map(({ bytes }, index) => ({ name: `${index}.dcm`, content: bytes })),
        { name: 'cut.dcm', content: instances[0]!.bytes.subarray(0, 1500) },
      ]);
      const sending = tus.upload(zip, { filename: 'many.zip', batch }).catch(() => undefined);
      await eventually('some files', async () => ((await state(batch)).counts['stored'] ?? 0) > 10);
      const { gateway } = await qiao.children();
      process.kill(gateway!, 'SIGKILL');
      await sending;
      await eventually(
        'the archive',
        async () => (await state(batch).catch(() => undefined))?.counts?.['unpacked'] === 1,
      );
      const { counts } = await state(batch);
      expect((counts['stored'] ?? 0) + (counts['duplicate'] ?? 0)).toBe(150);
      expect(counts['duplicate'] ?? 0).toBeLessThanOrEqual(1);
      expect(counts['quarantined']).toBe(1);
      await eventually('the exam', async () => (await exam('up-zip-kill'))?.instances === 150);
    });
  });

  it('of files with hostile names are noted in clean ones', async () => {
    const batch = randomUUID();
    await tus.upload(randomBytes(200), { filename: 'a\0b\n\u202e\ud800', batch });
    await tus.upload(randomBytes(200), { filename: 'x'.repeat(3000), batch });
    const names = (await state(batch)).items.map(({ filename }) => filename);
    expect(names).toHaveLength(2);
    expect(names[0]).not.toMatch(/\p{Cc}/u);
    expect(names[1]).toHaveLength(500);
  });
});
