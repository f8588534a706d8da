import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personName, text, texts, writeDataset, type WritableDataset } from '#libs/formats/dicom';
import { TestAuthority } from '#test/certificates';
import { hasCounterpart } from '#test/counterpart';
import { associateRequest, data, DimseClient, echoCommand, pdv } from '#test/dimse-client';
import { DimseProvider } from '#test/dimse-provider';
import { DimseUser, number, role, type ReceivedMessage } from '#test/dimse-user';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { CT_IMAGE, digestOfFile, smallInstance } from '#test/small-instances';

const run = promisify(execFile);
const STUDY_ROOT = {
  find: '1.2.840.10008.5.1.4.1.2.2.1',
  move: '1.2.840.10008.5.1.4.1.2.2.2',
  get: '1.2.840.10008.5.1.4.1.2.2.3',
};
const PATIENT_ROOT = { find: '1.2.840.10008.5.1.4.1.2.1.1', get: '1.2.840.10008.5.1.4.1.2.1.3' };
const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';

let qiao: QiaoProcess;
const folder = mkdtempSync(join(tmpdir(), 'qiao-query-'));
const own = [1, 2, 3].map((n) =>
  smallInstance({
    study: 'query-own',
    number: n,
    patientId: 'Q-1',
    patientName: 'Wang^XiaoDong=王^小东',
    accessionNumber: 'QA1',
    rows: 256,
  }),
);
const second = smallInstance({
  study: 'query-second',
  patientId: 'Q-1',
  patientName: 'Wang^XiaoDong=王^小东',
  accessionNumber: 'QA2',
});
const foreign = smallInstance({ study: 'query-foreign', patientId: 'F-1', patientName: 'Wang^Foreign' });

let authority: TestAuthority;
let tlsPort = 0;

