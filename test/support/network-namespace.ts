import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const INSIDE = 'QIAO_TEST_NAMESPACE';
const UNSHARE = process.getuid?.() === 0 ? ['-n'] : ['--user', '--map-current-user', '--keep-caps', '-n'];
const LOOPBACK = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

/** Whether this process runs in a network namespace that was made for its test. */
export const insideNamespace = process.env[INSIDE] === '1';

/** Can one be made here? Where CI is set it must be possible; elsewhere it is named, and its part left out. */
export function hasNamespaces(): boolean {
  const possible = spawnSync('unshare', [...UNSHARE, ...LOOPBACK, 'true']).status === 0;
  if (!possible && process.env['CI']) throw new Error('a network namespace is needed for the tests in CI');
  if (!possible) process.stderr.write('left out: no network namespace can be made on this machine\n');
  return possible;
}

/**
 * Runs one spec again in a namespace with nothing but loopback; where its caller runs on real services, it has others inside, since
 * those outside cannot be reached. @returns its exit code and what it said
 */
export function runInside(spec: string): Promise<{ code: number | null; output: string }> {
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--selectProjects', 'e2e', '--runInBand'];
  const services = process.env['QIAO_S3_ENDPOINT'] ? [process.execPath, 'test/services/with-services.mjs'] : [];
  const command = [...services, process.execPath, ...jest, '--testPathPatterns', spec];
  const child = spawn('unshare', [...UNSHARE, ...LOOPBACK, ...command], {
    cwd: ROOT,
    env: { ...process.env, [INSIDE]: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}
