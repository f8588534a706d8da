import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { DimseServer } from '#libs/edges/dimse';
import {
  associateRequest,
  CT_IMAGE_STORAGE,
  data,
  DimseClient,
  EXPLICIT_LITTLE_ENDIAN,
  item,
  pdu,
  pdv,
  storeCommand,
} from '#test/dimse-client';
import { sampleInstance } from '#test/dimse-sample';
import { assertAlive, startServer, storeMessage, until, type HashingSink } from '#test/dimse-test-server';

let sink: HashingSink;
let server: DimseServer<string>;
let port: number;
beforeEach(async () => {
  ({ sink, server, port } = await startServer({ artimMs: 400, idleMs: 1_500, maxAssociations: 16 }));
});
afterEach(() => server.close(0));

const instance = sampleInstance('2.25.3001', 40_000);
const ABORT_BY_USER = 0;
const ABORT_BY_PROVIDER = 2;

/** Sends, and tells the source of the A-ABORT that comes back; null: the connection was closed without one. */
async function abortOf(client: DimseClient, ...parts: Buffer[]): Promise<number | null> {
  for (const part of parts) client.socket.write(part);
  for (;;) {
    const answer = await client.next();
    if (answer === null) return null;
    if (answer.type === 7) return answer.body.readUInt8(2);
  }
}

describe('a stream that is cut off', () => {
  const whole = Buffer.concat([associateRequest(), storeMessage(1, '2.25.1', instance.dataSet, 9_000)]);
  const boundaries = new Set<number>();
  for (let at = 0; at < whole.length; at += 6 + whole.readUInt32BE(at + 2)) {
    for (const near of [-1, 0, 1, 5, 6, 7, 10, 11, 12, 13]) boundaries.add(at + near);
  }
  const cuts = [...boundaries].filter((at) => at > 0 && at < whole.length);

  it(`leaves nothing behind, wherever that is (${cuts.length} places)`, async () => {
    await Promise.all(
      cuts.map(async (cut, index) => {
        // Sixteen at a time, as many as are admitted.
        const client = await DimseClient.connect(port);
        client.socket.write(whole.subarray(0, cut));
        if (index % 2 === 0) client.socket.end();
        else setTimeout(() => client.socket.destroy(), 20);
        while ((await client.next()) !== null);
      }),
    );
    await until(() => server.associations === 0);
    expect(sink.kept).toEqual([]);
    expect(sink.aborted.length).toBe(sink.opened);
    await assertAlive(port);
  });
});

describe('lengths that lie', () => {
  it.each([
    ['a P-DATA-TF of 4 GB', '0400ffffffff'],
    ['a PDV of 4 GB', '04000000000cffffffff0103000000000000'],
    ['a PDV that is longer than its PDU', '04000000000c000000ff0103000000000000'],
    ['a PDV shorter than its header', '040000000006000000010103'],
    ['a P-DATA-TF that ends inside a PDV header', '0400000000030000ff'],
    ['an A-RELEASE-RQ of 3 GB', '0500bfffffff'],
    ['a PDU of no known type', '4200000000040000'],
  ])('end the association: %s', async (_what, hex) => {
    const client = await DimseClient.associate(port);
    expect(await abortOf(client, Buffer.from(hex, 'hex'))).toBe(ABORT_BY_PROVIDER);
    await client.close();
    await assertAlive(port);
  });

  it.each([
    ['an item longer than the request', Buffer.concat([Buffer.alloc(68), Buffer.from('1000ffff', 'hex')])],
    ['a request of 300 kB', Buffer.alloc(300_000)],
    [
      'a sub-item longer than its context',
      Buffer.concat([Buffer.alloc(68), item(0x20, Buffer.from('010000003000ffff', 'hex'))]),
    ],
  ])('end the request for one: %s', async (_what, body) => {
    const client = await DimseClient.connect(port);
    expect(await abortOf(client, pdu(0x01, body))).not.toBeUndefined();
    await client.close();
    await assertAlive(port);
  });
});

