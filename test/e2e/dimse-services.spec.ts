import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personName, sequence, text, writeDataset, type DicomJson, type WritableDataset } from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';
import { ObjectStore } from '#libs/ports';
import { hasCounterpart } from '#test/counterpart';
import { DimseProvider } from '#test/dimse-provider';
import { DimseUser, number, type ReceivedMessage } from '#test/dimse-user';
import { productDatabase } from '#test/product-database';
import { productParts } from '#test/product-parts';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { smallInstance, type SmallInstance } from '#test/small-instances';

const run = promisify(execFile);
const STORAGE_COMMITMENT = '1.2.840.10008.1.20.1';
const WELL_KNOWN_INSTANCE = '1.2.840.10008.1.20.1.1';
const WORKLIST = '1.2.840.10008.5.1.4.31';
const PERFORMED_STEP = '1.2.840.10008.3.1.2.3.3';
const newUid = (): string => `2.25.${BigInt(`0x${randomBytes(12).toString('hex')}`)}`;
const ui = (value: string) => ({ vr: 'UI', Value: [value] });

let qiao: QiaoProcess;
let his: Ask;
let lijia: Ask;
const folder = mkdtempSync(join(tmpdir(), 'qiao-dimse-'));

beforeAll(async () => {
  qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
  [his, lijia] = await Promise.all([qiao.client('his-zhaozhuang'), qiao.client('his-lijia')]);
}, 180_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await qiao?.dispose();
}, 60_000);

const sql = async <R>(query: string, values: unknown[] = []): Promise<R[]> => {
  const database = await productDatabase(qiao.dataDir);
  try {
    return (await database.query(query, values)).rows as R[];
  } finally {
    await database.end();
  }
};
const setAddress = (aeTitle: string, port: number | null) =>
  sql('UPDATE application_entity SET host = $2, port = $3 WHERE ae_title = $1', [
    aeTitle,
    port === null ? null : '127.0.0.1',
    port,
  ]);

