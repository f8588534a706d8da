import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AssociationEnded,
  COMMAND_FIELD,
  RequestedAssociation,
  type DimseServer,
  type DimseService,
  type FinalAnswer,
  type Operation,
  type ServiceRequest,
} from '#libs/edges/dimse';
import { associateRequest, commandSet, data, DimseClient, echoCommand, item, pdv } from '#test/dimse-client';
import { DimseProvider } from '#test/dimse-provider';
import { DimseUser } from '#test/dimse-user';
import { sampleInstance } from '#test/dimse-sample';
import { assertAlive, startServer, storeMessage, until, type HashingSink } from '#test/dimse-test-server';

const FIND = '1.2.840.10008.5.1.4.31';
const IDENTIFIER = { '00100020': { vr: 'LO', Value: ['1'] } };
const instance = sampleInstance('2.25.2001', 300_000);

let sink: HashingSink;
let server: DimseServer<string>;
let port: number;
afterEach(() => server?.close(0));

/** A service whose work a test writes. */
class WrittenService implements DimseService<string> {
  readonly sopClasses = new Set([FIND]);
  readonly commands = new Set<number>([COMMAND_FIELD.cFindRequest]);
  readonly requests: ServiceRequest<string>[] = [];
  constructor(private readonly work: (operation: Operation, request: ServiceRequest<string>) => Promise<FinalAnswer>) {}
  perform(request: ServiceRequest<string>, operation: Operation): Promise<FinalAnswer> {
    this.requests.push(request);
    return this.work(operation, request);
  }
}
async function serve(work: ConstructorParameters<typeof WrittenService>[0]): Promise<WrittenService> {
  const service = new WrittenService(work);
  ({ sink, server, port } = await startServer({ services: [service] }));
  return service;
}
const find = (user: DimseUser): Promise<number> =>
  user.send(
    0x0020,
    [
      [0x0002, FIND],
      [0x0700, 0],
    ],
    IDENTIFIER,
  );

