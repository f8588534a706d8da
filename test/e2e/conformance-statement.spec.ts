import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES } from '#libs/formats/dicom';
import { associateRequest, contextResults, CT_IMAGE_STORAGE, DimseClient, RELEASE_REQUEST } from '#test/dimse-client';
import { QiaoProcess } from '#test/qiao-process';

const STATEMENT = readFileSync(new URL('../../docs/conformance-statement.md', import.meta.url), 'utf8');
const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
/** Service classes that the statement leaves out. */
const NOT_SERVED = [
  '1.2.840.10008.5.1.1.9', // Basic Grayscale Print Management
  '1.2.840.10008.5.1.4.34.6.1', // UPS Push
  '1.2.840.10008.5.1.4.1.2.3.1', // Patient/Study Only Q/R FIND (retired)
  '1.2.840.10008.5.1.4.38.2', // Hanging Protocol FIND
  '1.2.840.10008.1.3.10', // Media Storage Directory
];

/** The UIDs in code marks of the table below this caption. */
function uidsOf(table: string): string[] {
  const [, behind = ''] = STATEMENT.split(`**Table ${table}.`);
  const rows = behind.split('\n').slice(1).join('\n').trimStart().split('\n\n')[0]!;
  return Array.from(rows.matchAll(/`(\d+(?:\.\d+)+)`/g), ([, uid]) => uid!);
}

describe('the conformance statement says what the servers do', () => {
  let qiao: QiaoProcess;
  beforeAll(async () => {
    qiao = await QiaoProcess.start();
  }, 180_000);
  afterAll(() => qiao?.dispose(), 60_000);

  /** The proposals that were accepted. */
  async function accepted(proposals: readonly [sopClass: string, syntax: string][]): Promise<string[]> {
    const found: string[] = [];
    for (let from = 0; from < proposals.length; from += 100) {
      const some = proposals.slice(from, from + 100);
      const client = await DimseClient.connect(qiao.dimsePort);
      const contexts = some.map(([sopClass, syntax], at): [number, string, string[]] => [
        2 * at + 1,
        sopClass,
        [syntax],
      ]);
      await client.send(associateRequest({ calling: 'ZHAOZHUANG', contexts }));
      const answer = await client.next();
      expect(answer?.type).toBe(0x02);
      const results = contextResults(answer!.body);
      found.push(...some.filter((_, at) => results.get(2 * at + 1) === 0).map((proposal) => proposal.join(' ')));
      await client.send(RELEASE_REQUEST);
      await client.close();
    }
    return found;
  }

  it('names every storage class and transfer syntax that the code knows', () => {
    expect(uidsOf('4.2-2').sort()).toEqual(STORAGE_SOP_CLASSES.map(({ uid }) => uid).sort());
    expect(uidsOf('4.2-3').sort()).toEqual(TRANSFER_SYNTAXES.map(({ uid }) => uid).sort());
  });

  it('is accepted class by class and syntax by syntax, and what it leaves out is not', async () => {
    const offered: [string, string][] = [
      ...[...uidsOf('4.2-1'), ...uidsOf('4.2-2')].map((uid): [string, string] => [uid, IMPLICIT_LITTLE_ENDIAN]),
      ...uidsOf('4.2-3').map((uid): [string, string] => [CT_IMAGE_STORAGE, uid]),
    ];
    expect(offered.length).toBeGreaterThan(200);
    expect(await accepted(offered)).toEqual(offered.map((one) => one.join(' ')));
    expect(await accepted(NOT_SERVED.map((uid) => [uid, IMPLICIT_LITTLE_ENDIAN]))).toEqual([]);
  });

  it('names resources of DICOMweb that are there, and none of what it says is not', async () => {
    const authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
    /** A resource answers in DICOMweb's own words even where it holds nothing; an address that is none does not. */
    const isServed = async (path: string): Promise<boolean> => {
      const answer = await fetch(`${qiao.base}/dicom-web${path}`, { headers: { authorization } });
      const body = await answer.text();
      return answer.status < 300 || (answer.status === 404 && body.includes('"code":"instance-not-found"'));
    };
    const [, section = ''] = STATEMENT.split('#### 4.2.2 ');
    const said = Array.from(section.split('### 4.3 ')[0]!.matchAll(/`(\/(?:studies|series|instances)[^`]*)`/g))
      .map(([, path]) => path!.replace('{list}', '1').replace('{path}', '7FE00010'))
      .map((path) => path.replaceAll(/\{[^}]*\}/g, '1.2.3'));
    expect(said.length).toBeGreaterThan(20);
    const missing = [];
    for (const path of said) if (!(await isServed(path))) missing.push(path);
    expect(missing).toEqual([]);
    for (const path of ['/workitems', '/studies/1.2.3/nothing', '/'])
      expect([path, await isServed(path)]).toEqual([path, false]);
  });
});
