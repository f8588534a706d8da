import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Part10Splitter, readAttributes, text } from '#libs/formats/dicom';
import { hasCounterpart } from '#test/counterpart';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { TusClient } from '#test/tus-client';

const root = process.env['QIAO_TEST_DATA'];
if (root === undefined) throw new Error('Set QIAO_TEST_DATA to the folder of real files.');

interface Row {
  id: string;
  studyInstanceUid: string;
  instances: number;
  modality: string;
}
interface Lead {
  name: string;
  encoding: 'int16' | 'int32';
  samples: string;
  sampleRateHz: number;
  microvoltsPerUnit: number;
  baselineMicrovolts: number;
  derived: boolean;
}

/** Real files of many makers through every door; what comes out is on the doctors' list. */
describe('the main job over real files', () => {
  let qiao: QiaoProcess;
  let sun: Ask;
  let zhou: Ask;
  let pacs: Ask;

  beforeAll(async () => {
    qiao = await QiaoProcess.start();
    [sun, zhou, pacs] = await Promise.all([qiao.logIn('sun'), qiao.logIn('zhou'), qiao.client('pacs-zhaozhuang')]);
  }, 180_000);
  afterAll(() => qiao?.dispose(), 60_000);

  const folder = (name: string): string => join(root, 'dicom', name);
  const files = (name: string): { name: string; bytes: Buffer }[] =>
    readdirSync(folder(name))
      .sort()
      .map((file) => ({ name: file, bytes: readFileSync(join(folder(name), file)) }));
  const uidsOf = (bytes: Buffer) => {
    const splitter = new Part10Splitter();
    const dataset = Buffer.concat([splitter.push(bytes), splitter.end()]);
    const { attributes } = readAttributes(dataset, splitter.meta!.transferSyntaxUid, { complete: true });
    const [study, series, instance] = ['0020000D', '0020000E', '00080018'].map((tag) => text(attributes, tag) || null);
    return { study, series, instance };
  };
  const readsOf = async (asker: Ask, studies: ReadonlySet<string>): Promise<Row[]> => {
    const { body } = await asker<{ items: Row[] }>('GET', '/api/worklist?limit=200');
    return body.items.filter((row) => studies.has(row.studyInstanceUid));
  };
  const studiesIn = (all: { bytes: Buffer }[]) => new Set(all.map(({ bytes }) => uidsOf(bytes).study!));

  it('a CT series by dcmsend', async () => {
    if (!hasCounterpart('dcmsend')) return;
    const sent = files('series-ct-28');
    await promisify(execFile)('dcmsend', [
      '-aet',
      'ZHAOZHUANG',
      '-aec',
      'QIAO',
      '127.0.0.1',
      String(qiao.dimsePort),
      '+sd',
      '+r',
      folder('series-ct-28'),
    ]);
    const studies = studiesIn(sent);
    await eventually('the reads', async () => {
      const reads = await readsOf(sun, studies);
      return reads.length === studies.size && reads.reduce((sum, row) => sum + row.instances, 0) === sent.length;
    });
  }, 120_000);

  it('an MR series by STOW', async () => {
    const sent = files('series-mr-196');
    const answer = await qiao.stow(
      'pacs-zhaozhuang',
      sent.map(({ bytes }) => bytes),
    );
    expect(answer.status).toBe(200);
    expect(answer.body['00081199']!.Value).toHaveLength(sent.length);
    const studies = studiesIn(sent);
    await eventually('the reads', async () => {
      const reads = await readsOf(sun, studies);
      return reads.length === studies.size && reads.reduce((sum, row) => sum + row.instances, 0) === sent.length;
    });
  }, 120_000);

  it('a folder of every transfer syntax by upload: each file’s end by name, one read a study', async () => {
    const sent = files('transfer-syntax').map((file) => ({ ...file, uids: uidsOf(file.bytes) }));
    const tus = new TusClient(qiao.base, `Bearer ${await qiao.token('pacs-zhaozhuang')}`);
    const batch = randomUUID();
    for (const { name, bytes } of sent) await tus.upload(bytes, { filename: `transfer-syntax/${name}`, batch });
    const { body } = await pacs<{ items: { filename: string; outcome: string; reason: string | null }[] }>(
      'GET',
      `/api/uploads/batches/${batch}`,
    );
    expect(body.items.map((item) => item.filename).sort()).toEqual(sent.map(({ name }) => `transfer-syntax/${name}`));
    const counts: Record<string, number> = {};
    for (const { outcome } of body.items) counts[outcome] = (counts[outcome] ?? 0) + 1;
    process.stdout.write(`transfer-syntax: ${JSON.stringify(counts)}\n`);
    const complete = sent.filter(({ uids }) => uids.study && uids.series && uids.instance);
    const unusable = sent.filter((file) => !complete.includes(file)).map(({ name }) => `transfer-syntax/${name}`);
    const quarantined = body.items.filter((item) => item.outcome === 'quarantined');
    expect(quarantined.map((item) => item.filename).sort()).toEqual(unusable);
    for (const item of quarantined) expect(item.reason).toMatch(/^missing-uid: /);
    const instances = new Set(complete.map(({ uids }) => uids.instance));
    expect(counts['stored']).toBe(instances.size);
    expect(counts['refused']).toBeUndefined();
    const again = (counts['duplicate'] ?? 0) + (counts['re-encoded'] ?? 0) + (counts['conflict'] ?? 0);
    expect(again).toBe(complete.length - instances.size);
    const studies = new Set(complete.map(({ uids }) => uids.study!));
    process.stdout.write(`transfer-syntax: ${studies.size} studies, ${unusable.length} files without UIDs\n`);
    await eventually('the reads', async () => (await readsOf(sun, studies)).length >= studies.size);
    const reads = await readsOf(sun, studies);
    expect(reads).toHaveLength(studies.size);
    expect(reads.reduce((sum, row) => sum + row.instances, 0)).toBe(instances.size);
  }, 180_000);

  it('an ECG as DICOM and as aECG: the same recording, sample for sample', async () => {
    const recordingOf = async (name: string, query = ''): Promise<Lead[]> => {
      const posted = await pacs<{ studyInstanceUid: string }>(
        'POST',
        `/api/ecg${query}`,
        readFileSync(join(root, 'ecg', name)),
      );
      expect([name, posted.status]).toEqual([name, 201]);
      const row = await eventually(
        `the read of ${name}`,
        async () => (await readsOf(zhou, new Set([posted.body.studyInstanceUid])))[0],
      );
      const ecg = await zhou<{ recording: { leads: Lead[] } }>('GET', `/api/reads/${row.id}/ecg`);
      return ecg.body.recording.leads.filter((lead) => !lead.derived);
    };
    const who = '?patientId=ECG-0001&patientName=%E5%BC%A0%E4%B8%89';
    const dicom = await recordingOf('dicom/ECGToolkit__Example.dcm', who);
    const aecg = await recordingOf('aecg/ECGToolkit__Example.xml', who);
    const other = await recordingOf('dicom/pydicom__waveform_ecg.dcm', '?patientId=ECG-0002');
    expect(other.length).toBeGreaterThanOrEqual(8);
    const microvolts = (lead: Lead): number[] => {
      const bytes = Buffer.from(lead.samples, 'base64');
      const wide = lead.encoding === 'int32';
      return Array.from({ length: bytes.length / (wide ? 4 : 2) }, (_, index) => {
        const sample = wide ? bytes.readInt32LE(index * 4) : bytes.readInt16LE(index * 2);
        return Math.round((sample * lead.microvoltsPerUnit + lead.baselineMicrovolts) * 1000) / 1000;
      });
    };
    const shared = dicom.filter((lead) => aecg.some((one) => one.name === lead.name));
    expect(shared.length).toBeGreaterThanOrEqual(8);
    for (const lead of shared) {
      const twin = aecg.find((one) => one.name === lead.name)!;
      expect(twin.sampleRateHz).toBe(lead.sampleRateHz);
      expect(microvolts(twin)).toEqual(microvolts(lead));
    }
  }, 120_000);
});