describe('storage commitment', () => {
  let provider: DimseProvider;
  const images = [1, 2, 3].map((n) => smallInstance({ study: 'commitment', number: n }));
  const damaged = smallInstance({ study: 'commitment', number: 9 });

  beforeAll(async () => {
    provider = await DimseProvider.start();
    expect(
      (
        await qiao.stow(
          'pacs-zhaozhuang',
          [...images, damaged].map(({ bytes }) => bytes),
        )
      ).status,
    ).toBe(200);
    const [row] = await sql<{ object_key: string }>(
      'SELECT object_key FROM ingest_instance WHERE sop_instance_uid = $1',
      [damaged.sopInstanceUid],
    );
    const parts = await productParts(qiao.dataDir);
    const store = parts.get(ObjectStore);
    const beginning = await store.getRange(row!.object_key, 0, 1000);
    await store.remove(row!.object_key);
    await store.putBytes(row!.object_key, beginning);
    await parts.close();
  });
  afterAll(() => provider.stop());

  const ask = (
    user: DimseUser,
    transaction: string,
    references: Pick<SmallInstance, 'sopClassUid' | 'sopInstanceUid'>[],
  ) =>
    user.send(
      0x0130,
      [
        [0x0003, STORAGE_COMMITMENT],
        [0x1001, WELL_KNOWN_INSTANCE],
        [0x1008, 1],
      ],
      {
        '00081195': ui(transaction),
        '00081199': {
          vr: 'SQ',
          Value: references.map((one) => ({ '00081150': ui(one.sopClassUid), '00081155': ui(one.sopInstanceUid) })),
        },
      },
    );
  const uids = (dataSet: DicomJson | null, tag: string): string[] =>
    sequence(dataSet ?? {}, tag).map((item) => text(item, '00081155') ?? '');

  it('is answered at once, and reported on the same association', async () => {
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', STORAGE_COMMITMENT);
    const transaction = newUid();
    await ask(user, transaction, images);
    expect(await user.message()).toMatchObject({ commandField: 0x8130, status: 0, messageId: 1 });
    const report = await user.message();
    expect([report.commandField, number(report, 0x1002)]).toEqual([0x0100, 1]);
    expect(text(report.dataSet!, '00081195')).toBe(transaction);
    expect(uids(report.dataSet, '00081199')).toEqual(images.map((one) => one.sopInstanceUid));
    expect(report.dataSet!['00081198']).toBeUndefined();
    await user.answer(report, 0);
    await user.release();
    await eventually('the request to be closed', async () => (await stateOf(transaction)) === 'reported');
  });

  const stateOf = async (transaction: string): Promise<string | undefined> =>
    (await sql<{ state: string }>('SELECT state FROM storage_commitment WHERE transaction_uid = $1', [transaction]))[0]
      ?.state;

  it('is positive only for what the store gives back whole, and names why for the rest', async () => {
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', STORAGE_COMMITMENT);
    const absent = { sopClassUid: images[0]!.sopClassUid, sopInstanceUid: newUid() };
    const otherClass = { ...images[1]!, sopClassUid: '1.2.840.10008.5.1.4.1.1.4' };
    await ask(user, newUid(), [images[0]!, absent, otherClass, damaged]);
    expect((await user.message()).status).toBe(0);
    const report = await user.message();
    expect(number(report, 0x1002)).toBe(2);
    expect(uids(report.dataSet, '00081199')).toEqual([images[0]!.sopInstanceUid]);
    const failed = sequence(report.dataSet!, '00081198').map((item) => [
      text(item, '00081155'),
      item['00081197']!.Value![0],
    ]);
    expect(failed).toEqual([
      [absent.sopInstanceUid, 0x0112],
      [otherClass.sopInstanceUid, 0x0119],
      [damaged.sopInstanceUid, 0x0110],
    ]);
    await user.answer(report, 0);
    await user.release();
  });

  it("does not commit to another organisation's instances", async () => {
    const user = await DimseUser.associate(qiao.dimsePort, 'LIJIA', STORAGE_COMMITMENT);
    await ask(user, newUid(), [images[0]!]);
    expect((await user.message()).status).toBe(0);
    const report = await user.message();
    expect(sequence(report.dataSet!, '00081198')[0]!['00081197']!.Value).toEqual([0x0112]);
    await user.answer(report, 0);
    await user.release();
  });

  it('is reported on an association of its own when the sender has gone, as provider by role selection', async () => {
    await setAddress('ZHAOZHUANG', provider.port);
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', STORAGE_COMMITMENT);
    const transaction = newUid();
    await ask(user, transaction, images);
    expect((await user.message()).status).toBe(0);
    await user.client.close();
    const report = await eventually('the report', async () => reportOf(transaction));
    expect(uids(report.dataSet, '00081199')).toHaveLength(3);
    const request = provider.requests[0]!;
    expect(request.toString('latin1', 4, 36)).toBe('ZHAOZHUANG      QIAO            ');
    expect(request.includes(Buffer.concat([Buffer.from(STORAGE_COMMITMENT), Buffer.from([0, 1])]))).toBe(true);
    await eventually('the request to be closed', async () => (await stateOf(transaction)) === 'reported');
  });

  const reportOf = async (transaction: string): Promise<ReceivedMessage | undefined> =>
    provider.messages.find((one) => text(one.dataSet!, '00081195') === transaction);

  it('is reported again until the sender takes it, over a kill of the whole product', async () => {
    provider.answerWith = () => 0x0110;
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', STORAGE_COMMITMENT);
    const transaction = newUid();
    await ask(user, transaction, [images[0]!]);
    expect((await user.message()).status).toBe(0);
    await user.client.close();
    await eventually('the first report', async () => reportOf(transaction));
    expect(await stateOf(transaction)).toBe('requested');
    await qiao.killEverything();
    provider.messages.length = 0;
    provider.answerWith = () => 0;
    await qiao.up();
    // The pauses grow to an hour; the test does not wait them out.
    await sql("UPDATE storage_commitment SET next_attempt_at = now() WHERE state = 'requested'");
    await eventually('the second report', async () => reportOf(transaction));
    await eventually('the request to be closed', async () => (await stateOf(transaction)) === 'reported');
    await setAddress('ZHAOZHUANG', null);
  });

  it.each([
    ['another action', 2, WELL_KNOWN_INSTANCE, { '00081195': ui('1.2.3') }, 0x0123],
    ['another instance', 1, '1.2.3', { '00081195': ui('1.2.3') }, 0x0112],
    ['no transaction UID', 1, WELL_KNOWN_INSTANCE, { '00081199': { vr: 'SQ', Value: [] } }, 0x0115],
    ['no references', 1, WELL_KNOWN_INSTANCE, { '00081195': ui('1.2.3') }, 0x0115],
  ] as const)('is refused for %s', async (_what, action, instance, dataSet, status) => {
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', STORAGE_COMMITMENT);
    await user.send(
      0x0130,
      [
        [0x0003, STORAGE_COMMITMENT],
        [0x1001, instance],
        [0x1008, action],
      ],
      dataSet as unknown as WritableDataset,
    );
    expect((await user.message()).status).toBe(status);
    await user.release();
  });
});

