import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const gzipped = promisify(gzip);
const VERSION = '3.12.10';
const HERE = fileURLToPath(new URL('../../', import.meta.url));
/** Jest runs this file from its source, the bench from dist/. */
const ROOT = existsSync(join(HERE, 'package.json')) ? HERE : join(HERE, '..');
const CACHE = join(ROOT, 'node_modules/.cache/qiao-ohif');

/**
 * The folder of OHIF's static pages: fetched once from the package registry, which checks what it gives, and kept beside the packages. It is
 * no dependency, because its own would double what has to be installed. Undefined where it cannot be had; with CI set that is a failure.
 */
export function ohifPages(): string | undefined {
  const pages = join(CACHE, VERSION);
  if (existsSync(join(pages, 'index.html'))) return pages;
  try {
    mkdirSync(CACHE, { recursive: true });
    execFileSync('npm', ['pack', `@ohif/app@${VERSION}`, '--silent', '--pack-destination', CACHE], {
      stdio: 'pipe',
      timeout: 240_000,
    });
    const file = readdirSync(CACHE).find((name) => name.endsWith(`${VERSION}.tgz`))!;
    execFileSync('tar', ['xzf', join(CACHE, file), '-C', CACHE, 'package/dist']);
    renameSync(join(CACHE, 'package/dist'), pages);
    rmSync(join(CACHE, file));
    return pages;
  } catch (error) {
    if (process.env['CI']) throw error;
    process.stderr.write(`left out: @ohif/app ${VERSION} cannot be fetched\n`);
    return undefined;
  }
}

/** dicomweb-client's bundle for browsers. */
export const dicomwebClientScript = (): string =>
  createRequire(import.meta.url).resolve('dicomweb-client/build/dicomweb-client.js');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

const config = (origin: string): string =>
  `window.config = ${JSON.stringify({
    routerBasename: '/',
    extensions: [],
    modes: [],
    showStudyList: true,
    maxNumberOfWebWorkers: 2,
    showCPUFallbackMessage: false,
    defaultDataSourceName: 'qiao',
    dataSources: [
      {
        namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
        sourceName: 'qiao',
        configuration: {
          friendlyName: 'Qiao',
          name: 'qiao',
          wadoUriRoot: `${origin}/dicom-web`,
          qidoRoot: `${origin}/dicom-web`,
          wadoRoot: `${origin}/dicom-web`,
          qidoSupportsIncludeField: true,
          imageRendering: 'wadors',
          thumbnailRendering: 'wadors',
          enableStudyLazyLoad: true,
          supportsFuzzyMatching: true,
          supportsWildcard: true,
          bulkDataURI: { enabled: true },
          omitQuotationForMultipartRequest: true,
        },
      },
    ],
  })};`;

/** A page server as a hospital would put before the viewer: static pages, and `/dicom-web` handed on with a bearer token, where there is one. */
export class ViewerSite {
  /** Answers of `/dicom-web`, in order: status, method and path. */
  readonly answers: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async open(pages: string | undefined, target: string, token?: string): Promise<ViewerSite> {
    let site: ViewerSite;
    const server = createServer((asked, reply) => {
      if (asked.url!.startsWith('/dicom-web')) handOn(asked, reply, target, token, (line) => site.answers.push(line));
      else void page(asked.url!.split('?')[0]!, reply, pages, `http://${asked.headers.host}`);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as { port: number };
    site = new ViewerSite(server, `http://127.0.0.1:${port}`);
    return site;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function handOn(
  asked: IncomingMessage,
  reply: ServerResponse,
  target: string,
  token: string | undefined,
  note: (line: string) => void,
): void {
  const { host, ...headers } = asked.headers;
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  const forward = request(
    new URL(asked.url!, target),
    { method: asked.method, headers: { ...headers, 'x-forwarded-host': host, ...authorization } },
    (answer) => {
      note(`${answer.statusCode} ${asked.method} ${asked.url}`);
      reply.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(reply);
    },
  );
  forward.on('error', () => reply.destroy());
  asked.pipe(forward);
}

const known = new Map<string, Buffer>();
/** As hospitals' web servers send pages; once for each file, so that it costs nothing while time is taken. */
async function compressed(file: string): Promise<Buffer> {
  const bytes = known.get(file) ?? (await gzipped(await readFile(file)));
  known.set(file, bytes);
  return bytes;
}

async function page(path: string, reply: ServerResponse, pages: string | undefined, origin: string): Promise<void> {
  if (path === '/app-config.js') {
    reply.writeHead(200, { 'content-type': 'text/javascript' }).end(config(origin));
    return;
  }
  if (path === '/dicomweb-client.js') {
    reply.writeHead(200, { 'content-type': 'text/javascript' }).end(await readFile(dicomwebClientScript()));
    return;
  }
  if (path === '/empty') {
    reply.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>empty</title>');
    return;
  }
  try {
    const file = join(pages!, normalize(path));
    if (!extname(file)) throw new Error('a page of the application');
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const bytes = await compressed(file);
    reply.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(bytes);
  } catch {
    reply.writeHead(200, { 'content-type': TYPES['.html']! }).end(await readFile(join(pages!, 'index.html')));
  }
}
