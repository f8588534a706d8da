import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';

const root = process.env['QIAO_TEST_DATA'];
if (root === undefined) throw new Error('Set QIAO_TEST_DATA to the folder of real files.');

/** Leads that are served (the derived ones among them), or the code of the refusal. */
const FILES: readonly (readonly [string, number | string])[] = [
  ['aecg/ECGToolkit__Example.xml', 12],
  ['aecg/aecg-python__subject1_0.xml', 12],
  ['aecg/aecg-python__empty.xml', 'no-waveform'],
  ['dicom/ECGToolkit__Example.dcm', 12],
  ['dicom/pydicom__waveform_ecg.dcm', 12],
  ['scp/ECGToolkit__Example.scp', 12],
  ['scp/healforcescpecg__62.SCP', 'damaged'],
  ['muse-xml/BRAVEHEART__example1.xml', 12],
  ['philips-sierra/sierra-ecg-tools__129DYPRG.XML', 12],
  ['ishne/ECG_P28.01.ecg', 12],
];

/** Every real ECG through the same door as a township's: sent, kept, on the worklist, served. */
describe('real ECGs at the door', () => {
  let qiao: QiaoProcess;
  let his: Ask;
  let zhou: Ask;

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    [his, zhou] = await Promise.all([qiao.client('his-zhaozhuang'), qiao.logIn('zhou')]);
  }, 180_000);
  afterAll(async () => {
    await qiao?.dispose();
  }, 60_000);

  it.each(FILES)('%s', async (name, expected) => {
    const patient = `EDGE-${FILES.findIndex(([file]) => file === name)}`;
    const bytes = readFileSync(join(root, 'ecg', name));
    const posted = await his<{ studyInstanceUid: string; code: string }>(
      'POST',
      `/api/ecg?patientId=${patient}`,
      bytes,
    );
    if (typeof expected === 'string') {
      expect(posted).toMatchObject({ status: 400, body: { code: expected } });
      return;
    }
    expect(posted.status).toBe(201);
    const read = await eventually(`the read of ${name}`, async () => {
      const { body } = await zhou<{ items: { id: string; studyInstanceUid: string }[] }>(
        'GET',
        '/api/worklist?kind=ecg&limit=100',
      );
      return body.items.find(({ studyInstanceUid }) => studyInstanceUid === posted.body.studyInstanceUid)?.id;
    });
    const { status, body } = await zhou<{ recording: { leads: { name: string; samples: string }[] } }>(
      'GET',
      `/api/reads/${read}/ecg`,
    );
    expect(status).toBe(200);
    expect(body.recording.leads).toHaveLength(expected);
    expect(body.recording.leads.every(({ samples }) => samples.length > 0)).toBe(true);
  });
});