describe('modality worklist', () => {
  const order = async (asker: Ask, body: Record<string, unknown>): Promise<string> => {
    const { status, body: made } = await asker<{ id: string }>('POST', '/api/requests', body);
    expect(status).toBe(201);
    return made.id;
  };
  const WHOLE: WritableDataset = {
    '00080050': { vr: 'SH' },
    '00100010': { vr: 'PN' },
    '00100020': { vr: 'LO' },
    '0020000D': { vr: 'UI' },
    '00321060': { vr: 'LO' },
    '00400100': {
      vr: 'SQ',
      Value: [
        {
          '00080060': { vr: 'CS' },
          '00400001': { vr: 'AE' },
          '00400002': { vr: 'DA' },
          '00400003': { vr: 'TM' },
          '00400006': { vr: 'PN' },
          '00400009': { vr: 'SH' },
        },
      ],
    },
    '00401001': { vr: 'SH' },
    '00401003': { vr: 'SH' },
  };
  const step = (keys: WritableDataset): WritableDataset => ({
    ...WHOLE,
    '00400100': { vr: 'SQ', Value: [{ ...(WHOLE['00400100']!.Value![0] as WritableDataset), ...keys }] },
  });

  async function query(
    keys: WritableDataset,
    calling = 'ZHAOZHUANG',
    charset = 'ISO_IR 192',
  ): Promise<ReceivedMessage[]> {
    const user = await DimseUser.associate(qiao.dimsePort, calling, WORKLIST);
    const found: ReceivedMessage[] = [];
    const bytes = writeDataset({ ...keys, '00080005': { vr: 'CS', Value: charset.split('\\') } });
    await user.send(
      0x0020,
      [
        [0x0002, WORKLIST],
        [0x0700, 0],
      ],
      bytes,
    );
    for (;;) {
      const message = await user.message();
      if (message.status === 0xff00) found.push(message);
      else {
        expect(message.status).toBe(0);
        break;
      }
    }
    await user.release();
    return found;
  }
  const accessions = (found: ReceivedMessage[]): string[] =>
    found.map((one) => text(one.dataSet!, '00080050') ?? '').sort();

  beforeAll(async () => {
    await order(his, {
      patient: { number: 'W-1', name: '王小东', sex: 'M', birthDate: '1970-02-03' },
      item: 'CT-CHEST',
      accessionNumber: 'WL1',
      priority: 'emergency',
      schedule: { scheduledAt: '2026-03-02T09:30:00+08:00', performingPhysician: '李技师' },
    });
    await order(his, {
      patient: { number: 'W-2', name: 'Zhang San' },
      item: 'DR-CHEST',
      accessionNumber: 'WL2',
      schedule: { scheduledAt: '2026-03-03T14:00:00+08:00', stationAeTitle: 'DR01' },
    });
    await order(lijia, { patient: { number: 'L-1', name: '王小东' }, item: 'CT-CHEST', accessionNumber: 'WL3' });
  });

  it('lists what is open in the own organisation, with all that the device needs', async () => {
    const found = await query(step({ '00400002': { vr: 'DA', Value: ['20260301-20260304'] } }));
    expect(accessions(found)).toEqual(['WL1', 'WL2']);
    const first = found.find((one) => text(one.dataSet!, '00080050') === 'WL1')!.dataSet!;
    expect(personName(first, '00100010')).toMatchObject({ display: '王小东', ideographic: '王小东' });
    expect(text(first, '00401003')).toBe('STAT');
    expect(text(first, '0020000D')).toMatch(/^2\.25\.\d+$/);
    const [scheduled] = sequence(first, '00400100');
    expect([text(scheduled!, '00080060'), text(scheduled!, '00400001')]).toEqual(['CT', 'ZHAOZHUANG']);
    expect([text(scheduled!, '00400002'), text(scheduled!, '00400003')]).toEqual(['20260302', '093000']);
    expect(text(scheduled!, '00400009')).toBe(text(first, '00401001'));
  });

  it.each([
    ['a day', step({ '00400002': { vr: 'DA', Value: ['20260302'] } }), ['WL1']],
    ['an open range', step({ '00400002': { vr: 'DA', Value: ['20260303-'] } }), ['WL2']],
    [
      'a range of hours',
      step({ '00400002': { vr: 'DA', Value: ['20260302-20260303'] }, '00400003': { vr: 'TM', Value: ['1200-1500'] } }),
      ['WL2'],
    ],
    ['a modality', step({ '00080060': { vr: 'CS', Value: ['CR'] } }), ['WL2']],
    ['a station', step({ '00400001': { vr: 'AE', Value: ['DR01'] } }), ['WL1', 'WL2']],
    ['another station', step({ '00400001': { vr: 'AE', Value: ['ZHAOZHUANG'] } }), ['WL1']],
    ['a physician', step({ '00400006': { vr: 'PN', Value: ['李*'] } }), ['WL1']],
    ['a Chinese name', { ...WHOLE, '00100010': { vr: 'PN', Value: ['王*'] } }, ['WL1']],
    ['a Latin name in any case', { ...WHOLE, '00100010': { vr: 'PN', Value: ['zhang?SAN'] } }, ['WL2']],
    ['a patient number', { ...WHOLE, '00100020': { vr: 'LO', Value: ['W-2'] } }, ['WL2']],
    ['an accession number', { ...WHOLE, '00080050': { vr: 'SH', Value: ['WL1'] } }, ['WL1']],
    ["another organisation's accession number", { ...WHOLE, '00080050': { vr: 'SH', Value: ['WL3'] } }, []],
  ] as [string, WritableDataset, string[]][])('is matched by %s', async (_what, keys, expected) => {
    expect(accessions(await query(keys))).toEqual(expected);
  });

  it('is matched by the requested procedure it gave out', async () => {
    const [first] = await query({ ...WHOLE, '00080050': { vr: 'SH', Value: ['WL1'] } });
    const id = text(first!.dataSet!, '00401001')!;
    expect(id).toMatch(/^R[0-9A-F]{12}$/);
    expect(accessions(await query({ ...WHOLE, '00401001': { vr: 'SH', Value: [id] } }))).toEqual(['WL1']);
  });

  it.each([
    ['GB18030', Buffer.from('cdf5d0a1b6ab', 'hex')],
    ['\\ISO 2022 IR 58', Buffer.from('1b242941cdf5d0a1b6ab', 'hex')],
    ['ISO_IR 192', Buffer.from('王小东')],
    ['ISO_IR 100', Buffer.from('王小东')],
  ])('answers a device that speaks %s in its own characters', async (charset, name) => {
    const [found] = await query({ ...WHOLE, '00080050': { vr: 'SH', Value: ['WL1'] } }, 'ZHAOZHUANG', charset);
    expect(found!.bytes.includes(name)).toBe(true);
    expect(personName(found!.dataSet!, '00100010').ideographic).toBe('王小东');
  });

  it('refuses a date that is none, and bytes that are no data set', async () => {
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', WORKLIST);
    const elements: [number, string | number][] = [
      [0x0002, WORKLIST],
      [0x0700, 0],
    ];
    await user.send(0x0020, elements, step({ '00400002': { vr: 'DA', Value: ['tomorrow'] } }));
    const refused = await user.message();
    expect(refused.status).toBe(0xa900);
    expect(refused.elements.get(0x0901)!.toString('hex')).toBe('40000200');
    await user.send(0x0020, elements, Buffer.from('no data set at all'));
    expect((await user.message()).status).toBe(0xa900);
    await user.release();
  });

  it('is read by findscu, Chinese and all', async () => {
    if (!hasCounterpart('findscu')) return;
    const out = mkdtempSync(join(folder, 'worklist-'));
    const keys = ['0008,0005=ISO_IR 192', '0010,0010', '0008,0050=WL1', '0040,0100[0].0008,0060'];
    await run('findscu', [
      '-W',
      '-X',
      '-od',
      out,
      '-aet',
      'ZHAOZHUANG',
      '-aec',
      'QIAO',
      ...keys.flatMap((key) => ['-k', key]),
      '127.0.0.1',
      String(qiao.dimsePort),
    ]);
    const [file] = readdirSync(out);
    const { stdout } = await run('dcmdump', ['+P', '0010,0010', join(out, file!)]);
    expect(stdout).toContain('王小东');
  });

  it('does not list a request whose images have come, by its study UID alone', async () => {
    const id = await order(his, { patient: { number: 'W-9', name: '赵六' }, item: 'CT-HEAD' });
    const keys = { ...WHOLE, '00100020': { vr: 'LO', Value: ['W-9'] } };
    const [found] = await query(keys);
    const study = text(found!.dataSet!, '0020000D')!;
    const image = smallInstance({
      study: 'worklist-images',
      patientId: 'W-9',
      bodyPart: 'HEAD',
      more: { '0020000D': ui(study) },
    });
    expect((await qiao.stow('pacs-zhaozhuang', [image.bytes])).status).toBe(200);
    await eventually('the request to leave the list', async () => (await query(keys)).length === 0);
    await eventually(
      'the examination to answer the request',
      async () =>
        (await sql<{ exam_id: string | null }>('SELECT exam_id FROM exam_request WHERE id = $1', [id]))[0]!.exam_id,
    );
  });
});

