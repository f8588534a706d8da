import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Part10Splitter, readAttributes } from '#libs/formats/dicom';
import { hasCounterpart } from '#test/counterpart';
import { hasNamespaces, insideNamespace, runInside } from '#test/network-namespace';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { smallInstance, type SmallInstance } from '#test/small-instances';
import { StoredFiles } from '#test/stored-file';
import { orthancIsInstalled, startOrthanc } from '../bench/orthanc-contender.js';

jest.setTimeout(300_000);

if (process.env['CI'] && !orthancIsInstalled())
  throw new Error("Orthanc's DICOMweb plugin is needed for the tests in CI");
const possible = insideNamespace || (hasCounterpart('Orthanc') && orthancIsInstalled() && hasNamespaces());

(insideNamespace || !possible ? describe.skip : describe)('Orthanc, in a network namespace of its own', () => {
  it('finds, retrieves and sends by DICOMweb', async () => {
    const { code, output } = await runInside('e2e/orthanc-dicomweb');
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  });
});

(insideNamespace ? describe : describe.skip)('Orthanc as a DICOMweb client', () => {
  let qiao: QiaoProcess;
  let files: StoredFiles;
  let orthanc: Awaited<ReturnType<typeof startOrthanc>>;
  const folder = mkdtempSync(join(tmpdir(), 'qiao-orthanc-'));
  const plain = smallInstance({ study: 'orthanc', patientId: 'ORTHANC-1', patientName: 'Lu^Min=陆^敏' });
  const packed = smallInstance({ study: 'orthanc', number: 2, patientId: 'ORTHANC-1' });
  const own = smallInstance({ study: 'orthanc-own', patientId: 'ORTHANC-2' });

  const pixels = (file: Buffer) => {
    const splitter = new Part10Splitter();
    const dataset = Buffer.concat([splitter.push(file), splitter.end()]);
    const { pixelData } = readAttributes(dataset, splitter.meta!.transferSyntaxUid);
    return dataset.subarray(pixelData!.offset, pixelData!.offset + pixelData!.length!);
  };
  const ask = async (path: string, body?: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${orthanc.httpPort}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  const json = async (path: string, body?: unknown) => JSON.parse((await ask(path, body)).toString()) as never;
  const known = (one: SmallInstance) =>
    qiao
      .client('pacs-zhaozhuang')
      .then((pacs) =>
        pacs(
          'GET',
          `/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}/metadata`,
        ),
      )
      .then(({ status }) => status === 200);

  beforeAll(async () => {
    [qiao, files] = await Promise.all([QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' }), StoredFiles.open()]);
    orthanc = await startOrthanc(folder, {
      DicomWeb: {
        Enable: true,
        Servers: {
          qiao: {
            Url: `${qiao.base}/dicom-web/`,
            HttpHeaders: { Authorization: `Bearer ${await qiao.token('pacs-zhaozhuang')}` },
          },
        },
      },
    });
    const rle = await files.converted(await files.put(packed.bytes), '1.2.840.10008.1.2.5');
    expect((await qiao.stow('pacs-zhaozhuang', [plain.bytes, rle])).status).toBe(200);
    for (const one of [plain, packed]) await eventually('the instance', () => known(one));
  });
  afterAll(async () => {
    await orthanc?.stop();
    await qiao?.dispose();
    files?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds our study', async () => {
    const found: Record<string, { Value: unknown }>[] = await json('/dicom-web/servers/qiao/qido', {
      Uri: '/studies',
      Arguments: { PatientID: 'ORTHANC-1' },
    });
    expect(found).toHaveLength(1);
  });

  it('retrieves it, with the pixels that were sent, compressed ones too', async () => {
    await ask('/dicom-web/servers/qiao/retrieve', { Resources: [{ Study: plain.studyInstanceUid }] });
    const ids: string[] = await json('/instances');
    expect(ids).toHaveLength(2);
    const held = await Promise.all(
      ids.map(async (id) =>
        files.converted(await files.put(await ask(`/instances/${id}/file`)), '1.2.840.10008.1.2.1'),
      ),
    );
    const wanted = [plain, packed].map((one) => pixels(one.bytes).toString('base64')).sort();
    expect(held.map((file) => pixels(file).toString('base64')).sort()).toEqual(wanted);
  });

  it('sends us a study of its own', async () => {
    const { ParentStudy } = (await json('/instances', own.bytes)) as { ParentStudy: string };
    await ask('/dicom-web/servers/qiao/stow', { Resources: [ParentStudy] });
    expect(await eventually('the study', () => known(own))).toBe(true);
  });
});
