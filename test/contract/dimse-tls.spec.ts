import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DimseServer } from '#libs/edges/dimse';
import { TestAuthority, type Certified } from '#test/certificates';
import { hasCounterpart } from '#test/counterpart';
import { associateRequest, data, DimseClient, echoCommand, pdv } from '#test/dimse-client';
import { sampleInstance } from '#test/dimse-sample';
import { assertAlive, sha256, startServer, type HashingSink } from '#test/dimse-test-server';

const run = promisify(execFile);

let authority: TestAuthority;
let device: Certified;
let stranger: Certified;
let server: DimseServer<string>;
let sink: HashingSink;
let plainPort: number;
/** with certificates of devices, and without */
let mutualPort: number;
let securePort: number;

beforeAll(async () => {
  authority = await TestAuthority.create('Devices');
  device = await authority.certify('device');
  stranger = await (await TestAuthority.create('Strangers')).certify('stranger');
  const own = await authority.certify('qiao');
  ({ server, sink, port: plainPort } = await startServer({ artimMs: 2_000 }));
  ({ port: mutualPort } = await server.listen('127.0.0.1', 0, { ...own, authorities: authority.certificate }));
  ({ port: securePort } = await server.listen('127.0.0.1', 0, own));
});
afterAll(() => server.close(0));

async function echo(
  port: number,
  options: ConnectionOptions = {},
): Promise<{ status: number; protocol: string | null }> {
  const socket = connect({ host: '127.0.0.1', port, ca: authority.certificate, ...options });
  await once(socket, 'secureConnect');
  const client = new DimseClient(socket);
  await client.send(associateRequest());
  const answer = await client.next();
  if (answer?.type !== 2) throw new Error('not accepted');
  await client.send(data(pdv(1, 'command', true, echoCommand(1))));
  const { status } = await client.response();
  const protocol = socket.getProtocol();
  await client.release();
  return { status, protocol };
}

describe('DICOM over TLS', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async (version) => {
    expect(await echo(securePort, { minVersion: version, maxVersion: version })).toEqual({
      status: 0,
      protocol: version,
    });
  });

  it.each([
    ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['a suite without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
    ['CBC', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }],
  ] as [string, ConnectionOptions][])('refuses %s', async (_what, options) => {
    await expect(echo(securePort, options)).rejects.toThrow();
    await assertAlive(plainPort);
  });

  it('wants a certificate of the authorities it was given', async () => {
    const { certificate: cert, key } = device;
    expect(await echo(mutualPort, { cert, key })).toMatchObject({ status: 0 });
    await expect(echo(mutualPort)).rejects.toThrow();
    await expect(echo(mutualPort, { cert: stranger.certificate, key: stranger.key })).rejects.toThrow();
  });

  it('stands a peer that speaks no TLS, and one that never ends its handshake', async () => {
    const plain = connectPlain(securePort, '127.0.0.1');
    plain.on('error', () => undefined);
    plain.write(associateRequest());
    await once(plain, 'close');
    const silent = connectPlain(securePort, '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'close');
    expect(await echo(securePort)).toMatchObject({ status: 0 });
  });

  it('serves storescu with its certificate, bit by bit', async () => {
    if (!hasCounterpart('storescu')) return;
    const help = await run('storescu', ['--help']).then(({ stdout }) => stdout);
    if (!help.includes('--enable-tls')) throw new Error('this storescu has no TLS');
    const folder = mkdtempSync(join(tmpdir(), 'qiao-tls-'));
    try {
      const file = (name: string, content: string | Buffer): string => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
      };
      const instance = sampleInstance('2.25.4001', 400_000);
      await run('storescu', [
        '+tls',
        file('key.pem', device.key),
        file('cert.pem', device.certificate),
        '+cf',
        file('ca.pem', authority.certificate),
        '-aet',
        'SENDER',
        '-aec',
        'QIAO',
        '-R',
        '-xe',
        '127.0.0.1',
        String(mutualPort),
        file('image.dcm', instance.file),
      ]);
      expect(sink.kept.map((one) => one.sha256)).toContain(sha256(instance.dataSet));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