describe('more than is needed', () => {
  it('accepts all 128 presentation contexts, and repeats of none', async () => {
    const contexts = Array.from({ length: 128 }, (_one, index): [number, string, string[]] => [
      index * 2 + 1,
      CT_IMAGE_STORAGE,
      [EXPLICIT_LITTLE_ENDIAN],
    ]);
    const client = await DimseClient.associate(port, { contexts });
    await client.send(
      data(pdv(255, 'command', true, storeCommand(1, '2.25.1')), pdv(255, 'data', true, instance.dataSet)),
    );
    expect(await client.response()).toMatchObject({ status: 0, contextId: 255 });
    await client.release();
    const again = await DimseClient.connect(port);
    expect(await abortOf(again, associateRequest({ contexts: [...contexts, contexts[5]!] }))).toBe(ABORT_BY_USER);
    await again.close();
  });

  it.each([
    ['a command set without an end', () => data(pdv(1, 'command', false, Buffer.alloc(4_000)))],
    ['a data set without a command', () => data(pdv(3, 'data', false, Buffer.alloc(30_000)))],
    [
      'empty fragments of a command',
      () => data(pdv(3, 'data', false, Buffer.alloc(0)), pdv(3, 'data', false, Buffer.alloc(1))),
    ],
  ])('ends %s', async (_what, fragment) => {
    const client = await DimseClient.associate(port);
    const ended = abortOf(client);
    for (let n = 0; n < 4_000 && !client.socket.destroyed; n += 1) {
      client.socket.write(fragment());
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toBe(ABORT_BY_PROVIDER);
    await client.close();
    await assertAlive(port);
  });

  it('does not bear data for a context that is not accepted', async () => {
    const client = await DimseClient.associate(port);
    expect(await abortOf(client, data(pdv(99, 'data', true, Buffer.alloc(10))))).toBe(ABORT_BY_PROVIDER);
    await client.close();
  });

  it('ends on a command set that is none', async () => {
    for (let n = 0; n < 30; n += 1) {
      const client = await DimseClient.associate(port);
      expect(await abortOf(client, data(pdv(1, 'command', true, randomBytes(1 + n * 7))))).toBe(ABORT_BY_USER);
      await client.close();
    }
    await assertAlive(port);
  });
});

describe('peers that only hold on', () => {
  it('do not keep the others out: half-open, silent and slow ones go, in their time', async () => {
    const silent = await Promise.all(Array.from({ length: 24 }, () => DimseClient.connect(port)));
    const idle = await Promise.all(Array.from({ length: 6 }, () => DimseClient.associate(port)));
    const dripping = await DimseClient.associate(port);
    const message = storeMessage(1, '2.25.1', instance.dataSet);
    dripping.socket.write(message.subarray(0, 5_000));
    await assertAlive(port);
    const good = await DimseClient.associate(port);
    await good.send(storeMessage(1, '2.25.9', instance.dataSet));
    expect(await good.response()).toMatchObject({ status: 0 });
    await good.release();
    for (const one of [...silent, ...idle, dripping]) while ((await one.next()) !== null);
    await until(() => server.associations === 0);
    expect(sink.kept).toHaveLength(1);
  });

  it('cannot use up memory together', async () => {
    const before = process.memoryUsage().rss;
    const clients = await Promise.all(Array.from({ length: 15 }, () => DimseClient.associate(port)));
    const flood = data(...Array.from({ length: 400 }, () => pdv(3, 'data', false, Buffer.alloc(1))));
    for (const client of clients) {
      client.socket.write(data(pdv(3, 'command', true, storeCommand(1, '2.25.1'))));
      for (let n = 0; n < 200; n += 1) client.socket.write(flood);
    }
    await Promise.all(clients.map((client) => client.close()));
    await until(() => server.associations === 0);
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
    await assertAlive(port);
  });
});
