import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { openEvents, type EventStream } from '#test/event-stream';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { smallInstance } from '#test/small-instances';

interface Row {
  id: string;
  studyInstanceUid: string;
}

/** The worklist's changes as server-sent events: kept first, told in order, and gone on with after a gap. */
describe('events of the worklist', () => {
  let qiao: QiaoProcess;
  let database: pg.Client;
  let sun: Ask;
  let qian: Ask;
  const streams: EventStream[] = [];
  const cookies = new Map<string, string>();

  /** A session of its own. */
  const cookieOf = async (username: string): Promise<string> => {
    const answer = await fetch(`${qiao.base}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: qiao.credentials.users[username] }),
    });
    return answer.headers.get('set-cookie')!.split(';')[0]!;
  };
  const follow = async (username: string, lastId?: string): Promise<EventStream> => {
    if (!cookies.has(username)) cookies.set(username, await cookieOf(username));
    const stream = await openEvents(`${qiao.base}/api/worklist/events`, {
      cookie: cookies.get(username)!,
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    });
    streams.push(stream);
    return stream;
  };
  const leave = async (stream: EventStream): Promise<void> => {
    stream.close();
    await stream.ended;
  };
  const told = ({ received }: EventStream, readId: string) =>
    received
      .filter(({ event, data }) => event === 'change' && data['readId'] === readId)
      .map(({ data }) => data['change']);
  const hears = (stream: EventStream, readId: string, change: string) =>
    eventually(`${change} of ${readId}`, async () => told(stream, readId).includes(change));
  const ready = (stream: EventStream) =>
    eventually('the beginning', async () =>
      stream.received.find(({ event }) => event === 'ready' || event === 'reset'),
    );
  const arrive = async (study: string): Promise<string> => {
    const image = smallInstance({ study, patientId: `E-${study}` });
    await qiao.stow('pacs-zhaozhuang', [image.bytes]);
    const row = await eventually('the read', async () => {
      const { body } = await sun<{ items: Row[] }>('GET', '/api/worklist?limit=200');
      return body.items.find((one) => one.studyInstanceUid === image.studyInstanceUid);
    });
    return row.id;
  };

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    [database, sun, qian] = await Promise.all([productDatabase(qiao.dataDir), qiao.logIn('sun'), qiao.logIn('qian')]);
  }, 180_000);
  afterAll(async () => {
    for (const stream of streams) stream.close();
    await database?.end();
    await qiao?.dispose();
  }, 60_000);

  it('are for a signed-in reader only', async () => {
    const url = `${qiao.base}/api/worklist/events`;
    expect((await openEvents(url, {})).status).toBe(401);
    // A radiographer has no worklist; a program has no session.
    expect((await follow('zhao')).status).toBe(403);
    const authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
    expect((await openEvents(url, { authorization })).status).toBe(403);
  });

  it('tell a new case, a claim by somebody else, and its release', async () => {
    const stream = await follow('sun');
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-encoding')).not.toBe('gzip');
    expect((await ready(stream)).event).toBe('ready');
    const read = await arrive('first');
    await hears(stream, read, 'opened');
    await qian('POST', `/api/reads/${read}/claim`, {});
    await hears(stream, read, 'claimed');
    await qian('PUT', `/api/reads/${read}/report`, { findings: 'a', impression: 'b', keyImages: [], version: 0 });
    await hears(stream, read, 'report');
    await qian('POST', `/api/reads/${read}/release`, {});
    await hears(stream, read, 'released');
    expect(told(stream, read)).toEqual(['opened', 'claimed', 'report', 'released']);
    // Nobody's name goes with it.
    for (const { data } of stream.received)
      expect(Object.keys(data).filter((key) => !/^(readId|change)$/.test(key))).toEqual([]);
    await leave(stream);
  });

  it('go on after the last one that was received, and lose none', async () => {
    const before = await follow('sun');
    await ready(before);
    const read = await arrive('gap');
    await hears(before, read, 'opened');
    const lastId = before.received.at(-1)!.id;
    await leave(before);
    await qian('POST', `/api/reads/${read}/claim`, {});
    await qian('POST', `/api/reads/${read}/release`, {});
    const after = await follow('sun', lastId);
    await hears(after, read, 'released');
    expect(after.received[0]).toMatchObject({ event: 'ready', id: lastId });
    expect(told(after, read)).toEqual(['claimed', 'released']);
    // Once more from the middle.
    const claimed = after.received.find(({ data }) => data['change'] === 'claimed')!.id;
    await leave(after);
    const again = await follow('sun', claimed);
    await hears(again, read, 'released');
    expect(told(again, read)).toEqual(['released']);
    await leave(again);
  });

  it('tell nothing out of order, when an older transaction commits last', async () => {
    const [slow, quick] = [await arrive('slow'), await arrive('quick')];
    const stream = await follow('sun');
    await ready(stream);
    const claim = `UPDATE read SET state = 'claimed', version = version + 1 WHERE id = $1`;
    await database.query('BEGIN');
    await database.query(claim, [slow]);
    await qian('POST', `/api/reads/${quick}/claim`, {});
    const other = await follow('sun', stream.received[0]!.id);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(told(stream, quick)).toEqual([]);
    await database.query('COMMIT');
    for (const one of [stream, other]) {
      await hears(one, slow, 'claimed');
      await hears(one, quick, 'claimed');
      const order = one.received.map(({ data }) => data['readId']).filter((id) => id === slow || id === quick);
      expect(order).toEqual([slow, quick]);
    }
    await Promise.all([leave(stream), leave(other)]);
  });

  it('say that the list is to be read anew, where what was missed is not kept', async () => {
    for (const id of ['1-1', '9000000000000000000-1', 'nonsense']) {
      const stream = await follow('sun', id);
      expect((await ready(stream)).event).toBe('reset');
      await leave(stream);
    }
  });

  it('tell of examinations that go on arriving', async () => {
    const read = await arrive('more');
    const stream = await follow('sun');
    await ready(stream);
    await qiao.stow('pacs-zhaozhuang', [smallInstance({ study: 'more', patientId: 'E-more', number: 2 }).bytes]);
    await hears(stream, read, 'exam');
    await leave(stream);
  });

  it('tell of a target that was moved, and the list counts what waits past it', async () => {
    const overdue = async (who: Ask) =>
      (await who<{ today: { overdue: number } }>('GET', '/api/worklist')).body.today.overdue;
    const read = await arrive('late');
    const stream = await follow('sun');
    await ready(stream);
    const before = await overdue(sun);
    await database.query(`UPDATE read SET due_at = now() - interval '1 minute' WHERE id = $1`, [read]);
    await hears(stream, read, 'changed');
    expect(await overdue(sun)).toBe(before + 1);
    // Not of the kinds that one reads.
    expect(await overdue(await qiao.logIn('zhou'))).toBe(0);
    await leave(stream);
  });

  it('hold to the rights that a person has at the moment, and end with the session', async () => {
    const [imaging, ecg] = [await follow('qian'), await follow('zhou')];
    await Promise.all([ready(imaging), ready(ecg)]);
    const read = await arrive('rights');
    await hears(imaging, read, 'opened');
    await database.query(`UPDATE account SET specialities = '{ecg}' WHERE username = 'qian'`);
    await sun('POST', `/api/reads/${read}/claim`, {});
    const witness = await follow('sun', imaging.received[0]!.id);
    await hears(witness, read, 'claimed');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(told(imaging, read)).not.toContain('claimed');
    expect(told(ecg, read)).toEqual([]);
    await database.query(`UPDATE account SET specialities = '{imaging}' WHERE username = 'qian'`);
    await database.query(`DELETE FROM web_session WHERE account_id = (SELECT id FROM account WHERE username = 'qian')`);
    await imaging.ended;
    expect((await follow('qian')).status).toBe(401);
    await Promise.all([leave(ecg), leave(witness)]);
  });

  it('are four streams at once for a person, and free when one is closed', async () => {
    // Those of before have gone when their sockets have.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const open = await Promise.all(['sun', 'sun', 'sun', 'sun'].map((name) => follow(name)));
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await follow('sun')).status).toBe(503);
    await leave(open[0]!);
    await eventually('room', async () => (await follow('sun')).status === 200);
  });

  it('let the server stop at once', async () => {
    const stream = await follow('zhou');
    await ready(stream);
    const begun = Date.now();
    await qiao.stop();
    expect(Date.now() - begun).toBeLessThan(10_000);
    await stream.ended;
  });
});
