import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEcg } from '#libs/formats/samples';
import { openEvents, type EventStream } from '#test/event-stream';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { slowEcg } from '#test/slow-ecg';

interface Proposal {
  id: string;
  code: string;
  ruleSet: string;
  value: string;
  state: string;
  reason: string | null;
  note: string | null;
  decidedBy: { name: string } | null;
}
interface Row {
  id: string;
  studyInstanceUid: string;
  priority: string;
  receivedAt: string;
  dueAt: string;
  criticalProposed: number;
  criticalProposals: Proposal[];
}

describe('critical values that a rule proposes', () => {
  let qiao: QiaoProcess;
  let his: Ask;
  let zhou: Ask;
  let sun: Ask;
  let events: EventStream;
  const slow = (seed: string): Promise<Row> => arrive(slowEcg({ seed, patientId: `CP-${seed}` }));
  const arrive = async (file: Buffer): Promise<Row> => {
    const { body } = await his<{ studyInstanceUid: string }>('POST', '/api/ecg', file);
    return eventually('the read', async () => {
      const list = await zhou<{ items: Row[] }>('GET', '/api/worklist?limit=200');
      return list.body.items.find((row) => row.studyInstanceUid === body.studyInstanceUid);
    });
  };
  const detail = async (id: string): Promise<Row> => (await zhou<Row>('GET', `/api/reads/${id}`)).body;
  const proposed = (id: string): Promise<Row> =>
    eventually('a proposal', async () => {
      const row = await detail(id);
      return row.criticalProposed > 0 && row.priority === 'emergency' ? row : undefined;
    });
  const decide = (read: Row, proposal: Proposal, act: 'accept' | 'dismiss', body: object = {}) =>
    zhou('POST', `/api/reads/${read.id}/critical-proposals/${proposal.id}/${act}`, body);

  beforeAll(async () => {
    qiao = await QiaoProcess.start();
    [his, zhou, sun] = await Promise.all([qiao.client('pacs-zhaozhuang'), qiao.logIn('zhou'), qiao.logIn('sun')]);
    const session = await fetch(`${qiao.base}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'zhou', password: qiao.credentials.users['zhou'] }),
    });
    events = await openEvents(`${qiao.base}/api/worklist/events`, {
      cookie: session.headers.get('set-cookie')!.split(';')[0]!,
    });
  }, 120_000);
  afterAll(async () => {
    events?.close();
    await qiao?.dispose();
  }, 60_000);

  it('put a read on top with an emergency’s time, and are decided by who reads it', async () => {
    const read = await proposed((await slow('slow')).id);
    expect(read.criticalProposals).toEqual([
      expect.objectContaining({ code: 'rate-35', ruleSet: 'zhejiang-1', value: '30', state: 'proposed' }),
    ]);
    // An emergency ECG is to be read in ten minutes; the rules came to it within a few seconds.
    expect(Date.parse(read.dueAt) - Date.parse(read.receivedAt)).toBeLessThan(11 * 60_000);
    await eventually('word of it', async () =>
      events.received.some(({ data }) => data['readId'] === read.id && data['change'] === 'changed'),
    );
    const list = await zhou<{ items: Row[] }>('GET', '/api/worklist');
    expect(list.body.items[0]!.id).toBe(read.id);

    const [proposal] = read.criticalProposals as [Proposal];
    expect(await decide(read, proposal, 'accept')).toMatchObject({ status: 409, body: { code: 'not-claimed-by-you' } });
    expect((await sun('POST', `/api/reads/${read.id}/critical-proposals/${proposal.id}/accept`, {})).status).toBe(404);
    await zhou('POST', `/api/reads/${read.id}/claim`, {});
    expect(await decide(read, proposal, 'dismiss', { reason: 'other' })).toMatchObject({
      status: 400,
      body: { code: 'note-required' },
    });
    expect((await decide(read, proposal, 'dismiss', { reason: 'no such' })).status).toBe(400);
    const dismissal = { reason: 'known-before', note: '长期服用比索洛尔' };
    expect((await decide(read, proposal, 'dismiss', dismissal)).status).toBe(200);
    expect((await decide(read, proposal, 'dismiss', dismissal)).status).toBe(200);
    expect(await decide(read, proposal, 'accept')).toMatchObject({
      status: 409,
      body: { code: 'critical-proposal-illegal-transition' },
    });
    const after = await detail(read.id);
    expect(after.criticalProposed).toBe(0);
    expect(after.criticalProposals[0]).toMatchObject({
      state: 'dismissed',
      ...dismissal,
      decidedBy: expect.anything(),
    });
  });

  it('are accepted, once, and by no other read’s address', async () => {
    const [one, other] = await Promise.all([slow('slow-2'), slow('slow-3')]);
    const [read, elsewhere] = [await proposed(one.id), await proposed(other.id)];
    await zhou('POST', `/api/reads/${read.id}/claim`, {});
    const [proposal] = read.criticalProposals as [Proposal];
    expect(await decide(read, elsewhere.criticalProposals[0]!, 'accept')).toMatchObject({
      status: 404,
      body: { code: 'critical-proposal-not-found' },
    });
    expect((await decide(read, proposal, 'accept')).status).toBe(200);
    expect((await detail(read.id)).criticalProposals[0]).toMatchObject({ state: 'accepted', reason: null });
    expect((await detail(elsewhere.id)).criticalProposals[0]).toMatchObject({ state: 'proposed' });
  });

  it('are none of an ordinary ECG, which was measured all the same', async () => {
    const read = await arrive(sampleEcg({ seed: 'ordinary', patientId: 'CP-0' })[0]!.bytes as Buffer);
    const later = await slow('slow-4');
    // Measured after it, so that it had its turn.
    await proposed(later.id);
    expect(await detail(read.id)).toMatchObject({ priority: 'routine', criticalProposed: 0, criticalProposals: [] });
    const ecg = await zhou<{ computed: { code: string }[] }>('GET', `/api/reads/${read.id}/ecg`);
    expect(ecg.body.computed.map(({ code }) => code)).toContain('QT');
  });
});