beforeAll(async () => {
  authority = await TestAuthority.create('Devices');
  const { certificate, key } = await authority.certify('qiao');
  writeFileSync(join(folder, 'cert.pem'), certificate);
  writeFileSync(join(folder, 'key.pem'), key);
  tlsPort = await freePort();
  qiao = await QiaoProcess.start({
    QIAO_SETTLE_SECONDS: '1',
    QIAO_DIMSE_TLS_PORT: String(tlsPort),
    QIAO_DIMSE_TLS_CERT: join(folder, 'cert.pem'),
    QIAO_DIMSE_TLS_KEY: join(folder, 'key.pem'),
  });
  await qiao.stow(
    'pacs-zhaozhuang',
    [...own, second].map(({ bytes }) => bytes),
  );
  await qiao.stow('pacs-lijia', [foreign.bytes]);
  await eventually(
    'the instances to be indexed',
    async () => (await find('ZHAOZHUANG', study({ '00100020': value('LO', 'Q-1') }), 'IMAGE')).length >= 4,
  );
  const others = study({ '00100020': value('LO', 'F-1') });
  await eventually('the foreign one too', async () => (await find('LIJIA', others, 'IMAGE')).length >= 1);
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
const value = (vr: string, ...Value: string[]) => ({ vr, Value });
const study = (more: WritableDataset): WritableDataset => ({
  '00080050': { vr: 'SH' },
  '00100010': { vr: 'PN' },
  '00100020': { vr: 'LO' },
  '0020000D': { vr: 'UI' },
  ...more,
});
const at = (level: string, keys: WritableDataset): WritableDataset => ({ ...keys, '00080052': value('CS', level) });

/** All responses to one request, to the last. */
async function responses(user: DimseUser): Promise<ReceivedMessage[]> {
  const all: ReceivedMessage[] = [];
  for (;;) {
    const message = await user.message();
    all.push(message);
    if ((message.status & 0xff00) !== 0xff00) return all;
  }
}

async function find(calling: string, keys: WritableDataset, level = 'STUDY', model = STUDY_ROOT.find) {
  const user = await DimseUser.associate(qiao.dimsePort, calling, model);
  await user.send(
    0x0020,
    [
      [0x0002, model],
      [0x0700, 0],
    ],
    at(level, keys),
  );
  const all = await responses(user);
  await user.release();
  expect(all.at(-1)).toMatchObject({ status: 0 });
  return all.slice(0, -1);
}

describe('the listener', () => {
  it('has a second door for DICOM over TLS, where its settings say so', async () => {
    const socket = connect({ host: '127.0.0.1', port: tlsPort, ca: authority.certificate });
    await once(socket, 'secureConnect');
    const client = new DimseClient(socket);
    await client.send(associateRequest({ calling: 'ZHAOZHUANG' }));
    expect((await client.next())?.type).toBe(2);
    await client.send(data(pdv(1, 'command', true, echoCommand(1))));
    expect((await client.response()).status).toBe(0);
    await client.release();
  });
});

describe('C-FIND', () => {
  it('finds studies of the own organisation, with the level and what was asked', async () => {
    const found = await find('ZHAOZHUANG', study({ '00100020': value('LO', 'Q-1'), '00080054': { vr: 'AE' } }));
    expect(found.map((one) => text(one.dataSet!, '00080050')).sort()).toEqual(['QA1', 'QA2']);
    const first = found[0]!;
    expect(first.status).toBe(0xff00);
    expect(text(first.dataSet!, '00080052')).toBe('STUDY');
    expect(text(first.dataSet!, '00080054')).toBe('QIAO');
    expect(personName(first.dataSet!, '00100010').ideographic).toBe('王^小东');
  });

  it.each([
    ['a name with a wildcard', study({ '00100010': value('PN', 'wang^xiaod*') }), 'STUDY', ['QA1', 'QA2']],
    ['an ideographic name', study({ '00100010': value('PN', '王^小东') }), 'STUDY', ['QA1', 'QA2']],
    ['an accession number', study({ '00080050': value('SH', 'QA2') }), 'STUDY', ['QA2']],
    ['a list of UIDs', study({ '0020000D': value('UI', own[0]!.studyInstanceUid, '1.2.3') }), 'STUDY', ['QA1']],
    ['a range of dates', study({ '00080020': value('DA', '20260101-20260201') }), 'STUDY', ['QA1', 'QA2']],
    ['a date before', study({ '00080020': value('DA', '-20251231') }), 'STUDY', []],
    ["another organisation's UID", study({ '0020000D': value('UI', foreign.studyInstanceUid) }), 'STUDY', []],
  ] as [string, WritableDataset, string, string[]][])('matches %s', async (_what, keys, level, expected) => {
    const found = await find('ZHAOZHUANG', keys, level);
    expect(found.map((one) => text(one.dataSet!, '00080050')).sort()).toEqual(expected);
  });

  it('goes down the levels, and begins at the patient in its own model', async () => {
    const patients = await find(
      'ZHAOZHUANG',
      { '00100020': value('LO', 'Q-1'), '00100010': { vr: 'PN' } },
      'PATIENT',
      PATIENT_ROOT.find,
    );
    expect(patients).toHaveLength(1);
    const series = await find(
      'ZHAOZHUANG',
      { '0020000D': value('UI', own[0]!.studyInstanceUid), '0020000E': { vr: 'UI' }, '00201209': { vr: 'IS' } },
      'SERIES',
    );
    expect(series.map((one) => [text(one.dataSet!, '0020000E'), text(one.dataSet!, '00201209')])).toEqual([
      [own[0]!.seriesInstanceUid, '3'],
    ]);
    const images = await find(
      'ZHAOZHUANG',
      { '0020000E': value('UI', own[0]!.seriesInstanceUid), '00080018': { vr: 'UI' } },
      'IMAGE',
    );
    expect(images.map((one) => text(one.dataSet!, '00080018')).sort()).toEqual(
      own.map((one) => one.sopInstanceUid).sort(),
    );
  });

  it('says with 0xFF01 that a key is not supported', async () => {
    const found = await find(
      'ZHAOZHUANG',
      study({ '00080050': value('SH', 'QA2'), '00181030': value('LO', 'x'), '00081155': value('UI', '1.2') }),
    );
    expect(found.map((one) => one.status)).toEqual([0xff01]);
  });

  it.each([
    ['no level', study({}), '08005200'],
    ['a level that the model does not have', at('PATIENT', study({})), '08005200'],
    ['a UID that is none', at('STUDY', study({ '0020000D': value('UI', 'abc') })), '20000d00'],
    ['a date that is none', at('STUDY', study({ '00080020': value('DA', 'soon') })), '08002000'],
  ])('refuses %s and names the element', async (_what, keys, element) => {
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', STUDY_ROOT.find);
    await user.send(
      0x0020,
      [
        [0x0002, STUDY_ROOT.find],
        [0x0700, 0],
      ],
      keys as WritableDataset,
    );
    const answer = await user.message();
    expect(answer.status).toBe(0xa900);
    expect(answer.elements.get(0x0901)!.toString('hex')).toBe(element);
    await user.release();
  });

  it('answers in the characters that it was asked in, and is audited before it answers', async () => {
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', STUDY_ROOT.find);
    const keys = at('STUDY', { ...study({ '00080050': value('SH', 'QA1') }), '00080005': value('CS', 'GB18030') });
    await user.send(
      0x0020,
      [
        [0x0002, STUDY_ROOT.find],
        [0x0700, 0],
      ],
      writeDataset(keys),
    );
    const [found] = await responses(user);
    expect(found!.bytes.includes(Buffer.from('cdf55ed0a1b6ab', 'hex'))).toBe(true);
    await user.release();
    const [row] = await sql<{ outcome: string; detail: { keys: Record<string, unknown>; matches: number } }>(
      "SELECT outcome, detail FROM audit_record WHERE action = 'query' ORDER BY id DESC LIMIT 1",
    );
    expect(row).toMatchObject({ outcome: 'done', detail: { matches: 1, keys: { AccessionNumber: ['QA1'] } } });
  });

  it('writes down the try for another organisation’s study', async () => {
    expect(await find('ZHAOZHUANG', study({ '0020000D': value('UI', foreign.studyInstanceUid) }))).toEqual([]);
    const [row] = await sql<{ outcome: string }>(
      "SELECT outcome FROM audit_record WHERE action = 'query' ORDER BY id DESC LIMIT 1",
    );
    expect(row!.outcome).toBe('refused');
  });

  it('serves findscu in both models', async () => {
    if (!hasCounterpart('findscu')) return;
    for (const [model, level] of [
      ['-S', 'STUDY'],
      ['-P', 'PATIENT'],
    ]) {
      const out = mkdtempSync(join(folder, 'find-'));
      await run('findscu', [
        model!,
        '-X',
        '-od',
        out,
        '-aet',
        'ZHAOZHUANG',
        '-aec',
        'QIAO',
        '-k',
        `0008,0052=${level}`,
        '-k',
        '0010,0020=Q-1',
        '127.0.0.1',
        String(qiao.dimsePort),
      ]);
      expect(readdirSync(out)).toHaveLength(level === 'STUDY' ? 2 : 1);
    }
  });
});

describe('C-GET', () => {
  const get = async (
    calling: string,
    keys: WritableDataset,
    level: string,
    syntax = EXPLICIT,
    statusOf = (_n: number) => 0,
  ) => {
    const user = await DimseUser.associate(qiao.dimsePort, calling, STUDY_ROOT.get, {
      contexts: [
        [1, STUDY_ROOT.get, [EXPLICIT]],
        [3, CT_IMAGE, [syntax]],
      ],
      roles: [role(CT_IMAGE, false, true)],
    });
    await user.send(
      0x0010,
      [
        [0x0002, STUDY_ROOT.get],
        [0x0700, 0],
      ],
      at(level, keys),
    );
    const stored: ReceivedMessage[] = [];
    const pending: ReceivedMessage[] = [];
    for (;;) {
      const message = await user.message();
      if (message.commandField === 0x0001) {
        stored.push(message);
        await user.answer(message, statusOf(stored.length));
      } else if (message.status === 0xff00) pending.push(message);
      else {
        await user.release();
        return { stored, pending, last: message };
      }
    }
  };
  const counts = (message: ReceivedMessage): number[] =>
    [0x1020, 0x1021, 0x1022, 0x1023].map((element) => number(message, element));

  it.each([
    ['a study', { '0020000D': value('UI', own[0]!.studyInstanceUid) }, 'STUDY', own],
    ['a series', { '0020000E': value('UI', own[0]!.seriesInstanceUid) }, 'SERIES', own],
    [
      'two instances',
      { '00080018': value('UI', own[0]!.sopInstanceUid, own[2]!.sopInstanceUid) },
      'IMAGE',
      [own[0]!, own[2]!],
    ],
  ] as [string, WritableDataset, string, typeof own][])(
    'gives %s byte for byte as it was stored',
    async (_what, keys, level, expected) => {
      const { stored, pending, last } = await get('ZHAOZHUANG', keys, level);
      expect(
        stored.map((one) =>
          one.bytes.equals(
            expected.find((image) => one.elements.get(0x1000)!.toString('latin1').startsWith(image.sopInstanceUid))!
              .dataset,
          ),
        ),
      ).toEqual(expected.map(() => true));
      expect(last.status).toBe(0);
      expect(counts(last)).toEqual([-1, expected.length, 0, 0]);
      expect(counts(pending[0]!)).toEqual([expected.length - 1, 1, 0, 0]);
    },
  );

  it('writes an instance anew for a peer that takes another native syntax', async () => {
    const { stored, last } = await get(
      'ZHAOZHUANG',
      { '0020000D': value('UI', second.studyInstanceUid) },
      'STUDY',
      IMPLICIT,
    );
    expect(last.status).toBe(0);
    // Implicit VR: length where the VR stood.
    expect(stored[0]!.bytes.subarray(0, 4).toString('hex')).toBe('08000500');
    expect(stored[0]!.bytes.readUInt32LE(4)).toBeLessThan(100);
    expect(stored[0]!.bytes.subarray(-8).equals(second.dataset.subarray(-8))).toBe(true);
  });

  it('counts and names what the peer does not take', async () => {
    const keys = { '0020000D': value('UI', own[0]!.studyInstanceUid) };
    const some = await get('ZHAOZHUANG', keys, 'STUDY', EXPLICIT, (n) => (n === 1 ? 0xa700 : n === 2 ? 0xb000 : 0));
    expect(some.last.status).toBe(0xb000);
    expect(counts(some.last)).toEqual([-1, 1, 1, 1]);
    expect(texts(some.last.dataSet!, '00080058')).toEqual([own[0]!.sopInstanceUid]);
    const none = await get('ZHAOZHUANG', keys, 'STUDY', EXPLICIT, () => 0xa700);
    expect(none.last.status).toBe(0xa702);
    expect(texts(none.last.dataSet!, '00080058')).toHaveLength(3);
  });

  it("does not know another organisation's study", async () => {
    const { stored, last } = await get('ZHAOZHUANG', { '0020000D': value('UI', foreign.studyInstanceUid) }, 'STUDY');
    expect([stored.length, last.status, ...counts(last)]).toEqual([0, 0, -1, 0, 0, 0]);
    const [row] = await sql<{ outcome: string }>(
      "SELECT outcome FROM audit_record WHERE action = 'retrieve' ORDER BY id DESC LIMIT 1",
    );
    expect(row!.outcome).toBe('refused');
  });

  it('stops when it is cancelled', async () => {
    const user = await DimseUser.associate(qiao.dimsePort, 'ZHAOZHUANG', STUDY_ROOT.get, {
      contexts: [
        [1, STUDY_ROOT.get, [EXPLICIT]],
        [3, CT_IMAGE, [EXPLICIT]],
      ],
      roles: [role(CT_IMAGE, false, true)],
    });
    const id = await user.send(
      0x0010,
      [
        [0x0002, STUDY_ROOT.get],
        [0x0700, 0],
      ],
      at('STUDY', { '0020000D': value('UI', own[0]!.studyInstanceUid) }),
    );
    const first = await user.message();
    await user.cancel(id);
    await user.answer(first, 0);
    const all = await responses(user);
    expect(all.at(-1)!.status).toBe(0xfe00);
    expect(counts(all.at(-1)!)).toEqual([2, 1, 0, 0]);
    await user.release();
  });

  it.each([
    ['no UID', { '00100020': value('LO', 'Q-1') }, '20000d00'],
    ['a UID with a wildcard', { '0020000D': value('UI', '1.2.*') }, '20000d00'],
  ])('refuses %s', async (_what, keys, element) => {
    const { last } = await get('ZHAOZHUANG', keys as WritableDataset, 'STUDY');
    expect([last.status, last.elements.get(0x0901)!.toString('hex')]).toEqual([0xa900, element]);
  });

  it('serves getscu: a patient, a study', async () => {
    if (!hasCounterpart('getscu')) return;
    for (const [model, keys, expected] of [
      ['-P', ['0008,0052=PATIENT', '0010,0020=Q-1'], 4],
      ['-S', ['0008,0052=STUDY', `0020,000d=${own[0]!.studyInstanceUid}`], 3],
    ] as [string, string[], number][]) {
      const out = mkdtempSync(join(folder, 'get-'));
      await run('getscu', [
        model,
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
      expect(readdirSync(out)).toHaveLength(expected);
      const sent = new Set([...own, second].map(({ bytes }) => digestOfFile(bytes)));
      for (const file of readdirSync(out)) expect(sent.has(digestOfFile(readFileSync(join(out, file))))).toBe(true);
    }
  });
});

describe('C-MOVE', () => {
  let provider: DimseProvider;
  beforeAll(async () => {
    provider = await DimseProvider.start();
    await sql(
      "INSERT INTO application_entity (ae_title, organisation, host, port) VALUES ('ZZ_WORK', 'zhaozhuang', '127.0.0.1', $1)",
      [provider.port],
    );
    await sql(
      "INSERT INTO application_entity (ae_title, organisation, host, port) VALUES ('ZZ_DEAD', 'zhaozhuang', '127.0.0.1', 1)",
    );
    await sql("INSERT INTO application_entity (ae_title, organisation) VALUES ('ZZ_SILENT', 'zhaozhuang')");
  });
  afterAll(() => provider.stop());

  const move = async (to: string, keys: WritableDataset, calling = 'ZHAOZHUANG'): Promise<ReceivedMessage[]> => {
    const user = await DimseUser.associate(qiao.dimsePort, calling, STUDY_ROOT.move);
    await user.send(
      0x0021,
      [
        [0x0002, STUDY_ROOT.move],
        [0x0700, 0],
        [0x0600, to.length % 2 ? `${to} ` : to],
      ],
      at('STUDY', keys),
    );
    const all = await responses(user);
    await user.release();
    return all;
  };
  const OWN = { '0020000D': value('UI', own[0]!.studyInstanceUid) };

  it('sends to a device of the own organisation, naming who asked', async () => {
    const all = await move('ZZ_WORK', OWN);
    expect(all.at(-1)).toMatchObject({ status: 0 });
    expect([0x1021, 0x1022, 0x1023].map((element) => number(all.at(-1)!, element))).toEqual([3, 0, 0]);
    expect(
      provider.messages.map((one) =>
        one.bytes.equals(
          own.find((image) => one.elements.get(0x1000)!.toString('latin1').startsWith(image.sopInstanceUid))!.dataset,
        ),
      ),
    ).toEqual([true, true, true]);
    expect(provider.messages[0]!.elements.get(0x1030)!.toString('latin1').trim()).toBe('ZHAOZHUANG');
    expect(provider.requests[0]!.toString('latin1', 4, 36)).toBe('ZZ_WORK         QIAO            ');
    const [row] = await sql<{ detail: unknown }>(
      "SELECT detail FROM audit_record WHERE action = 'retrieve' ORDER BY id DESC LIMIT 1",
    );
    expect(row!.detail).toMatchObject({ by: 'C-MOVE', to: 'ZZ_WORK', instances: 3 });
  });

  it.each([
    ['nobody', 'NOBODY', 'ZHAOZHUANG'],
    ['a device without an address', 'ZZ_SILENT', 'ZHAOZHUANG'],
    ["another organisation's device", 'ZZ_WORK', 'LIJIA'],
  ])('does not know the destination: %s', async (_what, to, calling) => {
    const [only] = await move(to, OWN, calling);
    expect([only!.status, only!.elements.get(0x0901)!.toString('hex')]).toEqual([0xa801, '00000006']);
  });

  it('fails by name where the destination cannot be reached, or takes nothing', async () => {
    const dead = (await move('ZZ_DEAD', OWN)).at(-1)!;
    expect([dead.status, number(dead, 0x1022)]).toEqual([0xa702, 3]);
    expect(texts(dead.dataSet!, '00080058')).toHaveLength(3);
    provider.answerWith = () => 0x0122;
    const refused = (await move('ZZ_WORK', OWN)).at(-1)!;
    expect(refused.status).toBe(0xa702);
    provider.answerWith = () => 0;
  });

  it('serves movescu to storescp', async () => {
    if (!hasCounterpart('movescu') || !hasCounterpart('storescp')) return;
    const out = join(folder, 'moved');
    mkdirSync(out);
    const port = await freePort();
    const storescp = spawn('storescp', ['-od', out, '-aet', 'ZZ_STORE', '+xa', String(port)], { stdio: 'ignore' });
    try {
      await sql(
        "INSERT INTO application_entity (ae_title, organisation, host, port) VALUES ('ZZ_STORE', 'zhaozhuang', '127.0.0.1', $1)",
        [port],
      );
      await eventually('storescp', () =>
        run('echoscu', ['127.0.0.1', String(port)]).then(
          () => true,
          () => false,
        ),
      );
      await run('movescu', [
        '-P',
        '-aet',
        'ZHAOZHUANG',
        '-aec',
        'QIAO',
        '-aem',
        'ZZ_STORE',
        '-k',
        '0008,0052=PATIENT',
        '-k',
        '0010,0020=Q-1',
        '127.0.0.1',
        String(qiao.dimsePort),
      ]);
      const digests = readdirSync(out).map((file) => digestOfFile(readFileSync(join(out, file))));
      expect(digests.sort()).toEqual([...own, second].map(({ bytes }) => digestOfFile(bytes)).sort());
    } finally {
      storescp.kill();
    }
  });

  it('answers termscu as any peer that only wants to break off', async () => {
    if (!hasCounterpart('termscu')) return;
    // A private service of CTN's: the context is refused, and the association goes on to its end.
    await run('termscu', ['-aet', 'ZHAOZHUANG', '-aec', 'QIAO', '127.0.0.1', String(qiao.dimsePort)]).catch(
      () => undefined,
    );
    writeFileSync(join(folder, 'after.dcm'), own[0]!.bytes);
    await run('echoscu', ['-aet', 'ZHAOZHUANG', '-aec', 'QIAO', '127.0.0.1', String(qiao.dimsePort)]);
  });
});

async function freePort(): Promise<number> {
  const probe = await DimseProvider.start();
  await probe.stop();
  return probe.port;
}
