import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DimseServer, StoreOutcome } from '#libs/edges/dimse';
import {
  ABORT,
  CT_IMAGE_STORAGE,
  DimseClient,
  RELEASE_REQUEST,
  commandSet,
  data,
  echoCommand,
} from '#test/dimse-client';
import { pdv, storeCommand } from '#test/dimse-client';
import { sampleInstance } from '#test/dimse-sample';
import { assertAlive, elementText, sha256, startServer, storeMessage } from '#test/dimse-test-server';
import { until, type HashingSink } from '#test/dimse-test-server';

let sink: HashingSink;
let server: DimseServer<string>;
let port: number;
const start = async (options: Parameters<typeof startServer>[0] = {}): Promise<void> => {
  ({ sink, server, port } = await startServer(options));
};
beforeEach(() => start());
afterEach(() => server.close(0));

const instance = sampleInstance('2.25.1001', 300_000);

describe('storing', () => {
  it.each([1_000, 16_001, 131_066, 777])('keeps every byte in PDVs of %i bytes', async (size) => {
    const client = await DimseClient.associate(port);
    await client.send(storeMessage(5, instance.sopInstanceUid, instance.dataSet, size));
    const answer = await client.response();
    expect(answer).toMatchObject({ status: 0, messageId: 5, contextId: 3 });
    expect(elementText(answer.elements, 0x1000).replace(/\0$/, '')).toBe(instance.sopInstanceUid);
    await client.release();
    expect(sink.kept).toEqual([
      {
        sha256: sha256(instance.dataSet),
        bytes: instance.dataSet.length,
        request: {
          caller: 'township-1',
          callingAe: 'SENDER',
          remoteAddress: '127.0.0.1',
          associationId: expect.any(String),
          transferSyntaxUid: '1.2.840.10008.1.2.1',
          affectedSopClassUid: CT_IMAGE_STORAGE,
          affectedSopInstanceUid: instance.sopInstanceUid,
          messageId: 5,
        },
      },
    ]);
    expect(sink.largestChunk).toBeLessThan(400_000);
  });

  it('bears data mixed with its command, an empty last PDV, and messages sent ahead', async () => {
    const client = await DimseClient.associate(port);
    const command = storeCommand(1, '2.25.1');
    const bytes = Buffer.from('only some bytes');
    await client.send(
      data(
        pdv(3, 'command', false, command.subarray(0, 11)),
        pdv(3, 'data', false, bytes.subarray(0, 5)),
        pdv(3, 'command', true, command.subarray(11)),
        pdv(3, 'data', false, bytes.subarray(5)),
        pdv(3, 'data', true, Buffer.alloc(0)),
      ),
      data(pdv(1, 'command', true, commandSet([0x0100, 0x0fff], [0x0120, 1], [0x0800, 0x0101]))),
      data(pdv(1, 'command', true, echoCommand(2))),
      storeMessage(3, '2.25.3', instance.dataSet),
    );
    expect(await client.response()).toMatchObject({ status: 0, messageId: 1 });
    expect(await client.response()).toMatchObject({ status: 0, messageId: 2 });
    expect(await client.response()).toMatchObject({ status: 0, messageId: 3 });
    await client.release();
    expect(sink.kept.map((one) => one.sha256)).toEqual([sha256(bytes), sha256(instance.dataSet)]);
  });

  it('cuts its answers to what the peer takes', async () => {
    const client = await DimseClient.associate(port, { maximumLength: 20 });
    await client.send(storeMessage(1, '2.25.1', instance.dataSet));
    expect(await client.response()).toMatchObject({ status: 0 });
    await client.release();
  });

  it('does not answer before the commit', async () => {
    let commit: (outcome: StoreOutcome) => void = () => undefined;
    sink.onCommit = () => new Promise((resolve) => (commit = resolve));
    const client = await DimseClient.associate(port);
    let answered = false;
    await client.send(storeMessage(1, '2.25.1', instance.dataSet));
    const answer = client.response().then((one) => {
      answered = true;
      return one;
    });
    await sleep(100);
    expect(answered).toBe(false);
    commit({ status: 0xb000, comment: 'Elements discarded' });
    expect((await answer).status).toBe(0xb000);
    expect(elementText((await answer).elements, 0x0902)).toBe('Elements discarded');
    await client.release();
  });

  it('keeps a fast sender waiting for a slow sink', async () => {
    let written = 0;
    sink.onWrite = async () => {
      written += 1;
      await sleep(15);
    };
    const client = await DimseClient.associate(port);
    const large = Buffer.alloc(24_000_000, 1);
    const sent = client.send(storeMessage(1, '2.25.1', large, 100_000));
    await sleep(100);
    // What is not in the kernel's buffers or in our half megabyte has not left the sender.
    expect(client.socket.bytesWritten - client.socket.writableLength).toBeLessThan(large.length);
    await sent;
    expect(await client.response()).toMatchObject({ status: 0 });
    expect(written).toBeGreaterThan(50);
    expect(sink.kept[0]?.sha256).toBe(sha256(large));
    await client.release();
  });

  const failing = (code?: string) => async (): Promise<never> => {
    throw Object.assign(new Error('secret path'), code === undefined ? {} : { code });
  };
  it.each([
    ['opening', 'onOpen', undefined, 0x0110, 0],
    ['writing', 'onWrite', undefined, 0x0110, 1],
    ['writing to a full disk', 'onWrite', 'out-of-resources', 0xa700, 1],
    ['committing', 'onCommit', 'unavailable', 0xa700, 1],
  ] as const)('answers a failure while %s and lives on', async (_what, step, code, status, aborts) => {
    sink[step] = failing(code);
    const client = await DimseClient.associate(port);
    await client.send(storeMessage(1, '2.25.1', instance.dataSet));
    const answer = await client.response();
    expect(answer.status).toBe(status);
    expect(elementText(answer.elements, 0x0902)).not.toContain('secret');
    expect([sink.kept.length, sink.aborted.length]).toEqual([0, aborts]);
    sink.onOpen = sink.onWrite = async () => undefined;
    sink.onCommit = async () => ({ status: 0 });
    await client.send(storeMessage(2, '2.25.2', instance.dataSet));
    expect(await client.response()).toMatchObject({ status: 0, messageId: 2 });
    await client.release();
  });

  it.each([
    ['an unknown operation', commandSet([0x0100, 0x0020], [0x0110, 4], [0x0800, 1]), 0x0211, 0x0100],
    ['a class that is not the context’s', storeCommand(4, '2.25.1', '1.2.840.10008.5.1.4.1.1.4'), 0x0122, 0x0002],
    ['an instance UID that is none', storeCommand(4, '../etc'), 0x0117, 0x1000],
  ])('names what is at fault in %s, behind its data set', async (_what, command, status, element) => {
    const client = await DimseClient.associate(port);
    await client.send(
      data(pdv(3, 'command', true, command)),
      data(pdv(3, 'data', true, instance.dataSet)),
      data(pdv(1, 'command', true, echoCommand(5))),
    );
    const answer = await client.response();
    expect(answer).toMatchObject({ status, messageId: 4 });
    expect(answer.elements.get(0x0901)?.readUInt16LE(2)).toBe(element);
    expect(await client.response()).toMatchObject({ status: 0, messageId: 5 });
    await client.release();
    expect(sink.opened).toBe(0);
  });

  it.each([
    ['aborts', (client: DimseClient) => client.send(ABORT)],
    ['vanishes', (client: DimseClient) => client.close()],
    ['resets', async (client: DimseClient) => void client.socket.resetAndDestroy()],
    ['releases', (client: DimseClient) => client.send(RELEASE_REQUEST)],
    ['talks nonsense', (client: DimseClient) => client.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'))],
    ['starts another message', (client: DimseClient) => client.send(data(pdv(1, 'command', true, echoCommand(9))))],
  ])('keeps nothing of a data set whose sender %s in the middle', async (_what, leave) => {
    const client = await DimseClient.associate(port);
    await client.send(
      data(pdv(3, 'command', true, storeCommand(1, '2.25.1'))),
      data(pdv(3, 'data', false, instance.dataSet)),
    );
    await until(() => sink.opened === 1);
    await leave(client);
    await until(() => sink.aborted.length === 1);
    await client.close();
    await until(() => server.associations === 0);
    expect(sink.kept).toEqual([]);
    await assertAlive(port);
  });
});

/** A tool that is not installed is named and its test left out; on CI that is a failure. */
function tool(name: string): { path: string; test: typeof it | typeof it.skip } {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(candidate));
  if (path === undefined && process.env['CI'] === undefined) console.warn(`${name} is not installed: left out`);
  return { path: path ?? name, test: path === undefined && process.env['CI'] === undefined ? it.skip : it };
}

