import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contender.js';

const PROGRAM = ['/usr/sbin/Orthanc', '/usr/bin/Orthanc'].find((path) => existsSync(path));
const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

/**
 * What is not Orthanc's default: text in UTF-8 (it would drop Chinese), large PDUs, no gzip on the way (it would only cost it time), no
 * log-in. Its durability stays as delivered: `SyncStorageArea` true (each file is flushed), SQLite in WAL with `synchronous` NORMAL.
 */
export const ORTHANC_SETTINGS = {
  DefaultEncoding: 'Utf8',
  RemoteAccessAllowed: true,
  AuthenticationEnabled: false,
  MaximumPduLength: 131_072,
  HttpCompressionEnabled: false,
  HttpThreadsCount: 50,
  DicomThreadsCount: 4,
  SyncStorageArea: true,
  StorageCompression: false,
  KeepAlive: true,
  TcpNoDelay: true,
};

export const orthancIsInstalled = (): boolean => PROGRAM !== undefined && existsSync(PLUGIN);

/** Orthanc and its DICOMweb plugin. It listens on every address whatever it is told: only inside a network namespace. */
export async function startOrthanc(folder: string, more: Record<string, unknown> = {}): Promise<Contender> {
  const [httpPort, dimsePort] = [await freePort(), await freePort()];
  const home = join(folder, 'orthanc');
  await mkdir(home, { recursive: true });
  const configuration = {
    ...ORTHANC_SETTINGS,
    Name: 'bench',
    StorageDirectory: home,
    IndexDirectory: home,
    DicomAet: 'ORTHANC',
    DicomPort: dimsePort,
    HttpPort: httpPort,
    Plugins: [PLUGIN],
    ...more,
  };
  await writeFile(join(home, 'orthanc.json'), JSON.stringify(configuration));
  const child = spawn(PROGRAM!, [join(home, 'orthanc.json')], {
    stdio: 'ignore',
    // For its DICOM side: without it dcmtk waits for delayed acknowledgements.
    env: { ...process.env, TCP_NODELAY: '1' },
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const cut = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(cut);
  };
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`http://127.0.0.1:${httpPort}/system`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) break;
    if (tries > 200 || child.exitCode !== null) {
      await stop();
      throw new Error('Orthanc did not start');
    }
    await sleep(100);
  }
  return {
    name: 'Orthanc',
    httpPort,
    dimsePort,
    calledAe: 'ORTHANC',
    callingAe: 'ZHAOZHUANG',
    dicomWeb: '/dicom-web',
    headers: {},
    quiet: async () => undefined,
    processes: async () => ({ orthanc: [child.pid!] }),
    stop,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
