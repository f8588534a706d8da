import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DimseServer } from '#libs/edges/dimse';
import { DimseClient, RELEASE_REQUEST, associateRequest, data, echoCommand, pdu, pdv } from '#test/dimse-client';
import { sampleInstance } from '#test/dimse-sample';
import { assertAlive, startServer, storeMessage, until, type HashingSink } from '#test/dimse-test-server';

let sink: HashingSink;
let server: DimseServer<string>;
let port: number;
const start = async (options: Parameters<typeof startServer>[0] = {}): Promise<void> => {
  ({ sink, server, port } = await startServer(options));
};
beforeEach(() => start());
afterEach(() => server.close(0));
const restart = async (options: Parameters<typeof start>[0]): Promise<void> => {
  await server.close(0);
  await start(options);
};

const instance = sampleInstance('2.25.1001', 300_000);

describe('association', () => {
  it('answers C-ECHO and the release', () => assertAlive(port));

  it.each([
    ['an unknown calling AE', { calling: 'STRANGER' }, '00010103'],
    ['another called AE', { called: 'OTHER' }, '00010107'],
    ['another application context', { applicationContext: '1.2.3' }, '00010102'],
    ['another protocol version', { protocolVersion: 2 }, '00010202'],
    ['a caller that cannot be looked up', { calling: 'BROKEN' }, '00020301'],
  ])('refuses %s', async (_what, options, expected) => {
    const client = await DimseClient.connect(port);
    await client.send(associateRequest(options));
    const answer = await client.next();
    expect([answer?.type, answer?.body.toString('hex')]).toEqual([3, expected]);
    await client.close();
    expect(server.associations).toBe(0);
  });

  it('puts off what is beyond its limit, and gives places back', async () => {
    await restart({ maxAssociations: 2 });
    const [first] = [await DimseClient.associate(port), await DimseClient.associate(port)];
    const third = await DimseClient.connect(port);
    await third.send(associateRequest());
    expect((await third.next())?.body.toString('hex')).toBe('00020302');
    await first.release();
    await until(() => server.associations === 1);
    await assertAlive(port);
  });

  it.each([
    ['a second A-ASSOCIATE-RQ', associateRequest(), '00000202'],
    ['an A-RELEASE-RP nobody waits for', pdu(6, Buffer.alloc(4)), '00000202'],
    ['an unknown PDU', pdu(0x4e, Buffer.alloc(4)), '00000201'],
    ['a context that was not accepted', data(pdv(9, 'command', true, echoCommand(1))), '00000206'],
    ['P-DATA-TF of 4 GB', Buffer.from('0400ffffffff', 'hex'), '00000206'],
    ['a command set that cannot be read', data(pdv(1, 'command', true, Buffer.alloc(3))), '00000000'],
    ['a command set without an end', data(pdv(1, 'command', false, Buffer.alloc(20_000))), '00000206'],
    ['data without a command', data(pdv(3, 'data', false, Buffer.alloc(300_000))), '00000202'],
  ])('aborts on %s', async (_what, bytes, expected) => {
    const client = await DimseClient.associate(port);
    await client.send(bytes);
    expect(await client.next()).toEqual({ type: 7, body: Buffer.from(expected, 'hex') });
    await client.close();
    await until(() => server.associations === 0);
    await assertAlive(port);
  });

  it('answers a release behind the message before it', async () => {
    sink.onCommit = async () => {
      await sleep(50);
      return { status: 0 };
    };
    const client = await DimseClient.associate(port);
    await client.send(storeMessage(1, '2.25.1', instance.dataSet), RELEASE_REQUEST);
    expect(await client.response()).toMatchObject({ status: 0 });
    expect(await client.next()).toEqual({ type: 6, body: Buffer.alloc(4) });
    await client.close();
  });

  it('aborts on data behind a release that waits for its answer', async () => {
    sink.onCommit = async () => {
      await sleep(50);
      return { status: 0 };
    };
    const client = await DimseClient.associate(port);
    const late = data(pdv(1, 'command', true, echoCommand(2)));
    await client.send(storeMessage(1, '2.25.1', instance.dataSet), RELEASE_REQUEST, late);
    expect(await client.next()).toEqual({ type: 7, body: Buffer.from('00000202', 'hex') });
    await client.close();
  });

  it('aborts a silent peer, but not one that waits for us', async () => {
    await restart({ idleMs: 150 });
    sink.onCommit = async () => {
      await sleep(500);
      return { status: 0 };
    };
    const client = await DimseClient.associate(port);
    await client.send(storeMessage(1, '2.25.1', instance.dataSet));
    expect(await client.response()).toMatchObject({ status: 0 });
    expect(await client.next()).toEqual({ type: 7, body: Buffer.alloc(4) });
  });

  it('finishes the message in hand when it is closed, and aborts behind it', async () => {
    sink.onCommit = async () => {
      await sleep(200);
      return { status: 0 };
    };
    const client = await DimseClient.associate(port);
    const idle = await DimseClient.associate(port);
    await client.send(storeMessage(1, '2.25.1', instance.dataSet));
    await until(() => sink.opened === 1);
    const closed = server.close(5_000);
    expect((await idle.next())?.type).toBe(7);
    expect(await client.response()).toMatchObject({ status: 0 });
    expect((await client.next())?.type).toBe(7);
    await closed;
    expect(sink.kept).toHaveLength(1);
    await start();
  });

  it('cuts off at the end of the grace what will not finish', async () => {
    const client = await DimseClient.associate(port);
    await client.send(storeMessage(1, '2.25.1', instance.dataSet).subarray(0, 100_000));
    await until(() => sink.opened === 1);
    await server.close(50);
    expect([sink.kept.length, sink.aborted.length]).toEqual([0, 1]);
    await start();
  });
});