interface Run {
  code: number;
  output: string;
}
function run(path: string, args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(path, args, { timeout: 45_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
    });
  });
}

describe('dcmtk', () => {
  const [echoscu, storescu, dcmsend] = [tool('echoscu'), tool('storescu'), tool('dcmsend')];
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qiao-dimse-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const files = async (count: number): Promise<string[]> => {
    const paths = Array.from({ length: count }, (_, index) => join(folder, `${index}.dcm`));
    await Promise.all(paths.map((path, index) => writeFile(path, sampleInstance(`2.25.77.${index}`, 100_000).file)));
    return paths;
  };

  echoscu.test('echoscu is answered, or refused when its title is unknown', async () => {
    const known = await run(echoscu.path, ['-v', '-aet', 'SENDER', '-aec', 'QIAO', '127.0.0.1', String(port)]);
    expect(known).toMatchObject({ code: 0 });
    const unknown = await run(echoscu.path, ['-v', '-aet', 'STRANGER', '-aec', 'QIAO', '127.0.0.1', String(port)]);
    expect(unknown.code).not.toBe(0);
    expect(unknown.output).toContain('Calling AE Title Not Recognized');
  });

  echoscu.test('echoscu may propose all it can', async () => {
    const all = ['-v', '-pts', '38', '-ppc', '128', '--repeat', '5', '-aet', 'SENDER', '-aec', 'QIAO'];
    expect(await run(echoscu.path, [...all, '127.0.0.1', String(port)])).toMatchObject({ code: 0 });
  });

  storescu.test('storescu stores what it has, byte for byte', async () => {
    const paths = await files(3);
    const title = ['-v', '-aet', 'SENDER', '-aec', 'QIAO'];
    expect(await run(storescu.path, [...title, '127.0.0.1', String(port), ...paths])).toMatchObject({ code: 0 });
    expect(sink.kept.map((one) => one.sha256)).toEqual(
      [0, 1, 2].map((index) => sha256(sampleInstance(`2.25.77.${index}`, 100_000).dataSet)),
    );
  });

  storescu.test('storescu with roles, and every class proposed, is content', async () => {
    const paths = await files(1);
    const title = ['-v', '+C', '-aet', 'SENDER', '-aec', 'QIAO', '-pdu', '131072'];
    expect(await run(storescu.path, [...title, '127.0.0.1', String(port), ...paths])).toMatchObject({ code: 0 });
    expect(sink.kept).toHaveLength(1);
  });

  storescu.test('storescu hears of a failure', async () => {
    sink.onCommit = async () => ({ status: 0xa700, comment: 'Disk full' });
    const title = ['-v', '-aet', 'SENDER', '-aec', 'QIAO'];
    const result = await run(storescu.path, [...title, '127.0.0.1', String(port), ...(await files(1))]);
    expect(result.output).toContain('OutOfResources');
  });

  dcmsend.test('eight dcmsend at once all arrive', async () => {
    await files(6);
    const args = ['+sd', '+r', '-aet', 'SENDER', '-aec', 'QIAO', '127.0.0.1', String(port), folder];
    const results = await Promise.all(Array.from({ length: 8 }, () => run(dcmsend.path, args)));
    expect(results.map((one) => one.code)).toEqual(Array.from({ length: 8 }, () => 0));
    expect(sink.kept).toHaveLength(48);
    expect(new Set(sink.kept.map((one) => one.sha256)).size).toBe(6);
    expect(sink.aborted).toEqual([]);
  });
});
