import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { text, type DicomJson, type WritableDataset } from '#libs/formats/dicom';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { smallInstance, type SmallInstance } from '#test/small-instances';

const PATIENT_ID = '00100020';
const STUDY_UID = '0020000D';
const SERIES_UID = '0020000E';
const INSTANCE_UID = '00080018';

describe('QIDO-RS', () => {
  let qiao: QiaoProcess;
  let database: pg.Client;
  let pacs: Ask;
  let lijia: Ask;
  let sun: Ask;
  const ouyang = (number: number, more: WritableDataset = {}): SmallInstance =>
    smallInstance({
      study: 'qido-ouyang',
      number,
      patientId: 'Q-1',
      patientName: 'Ouyang^JianFeng=欧阳^剑锋',
      accessionNumber: 'QA1',
      more: {
        '00200010': { vr: 'SH', Value: ['SID1'] },
        '00080090': { vr: 'PN', Value: ['Chen^Wei=陈^伟'] },
        '0008103E': { vr: 'LO', Value: ['平扫 5mm'] },
        '00400275': {
          vr: 'SQ',
          Value: [{ '00400009': { vr: 'SH', Value: ['SPS1'] }, '00401001': { vr: 'SH', Value: ['RP1'] } }],
        },
        ...more,
      },
    });
  const instances = [1, 2, 3].map((number) => ouyang(number));
  const shan = smallInstance({ study: 'qido-shan', patientId: 'Q-2', patientName: '单^田芳' });
  const other = smallInstance({ study: 'qido-li', patientId: 'Q-9', patientName: 'Li^Si=李^四' });

  const ask = async (path: string, asker = pacs) => {
    const answer = await asker<DicomJson[]>('GET', `/dicom-web/${path}`);
    return { ...answer, warning: answer.headers.get('warning'), total: answer.headers.get('x-total-count') };
  };
  const found = async (path: string, tag: string, asker = pacs) => {
    const { status, body } = await ask(path, asker);
    if (status === 204) return [];
    expect(status).toBe(200);
    return body.map((item) => text(item, tag));
  };
  const audited = async (after: string) =>
    (
      await database.query(
        `SELECT actor_id, action, outcome, patient_id IS NOT NULL AS patient, subject_id FROM audit_record WHERE id > $1 ORDER BY id`,
        [after],
      )
    ).rows;
  const lastAudit = async (): Promise<string> =>
    (await database.query('SELECT coalesce(max(id), 0)::text AS id FROM audit_record')).rows[0].id;

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    database = await productDatabase(qiao.dataDir);
    [pacs, lijia, sun] = await Promise.all([
      qiao.client('pacs-zhaozhuang'),
      qiao.client('pacs-lijia'),
      qiao.logIn('sun'),
    ]);
    await qiao.stow(
      'pacs-zhaozhuang',
      [...instances, shan].map(({ bytes }) => bytes),
    );
    await qiao.stow('pacs-lijia', [other.bytes]);
    await eventually('everything filed', async () => {
      const [a, b, c] = await Promise.all([
        found('instances?PatientID=Q-1', INSTANCE_UID),
        found('studies?PatientID=Q-2', STUDY_UID),
        found('studies?PatientID=Q-9', STUDY_UID, lijia),
      ]);
      return a.length === 3 && b.length === 1 && c.length === 1;
    });
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await qiao?.dispose();
  }, 60_000);

  const [first] = instances as [SmallInstance];
  const study = first.studyInstanceUid;
  const series = first.seriesInstanceUid;

  it('a study has the attributes of PS3.18 table 10.6.3-3', async () => {
    const { body, status, headers, total } = await ask('studies?PatientID=Q-1');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/dicom+json');
    expect(total).toBe('1');
    expect(body).toEqual([
      {
        '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
        '00080020': { vr: 'DA', Value: ['20260105'] },
        '00080030': { vr: 'TM', Value: ['093000'] },
        '00080050': { vr: 'SH', Value: ['QA1'] },
        '00080056': { vr: 'CS', Value: ['ONLINE'] },
        '00080061': { vr: 'CS', Value: ['CT'] },
        '00080090': { vr: 'PN', Value: [{ Alphabetic: 'Chen^Wei', Ideographic: '陈^伟' }] },
        '00081030': { vr: 'LO', Value: ['胸部CT平扫'] },
        '00081190': { vr: 'UR', Value: [`${qiao.base}/dicom-web/studies/${study}`] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Ouyang^JianFeng', Ideographic: '欧阳^剑锋' }] },
        '00100020': { vr: 'LO', Value: ['Q-1'] },
        '00100021': { vr: 'LO', Value: ['urn:qiao:org:zhaozhuang:patient'] },
        '00100030': { vr: 'DA' },
        '00100040': { vr: 'CS' },
        '0020000D': { vr: 'UI', Value: [study] },
        '00200010': { vr: 'SH', Value: ['SID1'] },
        '00201206': { vr: 'IS', Value: [1] },
        '00201208': { vr: 'IS', Value: [3] },
      },
    ]);
  });

  it('a series and an instance have theirs', async () => {
    const [one] = (await ask(`studies/${study}/series`)).body;
    expect(one).toMatchObject({
      '00080060': { vr: 'CS', Value: ['CT'] },
      '0008103E': { vr: 'LO', Value: ['平扫 5mm'] },
      '00081190': { vr: 'UR', Value: [`${qiao.base}/dicom-web/studies/${study}/series/${series}`] },
      '0020000E': { vr: 'UI', Value: [series] },
      '00200011': { vr: 'IS', Value: [1] },
      '00201209': { vr: 'IS', Value: [3] },
      '00400275': {
        vr: 'SQ',
        Value: [{ '00400009': { vr: 'SH', Value: ['SPS1'] }, '00401001': { vr: 'SH', Value: ['RP1'] } }],
      },
    });
    expect(one!['00100010']).toBeUndefined();
    const items = (await ask(`studies/${study}/series/${series}/instances`)).body;
    expect(items.map((item) => text(item, '00200013'))).toEqual(['1', '2', '3']);
    expect(items[0]).toMatchObject({
      '00080016': { vr: 'UI', Value: [first.sopClassUid] },
      '00080018': { vr: 'UI', Value: [first.sopInstanceUid] },
      '00081190': {
        vr: 'UR',
        Value: [`${qiao.base}/dicom-web/studies/${study}/series/${series}/instances/${first.sopInstanceUid}`],
      },
      '00280010': { vr: 'US', Value: [64] },
      '00280100': { vr: 'US', Value: [16] },
    });
  });

  it.each([
    ['studies?PatientName=欧阳*', STUDY_UID, [study]],
    ['studies?PatientName=ouyang^jianfeng', STUDY_UID, [study]],
    ['studies?00100010=%3D欧阳^*', STUDY_UID, [study]],
    ['studies?PatientName=oyjf', STUDY_UID, []],
    ['studies?PatientName=oyjf&fuzzymatching=true', STUDY_UID, [study]],
    ['studies?PatientName=jianfeng%20ouyang&fuzzymatching=true', STUDY_UID, [study]],
    ['studies?PatientName=shan&fuzzymatching=true', STUDY_UID, [shan.studyInstanceUid]],
    ['studies?PatientName=dan&fuzzymatching=true', STUDY_UID, [shan.studyInstanceUid]],
    ['studies?ReferringPhysicianName=陈*', STUDY_UID, [study]],
    ['studies?AccessionNumber=QA?', STUDY_UID, [study]],
    ['studies?StudyDate=20260105&StudyTime=0900-1000&StudyID=SID1', STUDY_UID, [study]],
    ['studies?StudyDate=20260106-&PatientID=Q-1', STUDY_UID, []],
    ['studies?StudyDescription=*CT平扫&PatientID=Q-1', STUDY_UID, [study]],
    [`studies?StudyInstanceUID=${study},1.2.3`, STUDY_UID, [study]],
    ['studies?ModalitiesInStudy=MR,CT&PatientID=Q-1', STUDY_UID, [study]],
    ['studies?ModalitiesInStudy=MR&PatientID=Q-1', STUDY_UID, []],
    ['studies?PatientID=', STUDY_UID, expect.arrayContaining([study])],
    ['series?RequestAttributesSequence.ScheduledProcedureStepID=SPS1', SERIES_UID, [series]],
    ['series?00400275.00401001=RP1&RequestAttributesSequence.ScheduledProcedureStepID=SPS1', SERIES_UID, [series]],
    ['series?00400275.00401001=RP2', SERIES_UID, []],
    ['series?Modality=CT&SeriesDescription=*5mm', SERIES_UID, [series]],
    ['instances?PatientID=Q-1&InstanceNumber=2', INSTANCE_UID, [instances[1]!.sopInstanceUid]],
    [`studies/${study}/instances?InstanceNumber=3`, INSTANCE_UID, [instances[2]!.sopInstanceUid]],
    [`instances?SOPInstanceUID=${first.sopInstanceUid}`, INSTANCE_UID, [first.sopInstanceUid]],
    ['studies/1.2.3/series', SERIES_UID, []],
    ['studies/not-a-uid/series', SERIES_UID, []],
  ])('%s', async (path, tag, expected) => {
    expect(await found(path, tag)).toEqual(expected);
  });

  it('archive-wide series and instances tell of their study; within one they do not', async () => {
    expect((await ask('series?PatientID=Q-1')).body[0]).toMatchObject({ [PATIENT_ID]: { Value: ['Q-1'] } });
    expect((await ask('instances?PatientID=Q-1')).body[0]).toMatchObject({
      [PATIENT_ID]: { Value: ['Q-1'] },
      '00080060': { Value: ['CT'] },
    });
  });

  it('includefield brings more, all brings all of the level, and what is unknown is named', async () => {
    const more = await ask(
      `studies/${study}/series/${series}/instances?includefield=BitsStored,00080020,Nonsense&includefield=PhotometricInterpretation`,
    );
    expect(more.body[0]).toMatchObject({
      '00280101': { vr: 'US', Value: [16] },
      '00080020': { vr: 'DA', Value: ['20260105'] },
      '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    });
    expect(more.warning).toContain('Nonsense');
    const all = await ask(`studies/${study}/series/${series}/instances?includefield=all`);
    expect(all.body[0]).toMatchObject({ '00280103': { vr: 'US', Value: [0] }, '00081030': { vr: 'LO' } });
    const lower = await ask('studies?PatientID=Q-1&includefield=Rows');
    expect(lower.body[0]!['00280010']).toBeUndefined();
  });

  it('limit and offset page, and the answer says what is left', async () => {
    const page = await ask(`studies/${study}/instances?limit=2`);
    expect(page.body).toHaveLength(2);
    expect(page.total).toBe('3');
    expect(page.warning).toContain('There are 1 additional results that can be requested');
    const rest = await ask(`studies/${study}/instances?limit=2&offset=2`);
    expect(rest.body.map((item) => text(item, '00200013'))).toEqual(['3']);
    expect(rest.total).toBe('3');
    expect(rest.warning).toBeNull();
    expect((await ask(`studies/${study}/instances?offset=3`)).status).toBe(204);
  });

  it.each([
    ['studies?Patient=x', 'unknown-parameter'],
    ['studies?Rows=64', 'unsupported-key'],
    ['studies?StudyDate=2026-01-05', 'invalid-key'],
    ['studies?limit=many', 'bad-parameter'],
    ['studies?fuzzymatching=maybe', 'bad-parameter'],
    [`studies/${study}/series?StudyInstanceUID=1.2.3`, 'conflicting-key'],
  ])('%s is refused, and says why', async (path, code) => {
    const answer = await pacs('GET', `/dicom-web/${path}`);
    expect([answer.status, answer.body['code']]).toEqual([400, code]);
    expect(answer.headers.get('warning')).toMatch(/^299 /);
  });

  it('answers JSON, and nothing that it does not have', async () => {
    const accepting = async (accept: string) => {
      const answer = await fetch(`${qiao.base}/dicom-web/studies?PatientID=Q-1`, {
        headers: { accept, authorization: `Bearer ${await qiao.token('pacs-zhaozhuang')}` },
      });
      return [answer.status, answer.headers.get('content-type')?.split(';')[0]];
    };
    expect(await accepting('application/dicom+json')).toEqual([200, 'application/dicom+json']);
    expect(await accepting('application/json')).toEqual([200, 'application/json']);
    expect(await accepting('text/html, */*;q=0.1')).toEqual([200, 'application/dicom+json']);
    expect(await accepting('multipart/related; type="application/dicom+xml"')).toEqual([406, 'application/json']);
  });

  it('each patient told of is in the audit before the answer', async () => {
    const before = await lastAudit();
    await ask('studies?PatientID=Q-*');
    await ask('studies?PatientID=nobody');
    const mine = (await audited(before)).filter((row) => row.action === 'query-studies');
    expect(mine).toEqual([
      { actor_id: 'pacs-zhaozhuang', action: 'query-studies', outcome: 'done', patient: true, subject_id: 'studies' },
      { actor_id: 'pacs-zhaozhuang', action: 'query-studies', outcome: 'done', patient: true, subject_id: 'studies' },
      { actor_id: 'pacs-zhaozhuang', action: 'query-studies', outcome: 'done', patient: false, subject_id: 'studies' },
    ]);
  });

  it('another organisation finds nothing of it, and its tries are kept', async () => {
    const before = await lastAudit();
    for (const path of [
      `studies?StudyInstanceUID=${study}`,
      `studies/${study}/series`,
      `studies/${study}/instances`,
      `studies/${study}/series/${series}/instances`,
      `instances?SOPInstanceUID=${first.sopInstanceUid}`,
      `series?SeriesInstanceUID=${series}`,
    ]) {
      expect([path, (await ask(path, lijia)).status]).toEqual([path, 204]);
    }
    const refused = (await audited(before)).filter((row) => row.outcome === 'refused');
    expect(refused).toHaveLength(6);
    for (const path of [
      'studies?PatientID=Q-1',
      'studies?PatientName=欧阳*',
      'studies?IssuerOfPatientID=urn:qiao:org:zhaozhuang:patient',
    ]) {
      expect([path, (await ask(path, lijia)).status]).toEqual([path, 204]);
    }
    expect(await found('studies', PATIENT_ID, lijia)).not.toContain('Q-1');
  });

  it('those who read for the network see every member, told apart by the issuer of the number', async () => {
    expect((await found('studies?PatientID=Q-*', PATIENT_ID, sun)).sort()).toEqual(['Q-1', 'Q-2', 'Q-9']);
    expect(await found('studies?PatientID=Q-*&IssuerOfPatientID=urn:qiao:org:lijia:patient', PATIENT_ID, sun)).toEqual([
      'Q-9',
    ]);
  });
});