describe('a service class', () => {
  it('is given the whole data set, and answers as often as it likes', async () => {
    const service = await serve(async ({ respond }) => {
      for (let n = 0; n < 3; n += 1)
        await respond({ status: 0xff00 }, Buffer.from(`0800500053480200${'0'.repeat(3)}${n}`, 'hex'));
      return { status: 0 };
    });
    const user = await DimseUser.associate(port, 'SENDER', FIND);
    await find(user);
    const statuses = [await user.message(), await user.message(), await user.message(), await user.message()].map(
      (one) => one.status,
    );
    expect(statuses).toEqual([0xff00, 0xff00, 0xff00, 0]);
    expect(service.requests[0]).toMatchObject({ sopClassUid: FIND, peer: { caller: 'township-1' } });
    expect(service.requests[0]!.dataSet.toString('latin1')).toContain('LO');
    await user.release();
  });

  it('is told of a C-CANCEL, and of nothing that it does not concern', async () => {
    await serve(async ({ signal, respond }) => {
      for (let n = 0; !signal.aborted; n += 1) {
        await respond({ status: 0xff00 }, Buffer.alloc(0));
        await sleep(5);
      }
      return { status: 0xfe00 };
    });
    const user = await DimseUser.associate(port, 'SENDER', FIND);
    const id = await find(user);
    await user.cancel(id + 1);
    for (let n = 0; n < 5; n += 1) expect((await user.message()).status).toBe(0xff00);
    await user.cancel(id);
    let last = await user.message();
    while (last.status === 0xff00) last = await user.message();
    expect(last.status).toBe(0xfe00);
    await user.cancel(id);
    await user.release();
  });

  it('is told of the end of the association, and its errors are answered without their words', async () => {
    let ended = false;
    await serve(async ({ signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      ended = true;
      throw new Error('secret path');
    });
    const user = await DimseUser.associate(port, 'SENDER', FIND);
    await find(user);
    await sleep(50);
    await user.client.close();
    await until(() => ended && server.associations === 0);
  });

  it.each([
    ['any error', new Error('secret path'), 0x0110],
    ['what is not available', Object.assign(new Error('secret path'), { kind: 'unavailable' }), 0xa700],
  ])('is answered for by %s', async (_what, error, status) => {
    await serve(() => Promise.reject(error));
    const user = await DimseUser.associate(port, 'SENDER', FIND);
    await find(user);
    const answer = await user.message();
    expect(answer.status).toBe(status);
    expect(answer.elements.get(0x0902)!.toString('latin1')).not.toContain('secret');
    await user.release();
  });

  it('does not get a data set that is too long, which is swallowed and refused', async () => {
    const service = await serve(async () => ({ status: 0 }));
    const user = await DimseUser.associate(port, 'SENDER', FIND);
    const command = commandSet([0x0002, FIND], [0x0100, 0x0020], [0x0110, 1], [0x0700, 0], [0x0800, 1]);
    await user.client.send(data(pdv(1, 'command', true, command)));
    for (let n = 0; n < 80; n += 1) await user.client.send(data(pdv(1, 'data', n === 79, Buffer.alloc(100_000))));
    expect((await user.message()).status).toBe(0x0213);
    expect(service.requests).toHaveLength(0);
    await user.release();
  });
});

describe('asynchronous operations', () => {
  const stores = (count: number): Buffer[] =>
    Array.from({ length: count }, (_one, index) => storeMessage(index + 1, `2.25.${index + 1}`, instance.dataSet));
  async function most(userItems: Buffer[]): Promise<number> {
    ({ sink, server, port } = await startServer());
    let now = 0;
    let largest = 0;
    sink.onCommit = async () => {
      now += 1;
      largest = Math.max(largest, now);
      await sleep(60);
      now -= 1;
      return { status: 0 };
    };
    const client = await DimseClient.associate(port, { userItems });
    await client.send(...stores(6));
    const answered = new Set<number>();
    for (let n = 0; n < 6; n += 1) answered.add((await client.response()).messageId);
    expect(answered.size).toBe(6);
    await client.release();
    return largest;
  }

  it('commits one instance while the next arrives, as many as were agreed', async () => {
    expect(await most([item(0x53, Buffer.from([0, 3, 0, 1]))])).toBe(3);
  });

  it('does one at a time where they were not agreed, also for a peer that sends ahead', async () => {
    expect(await most([])).toBe(1);
  });

  it('refuses a message id that is in use', async () => {
    ({ sink, server, port } = await startServer());
    sink.onCommit = async () => {
      await sleep(100);
      return { status: 0 };
    };
    const client = await DimseClient.associate(port, { userItems: [item(0x53, Buffer.from([0, 4, 0, 1]))] });
    await client.send(storeMessage(1, '2.25.1', instance.dataSet), data(pdv(1, 'command', true, echoCommand(1))));
    expect([(await client.response()).status, (await client.response()).status].sort()).toEqual([0, 0x0210]);
    await client.release();
  });
});

describe('shares', () => {
  it('put an organisation off beyond its own, and leave the others room', async () => {
    ({ sink, server, port } = await startServer({ shareOf: (key) => ({ key, associations: 2 }) }));
    const first = [await DimseClient.associate(port), await DimseClient.associate(port)];
    const third = await DimseClient.connect(port);
    await third.send(associateRequest());
    expect(await third.next()).toEqual({ type: 3, body: Buffer.from('00020302', 'hex') });
    const other = await DimseClient.associate(port, { calling: 'OTHER' });
    await other.release();
    await first[0]!.release();
    await until(() => server.associations === 1);
    await (await DimseClient.associate(port)).release();
    await third.close();
    await first[1]!.release();
  });
});

describe('a request of our own', () => {
  const CONTEXT = { id: 1, abstractSyntax: FIND, transferSyntaxes: ['1.2.840.10008.1.2.1'] };
  const open = (at: number, more: Partial<Parameters<typeof RequestedAssociation.open>[0]> = {}) =>
    RequestedAssociation.open({
      host: '127.0.0.1',
      port: at,
      callingAe: 'SENDER',
      calledAe: 'QIAO',
      contexts: [CONTEXT],
      ...more,
    });

  it('finds its response, and the association is released in order', async () => {
    await serve(async (_operation, { dataSet }) => ({ status: dataSet.length > 100_000 ? 0 : 0xc000 }));
    const association = await open(port);
    expect(association.contexts).toMatchObject([{ id: 1, transferSyntaxUid: '1.2.840.10008.1.2.1' }]);
    const command = { commandField: COMMAND_FIELD.cFindRequest, affectedSopClassUid: FIND, priority: 0 };
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let n = 0; n < 333; n += 1) yield Buffer.alloc(997, n);
    }
    expect(await association.invoke(1, command, pieces())).toMatchObject({ status: 0 });
    expect(await association.invoke(1, command, Buffer.alloc(10))).toMatchObject({ status: 0xc000 });
    await association.release();
    await until(() => server.associations === 0);
    await expect(association.invoke(1, command, null)).rejects.toThrow(AssociationEnded);
  });

  it('ends in words where it is refused, not answered, or nobody is there', async () => {
    ({ sink, server, port } = await startServer());
    await expect(open(port, { callingAe: 'STRANGER' })).rejects.toThrow('refused (result 1, source 1, reason 3)');
    await expect(open(1)).rejects.toThrow('ECONNREFUSED');
    const { createServer } = await import('node:net');
    const silent = createServer().listen(0, '127.0.0.1');
    await until(() => silent.listening);
    await expect(open((silent.address() as { port: number }).port, { artimMs: 100 })).rejects.toThrow(
      'no answer in time',
    );
    silent.close();
  });

  it('is given up when its response does not come, or its data set breaks off', async () => {
    await serve(async ({ signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      return { status: 0xfe00 };
    });
    const slow = await open(port, { responseMs: 100 });
    const command = { commandField: COMMAND_FIELD.cFindRequest, affectedSopClassUid: FIND, priority: 0 };
    await expect(slow.invoke(1, command, Buffer.alloc(10))).rejects.toThrow('no response within 100 ms');
    await slow.abort();
    const broken = await open(port);
    async function* breaking(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(300_000);
      throw new Error('the store is gone');
    }
    await expect(broken.invoke(1, command, breaking())).rejects.toThrow('broke off');
    await broken.release();
    await until(() => server.associations === 0);
  });

  it('stands a peer that answers nonsense', async () => {
    const provider = await DimseProvider.start();
    ({ sink, server, port } = await startServer());
    for (const nonsense of ['0400fffffffe00', '0200000000040000', '07000000000400000000', 'ffff']) {
      const { createServer } = await import('node:net');
      const rude = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(Buffer.from(nonsense, 'hex')));
      }).listen(0, '127.0.0.1');
      await until(() => rude.listening);
      await expect(open((rude.address() as { port: number }).port, { artimMs: 500 })).rejects.toThrow(AssociationEnded);
      rude.close();
    }
    await provider.stop();
    await assertAlive(port);
  });
});
