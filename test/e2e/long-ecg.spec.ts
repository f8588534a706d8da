import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEcg } from '#libs/formats/ecg';
import { sampleHolter } from '#libs/formats/samples';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { TusClient } from '#test/tus-client';

interface View {
  recording: {
    leads: { name: string; samples: string; encoding: string; startSeconds: number; sampleRateHz: number }[];
    patient: { id?: string };
  };
  computed?: { code: string; value: number }[];
  st?: { lead: string }[];
  warnings?: unknown[];
  stretch?: { fromSeconds: number; seconds: number; ofSeconds: number };
}
interface Overview {
  ofSeconds: number;
  leads: string[];
  trend: { mean: number | null; lowest: number | null; highest: number | null }[];
  pauses: { fromSeconds: number; toSeconds: number; kind: string }[];
}

const SECONDS = 5400;
const PAUSES = [1800, 4000];
/** Slow in the first half hour, fast in the third. */
const RR = [1, 0.8, 0.6];

describe('an ECG of an hour and a half', () => {
  const { bytes, rSeconds } = sampleHolter({
    patientId: 'H-1',
    lastName: 'Zhang^Yu',
    seconds: SECONDS,
    pauseAtSeconds: PAUSES,
    rr: (second) => RR[Math.floor(second / 1800)]!,
  });
  const whole = readEcg(bytes);
  let qiao: QiaoProcess;
  let his: Ask;
  let zhou: Ask;
  let id: string;

  const read = (patientNumber: string) =>
    eventually('the read', async () => {
      const { body } = await zhou<{
        items: { id: string; patient: { number: string }; exam: { description: string } }[];
      }>('GET', '/api/worklist?kind=ecg&limit=200');
      return body.items.find(({ patient }) => patient.number === patientNumber);
    });
  const overview = (of: string) =>
    eventually('the overview', async () => {
      const { status, body } = await zhou<Overview>('GET', `/api/reads/${of}/ecg/overview`);
      return status === 200 ? body : undefined;
    });

  beforeAll(async () => {
    qiao = await QiaoProcess.start();
    [his, zhou] = await Promise.all([qiao.client('pacs-zhaozhuang'), qiao.logIn('zhou')]);
    expect((await his('POST', '/api/ecg', bytes)).status).toBe(201);
    id = (await read('H-1')).id;
  }, 180_000);
  afterAll(async () => {
    await qiao?.dispose();
  }, 60_000);

  it('is given by stretches, sample by sample as it was stored', async () => {
    const first = (await zhou<View>('GET', `/api/reads/${id}/ecg`)).body;
    expect(first.stretch).toEqual({ fromSeconds: 0, seconds: 120, ofSeconds: SECONDS });
    const { body, headers } = await zhou<View>('GET', `/api/reads/${id}/ecg?from=1795.5&seconds=30`);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(body.stretch).toEqual({ fromSeconds: 1795.5, seconds: 30, ofSeconds: SECONDS });
    expect(body.recording.leads.map(({ name }) => name)).toEqual(['II', 'V1', 'V5']);
    body.recording.leads.forEach((lead, i) => {
      const stored = whole.leads[i]!.samples.subarray(1795.5 * 200, 1825.5 * 200);
      const given = Buffer.from(lead.samples, 'base64');
      expect(Int32Array.from({ length: given.length / 2 }, (_, at) => given.readInt16LE(at * 2))).toEqual(stored);
      expect(lead.startSeconds).toBe(1795.5);
    });
    const end = (await zhou<View>('GET', `/api/reads/${id}/ecg?from=5390&seconds=600`)).body;
    expect(end.stretch).toEqual({ fromSeconds: 5390, seconds: 10, ofSeconds: SECONDS });
  });

  it.each(['from=5', 'seconds=10', 'from=-1&seconds=10', 'from=0&seconds=601', 'from=x&seconds=10'])(
    'refuses the stretch %s',
    async (query) => {
      const { status, body } = await zhou('GET', `/api/reads/${id}/ecg?${query}`);
      expect([status, body['code']]).toEqual([400, 'invalid-input']);
    },
  );

  it('is measured over its whole, and has an overview of its rate and its pauses', async () => {
    const found = await overview(id);
    expect([found.ofSeconds, found.leads]).toEqual([SECONDS, ['II', 'V1', 'V5']]);
    expect(found.trend).toHaveLength(90);
    [5, 40, 80].forEach((minute, third) => {
      const { mean, lowest, highest } = found.trend[minute]!;
      for (const rate of [mean, lowest, highest]) expect(Math.abs(rate! - 60 / RR[third]!)).toBeLessThan(0.7);
    });
    expect(found.pauses.map(({ kind }) => kind)).toEqual(['rr', 'rr']);
    found.pauses.forEach(({ fromSeconds, toSeconds }, i) => {
      const before = rSeconds.find((at) => at >= PAUSES[i]!)!;
      expect(Math.abs(fromSeconds - before)).toBeLessThan(0.03);
      expect(Math.abs(toSeconds - fromSeconds - 3.6)).toBeLessThan(0.03);
    });
    const { body } = await zhou<View>('GET', `/api/reads/${id}/ecg`);
    const rate = (60 * (rSeconds.length - 1)) / (rSeconds.at(-1)! - rSeconds[0]!);
    expect(body.st?.map(({ lead }) => lead)).toEqual(['II', 'V1', 'V5']);
    expect(body.warnings).toEqual([]);
    expect(body.computed?.find(({ code }) => code === 'HR')?.value).toBe(Math.round(rate));
    await eventually('the proposal of a pause', async () => {
      const { criticalProposals } = (await zhou<{ criticalProposals: unknown[] }>('GET', `/api/reads/${id}`)).body;
      return criticalProposals.length > 0 ? true : undefined;
    });
  });

  it('is drawn small from the extremes of every 40 ms', async () => {
    await overview(id);
    const { body } = await zhou<Record<string, unknown> & { extremes: string }>(
      'GET',
      `/api/reads/${id}/ecg/levels?lead=V5&from=1790&seconds=20`,
    );
    expect(body).toMatchObject({
      lead: 'V5',
      fromSeconds: 1790,
      seconds: 20,
      ofSeconds: SECONDS,
      pairsPerSecond: 25,
      microvoltsPerUnit: 10,
    });
    const given = Buffer.from(body.extremes, 'base64');
    const { samples, microvoltsPerUnit } = whole.leads[2]!;
    const expected = Array.from({ length: 500 }, (_, pair) => {
      const values = [...samples.subarray(1790 * 200 + pair * 8, 1790 * 200 + (pair + 1) * 8)];
      return [Math.min(...values), Math.max(...values)].map((value) => Math.round((value * microvoltsPerUnit) / 10));
    });
    expect(Array.from({ length: given.length / 2 }, (_, i) => given.readInt16LE(i * 2))).toEqual(expected.flat());
    const none = await zhou('GET', `/api/reads/${id}/ecg/levels?lead=aVR&from=0&seconds=20`);
    expect([none.status, none.body['code']]).toEqual([404, 'no-lead']);
  });

  it('has no overview where it is short, and is nobody’s who may not see the read', async () => {
    const short = sampleHolter({ patientId: 'H-2', seconds: 30 });
    expect((await his('POST', '/api/ecg', short.bytes)).status).toBe(201);
    const { id: other } = await read('H-2');
    const { status, body } = await zhou('GET', `/api/reads/${other}/ecg/overview`);
    expect([status, body['code']]).toEqual([503, 'ecg-not-prepared']);
    expect((await zhou<View>('GET', `/api/reads/${other}/ecg?from=5&seconds=10`)).body.stretch).toBeUndefined();
    const stranger = await qiao.client('his-lijia');
    for (const path of ['', '/overview', '/levels?lead=II&from=0&seconds=10'])
      expect([403, 404]).toContain((await stranger('GET', `/api/reads/${id}/ecg${path}`)).status);
  });

  it('comes by the upload page too, and beyond 32 MB where any stretch of it can be read', async () => {
    const large = sampleHolter({ patientId: 'H-3', seconds: 30_000 });
    expect(large.bytes.length).toBeGreaterThan(34 * 1024 * 1024);
    const tus = new TusClient(qiao.base, `Bearer ${await qiao.token('pacs-zhaozhuang')}`);
    await tus.upload(large.bytes, { filename: '动态.ecg', batch: 'holter', filetype: 'application/octet-stream' });
    const { id: day } = await read('H-3');
    const { body } = await zhou<View>('GET', `/api/reads/${day}/ecg?from=29990&seconds=60`);
    expect(body.stretch).toEqual({ fromSeconds: 29_990, seconds: 10, ofSeconds: 30_000 });
    const dicom = await zhou('GET', `/api/reads/${day}/ecg/dicom`);
    expect([dicom.status, dicom.body['code']]).toEqual([409, 'ecg-too-long']);
    const xml = Buffer.concat([
      Buffer.from('<?xml version="1.0"?><AnnotatedECG xmlns="urn:hl7-org:v3">'),
      Buffer.alloc(33 * 1024 * 1024, 32),
    ]);
    const refused = await his('POST', '/api/ecg', xml);
    expect([refused.status, refused.body['code']]).toEqual([413, 'ecg-too-large']);
    const cut = await his('POST', '/api/ecg', large.bytes.subarray(0, large.bytes.length - 600));
    expect([cut.status, cut.body['code']]).toEqual([400, 'truncated']);
  });
});