describe('hostile peers', () => {
  it.each([
    ['garbage', Buffer.from('\x16\x03\x01 hello hello hello', 'latin1'), '00000000'],
    ['a request of 4 GB', Buffer.from('0100ffffffff', 'hex'), '00000000'],
    ['a request cut short', pdu(1, Buffer.alloc(70)), '00000000'],
    ['data before anything', data(pdv(1, 'data', true, Buffer.alloc(10))), '00000000'],
  ])('are told off for %s, and closed by the timer', async (_what, bytes, expected) => {
    await restart({ artimMs: 200 });
    const client = await DimseClient.connect(port);
    await client.send(bytes);
    expect(await client.next()).toEqual({ type: 7, body: Buffer.from(expected, 'hex') });
    expect(await client.next()).toBeNull();
    await assertAlive(port);
  });

  it('cannot hold a connection by asking slowly', async () => {
    await restart({ artimMs: 300 });
    const client = await DimseClient.connect(port);
    const request = associateRequest();
    const started = Date.now();
    for (let at = 0; at < request.length && !client.socket.destroyed; at += 1) {
      client.socket.write(request.subarray(at, at + 1));
      await sleep(10);
    }
    expect(await client.next()).toBeNull();
    expect(Date.now() - started).toBeLessThan(3_000);
    await assertAlive(port);
  });

  it('cannot make us hold answers nobody reads', async () => {
    await restart({ idleMs: 300, artimMs: 300 });
    const client = await DimseClient.associate(port);
    client.socket.pause();
    const echo = data(pdv(1, 'command', true, echoCommand(1)));
    client.socket.write(Buffer.concat(Array.from({ length: 200_000 }, () => echo)));
    await until(() => server.associations === 0);
    await client.close();
    await assertAlive(port);
  });

  it('do not disturb the others', async () => {
    const good = await DimseClient.associate(port);
    const hostile = await Promise.all(Array.from({ length: 20 }, () => DimseClient.connect(port)));
    for (const one of hostile) one.socket.write(Buffer.from('0400fffffffe00', 'hex'));
    await good.send(storeMessage(1, '2.25.1', instance.dataSet));
    expect(await good.response()).toMatchObject({ status: 0 });
    await good.release();
    await Promise.all(hostile.map((one) => one.close()));
  });
});
