import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hasCounterpart } from '#test/counterpart';
import { hasNamespaces, insideNamespace, runInside } from '#test/network-namespace';
import { OrthancProcess } from '#test/orthanc-process';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { digestOfFile, smallInstance } from '#test/small-instances';

jest.setTimeout(300_000);

const possible = insideNamespace || (hasCounterpart('Orthanc') && hasNamespaces());
const HTTP_PORT = 18_042;
const DICOM_PORT = 14_242;

(insideNamespace || !possible ? describe.skip : describe)('Orthanc, in a network namespace of its own', () => {
  it('sends, asks, retrieves, and is committed to', async () => {
    const { code, output } = await runInside('e2e/dimse-orthanc');
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  });
});

(insideNamespace ? describe : describe.skip)('Orthanc as a peer', () => {
  let qiao: QiaoProcess;
  let orthanc: OrthancProcess;
  const images = [1, 2, 3].map((n) =>
    smallInstance({ study: 'orthanc', number: n, patientId: 'O-1', patientName: 'Ouyang^Xiu=欧阳^修', rows: 256 }),
  );
  const digests = images.map(({ bytes }) => digestOfFile(bytes)).sort();
  let ids: string[] = [];

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    const database = await productDatabase(qiao.dataDir);
    await database.query(
      "INSERT INTO application_entity (ae_title, organisation, host, port) VALUES ('ORTHANC', 'zhaozhuang', '127.0.0.1', $1)",
      [DICOM_PORT],
    );
    await database.end();
    orthanc = await OrthancProcess.start({
      aeTitle: 'ORTHANC',
      httpPort: HTTP_PORT,
      dicomPort: DICOM_PORT,
      modalities: { qiao: ['QIAO', '127.0.0.1', qiao.dimsePort] },
    });
  });
  afterAll(async () => {
    await orthanc?.stop();
    await qiao?.dispose();
  });

  const held = async (): Promise<string[]> => {
    const database = await productDatabase(qiao.dataDir);
    const { rows } = await database.query<{ digest: string }>(
      'SELECT digest FROM ingest_instance WHERE study_instance_uid = $1 ORDER BY digest',
      [images[0]!.studyInstanceUid],
    );
    await database.end();
    return rows.map((row) => row.digest);
  };

  it('is answered an echo', async () => {
    await orthanc.ask('POST', '/modalities/qiao/echo', {});
  });

  it('sends, and what it sent is kept bit by bit', async () => {
    for (const { bytes } of images) {
      ids.push((await orthanc.ask<{ ID: string }>('POST', '/instances', bytes)).ID);
    }
    const sent = await orthanc.ask<{ InstancesCount: number; FailedInstancesCount: number }>(
      'POST',
      '/modalities/qiao/store',
      { Resources: ids, Synchronous: true },
    );
    expect(sent).toMatchObject({ InstancesCount: 3, FailedInstancesCount: 0 });
    expect(await held()).toEqual(digests);
  });

  it('is told that what it sent is committed to, and what it did not is not', async () => {
    const commitment = async (instances: [string, string][]) => {
      const { ID } = await orthanc.ask<{ ID: string }>('POST', '/modalities/qiao/storage-commitment', {
        DicomInstances: instances,
      });
      return eventually('the report', async () => {
        const report = await orthanc.ask<{ Status: string; Failures?: { Reason?: number; Description?: string }[] }>(
          'GET',
          `/storage-commitment/${ID}`,
        );
        return report.Status === 'Pending' ? null : report;
      });
    };
    const all = images.map((one): [string, string] => [one.sopClassUid, one.sopInstanceUid]);
    expect(await commitment(all)).toMatchObject({ Status: 'Success' });
    const failed = await commitment([...all, [images[0]!.sopClassUid, '1.2.3.4.5']]);
    expect(failed.Status).toBe('Failure');
    expect(failed.Failures).toHaveLength(1);
  });

  it('asks by C-FIND and receives by C-MOVE what it has lost', async () => {
    const answers = async (query: Record<string, string>, level = 'Study') => {
      const { ID } = await orthanc.ask<{ ID: string }>('POST', '/modalities/qiao/query', {
        Level: level,
        Query: query,
      });
      return { id: ID, found: await orthanc.ask<string[]>('GET', `/queries/${ID}/answers`) };
    };
    await eventually(
      'the study to be found',
      async () => (await answers({ PatientName: '欧阳^修' })).found.length === 1,
    );
    const pacs = await qiao.client('pacs-zhaozhuang');
    await eventually(
      'all of its images to be filed',
      async () => (await pacs<unknown[]>('GET', '/dicom-web/instances?PatientID=O-1')).body.length === digests.length,
    );
    const { id, found } = await answers({ PatientID: 'O-1', PatientName: '' });
    expect(found).toHaveLength(1);
    const answer = await orthanc.ask<Record<string, { Value: string }>>('GET', `/queries/${id}/answers/0/content`);
    expect(JSON.stringify(answer)).toContain('欧阳');
    for (const one of ids) await orthanc.ask('DELETE', `/instances/${one}`);
    expect(await orthanc.ask<string[]>('GET', '/instances')).toEqual([]);
    await orthanc.ask('POST', `/queries/${id}/retrieve`, { TargetAet: 'ORTHANC', Synchronous: true });
    ids = await orthanc.ask<string[]>('GET', '/instances');
    const received = await Promise.all(ids.map((one) => orthanc.ask<Buffer>('GET', `/instances/${one}/file`)));
    expect(received.map(digestOfFile).sort()).toEqual(digests);
  });
});
