import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './qiao-process.js';

/**
 * Orthanc as a peer. It listens on all addresses whatever it is told: start it in a network namespace of its own. Without TCP_NODELAY
 * it looks slower than it is.
 */
export class OrthancProcess {
  private readonly folder = mkdtempSync(join(tmpdir(), 'qiao-orthanc-'));
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly aeTitle: string,
    readonly httpPort: number,
    readonly dicomPort: number,
  ) {}

  static async start(options: {
    aeTitle: string;
    httpPort: number;
    dicomPort: number;
    modalities: Record<string, [string, string, number]>;
    more?: Record<string, unknown>;
  }): Promise<OrthancProcess> {
    const orthanc = new OrthancProcess(options.aeTitle, options.httpPort, options.dicomPort);
    const configuration = {
      Name: 'peer',
      StorageDirectory: join(orthanc.folder, 'storage'),
      IndexDirectory: join(orthanc.folder, 'storage'),
      HttpPort: options.httpPort,
      DicomPort: options.dicomPort,
      DicomAet: options.aeTitle,
      AuthenticationEnabled: false,
      RemoteAccessAllowed: false,
      DefaultEncoding: 'Utf8',
      DicomModalities: options.modalities,
      ...options.more,
    };
    const path = join(orthanc.folder, 'orthanc.json');
    writeFileSync(path, JSON.stringify(configuration));
    const child = spawn('Orthanc', [path], {
      env: { ...process.env, TCP_NODELAY: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const take = (chunk: Buffer) => (orthanc.output = (orthanc.output + chunk.toString()).slice(-8_000));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    orthanc.child = child;
    await eventually(`Orthanc to answer:\n${orthanc.output}`, () =>
      fetch(`${orthanc.base}/system`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return orthanc;
  }

  get base(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** @throws Error with what Orthanc said */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.base}${path}`, {
      method,
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}\n${this.output}`);
    const type = answer.headers.get('content-type') ?? '';
    return (type.includes('json') ? await answer.json() : Buffer.from(await answer.arrayBuffer())) as T;
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