describe('modality performed procedure step', () => {
  const study = sampleUid('performed', 'study');
  const begin = (more: WritableDataset = {}): WritableDataset => ({
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080060': { vr: 'CS', Value: ['CT'] },
    '00100010': { vr: 'PN', Value: ['王小东'] },
    '00100020': { vr: 'LO', Value: ['P-1'] },
    '00400241': { vr: 'AE', Value: ['CT01'] },
    '00400244': { vr: 'DA', Value: ['20260302'] },
    '00400245': { vr: 'TM', Value: ['093000'] },
    '00400252': { vr: 'CS', Value: ['IN PROGRESS'] },
    '00400253': { vr: 'SH', Value: ['PPS1'] },
    '00400270': { vr: 'SQ', Value: [{ '0020000D': ui(study), '00080050': { vr: 'SH', Value: ['PP1'] } }] },
    '00400340': { vr: 'SQ' },
    ...more,
  });
  const images = [1, 2].map((n) =>
    smallInstance({ study: 'performed', number: n, patientId: 'P-1', accessionNumber: 'PP1' }),
  );
  const end = (status: string, more: WritableDataset = {}): WritableDataset => ({
    '00400250': { vr: 'DA', Value: ['20260302'] },
    '00400251': { vr: 'TM', Value: ['094500'] },
    '00400252': { vr: 'CS', Value: [status] },
    '00400340': {
      vr: 'SQ',
      Value: [
        {
          '0020000E': ui(images[0]!.seriesInstanceUid),
          '00181030': { vr: 'LO', Value: ['Chest'] },
          '00081140': {
            vr: 'SQ',
            Value: images.map((one) => ({ '00081150': ui(one.sopClassUid), '00081155': ui(one.sopInstanceUid) })),
          },
        },
      ],
    },
    ...more,
  });
  const send = async (
    command: 'create' | 'set',
    uid: string | null,
    dataSet: WritableDataset,
  ): Promise<ReceivedMessage> => {
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', PERFORMED_STEP);
    const creates = command === 'create';
    await user.send(
      creates ? 0x0140 : 0x0120,
      [
        [creates ? 0x0002 : 0x0003, PERFORMED_STEP],
        ...(uid === null ? [] : ([[creates ? 0x1000 : 0x1001, uid]] as [number, string][])),
      ],
      dataSet,
    );
    const answer = await user.message();
    await user.release();
    return answer;
  };
  const stepOf = async (uid: string) =>
    (
      await sql<{ state: string; request_id: string | null; discontinued_because: unknown; series: string[][] }>(
        `SELECT state, request_id, discontinued_because, (SELECT json_agg(s.sop_instance_uids) FROM performed_series s WHERE s.step_id = p.id) AS series
         FROM performed_procedure_step p WHERE sop_instance_uid = $1`,
        [uid],
      )
    )[0];
  const expected = async (): Promise<unknown[]> =>
    sql('SELECT source, sop_instance_uids FROM exam_expectation WHERE study_instance_uid = $1', [study]);

  it('goes from in progress to completed, answers its request, and says which images are to come', async () => {
    const { body } = await his<{ id: string }>('POST', '/api/requests', {
      patient: { number: 'P-1', name: '王小东' },
      item: 'CT-CHEST',
      accessionNumber: 'PP1',
    });
    const uid = newUid();
    expect((await send('create', uid, begin())).status).toBe(0);
    expect(await stepOf(uid)).toMatchObject({ state: 'in-progress', request_id: body.id });
    expect((await send('create', uid, begin())).status).toBe(0x0111);
    expect((await send('set', uid, { '00400254': { vr: 'LO', Value: ['胸部'] } })).status).toBe(0);
    expect(await expected()).toEqual([]);
    expect((await send('set', uid, end('COMPLETED'))).status).toBe(0);
    const step = await stepOf(uid);
    expect(step).toMatchObject({ state: 'completed', series: [images.map((one) => one.sopInstanceUid)] });
    expect(await expected()).toEqual([{ source: 'mpps', sop_instance_uids: images.map((one) => one.sopInstanceUid) }]);
    const again = await send('set', uid, end('DISCONTINUED'));
    expect([again.status, number(again, 0x0903)]).toEqual([0x0110, 0xa710]);
  });

  it('goes from in progress to discontinued, with its reason, and expects nothing', async () => {
    const uid = newUid();
    expect((await send('create', uid, begin())).status).toBe(0);
    const reason = { '00080100': { vr: 'SH', Value: ['110513'] }, '00080104': { vr: 'LO', Value: ['Discontinued'] } };
    const discontinued = { ...end('DISCONTINUED'), '00400281': { vr: 'SQ', Value: [reason] } };
    expect((await send('set', uid, discontinued)).status).toBe(0);
    expect(await stepOf(uid)).toMatchObject({
      state: 'discontinued',
      discontinued_because: { code: '110513', meaning: 'Discontinued' },
    });
    expect((await send('set', uid, end('COMPLETED'))).status).toBe(0x0110);
  });

  it('gets its UID from us where the device leaves it out', async () => {
    const answer = await send('create', null, begin());
    expect(answer.status).toBe(0);
    const uid = answer.elements.get(0x1000)!.toString('latin1').replace(/\0$/, '');
    expect(await stepOf(uid)).toMatchObject({ state: 'in-progress' });
  });

  const without = (tag: string): WritableDataset =>
    Object.fromEntries(Object.entries(begin()).filter(([key]) => key !== tag));
  it.each([
    ['a step that begins completed', begin({ '00400252': { vr: 'CS', Value: ['COMPLETED'] } }), 0x0106],
    ['no start', without('00400244'), 0x0120],
    ['an empty modality', begin({ '00080060': { vr: 'CS' } }), 0x0121],
    ['a study UID that is none', begin({ '00400270': { vr: 'SQ', Value: [{ '0020000D': ui('abc') }] } }), 0x0106],
  ])('refuses %s', async (_what, dataSet, status) => {
    expect((await send('create', newUid(), dataSet)).status).toBe(status);
  });

  it('refuses what may not be set, completion without series, and a step it does not know', async () => {
    const uid = newUid();
    expect((await send('create', uid, begin())).status).toBe(0);
    expect((await send('set', uid, { '00080060': { vr: 'CS', Value: ['MR'] } })).status).toBe(0x0105);
    expect((await send('set', uid, { '00400252': { vr: 'CS', Value: ['DONE'] } })).status).toBe(0x0106);
    expect((await send('set', uid, { '00400252': { vr: 'CS', Value: ['COMPLETED'] } })).status).toBe(0x0120);
    expect((await send('set', newUid(), end('COMPLETED'))).status).toBe(0x0112);
    expect(await stepOf(uid)).toMatchObject({ state: 'in-progress' });
  });
});
