// `npm run bench`, `npm run bench:viewer` and `npm run bench:ecg` (`viewer`, `ecg` as the first word): compiles the bench and runs it in a
// network namespace of its own,
// where only it can reach what it starts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../deploy/setup.mjs';

const compiled = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/@swc/cli/bin/swc.js'),
    'test/bench',
    'test/support',
    '-d',
    'dist',
    '--config-file',
    '.swcrc',
    '--only',
    '**/*.ts',
    '-q',
  ],
  { cwd: root, stdio: 'inherit' },
);
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const part = ['viewer', 'ecg'].find((name) => name === process.argv[2]);
const viewer = part === 'viewer';
const main = [
  process.execPath,
  join(root, 'dist/test/bench', part ?? '', 'main.js'),
  ...process.argv.slice(part ? 3 : 2),
];
// Inside there is no way out to fetch it.
// Built by then, and not before: nothing that reads this file without building must look for it.
if (viewer) (await import(join(root, 'dist/test/support/ohif.js'))).ohifPages();
// An ordinary user gets the right to make one inside a user namespace, where the kernel allows that.
const unshare = process.getuid?.() === 0 ? ['-n'] : ['--user', '--map-current-user', '--keep-caps', '-n'];
const possible = spawnSync('unshare', [...unshare, 'ip', 'link', 'set', 'lo', 'up']).status === 0;
if (!possible) {
  console.error(
    'A network namespace cannot be made here (it takes `unshare`, `ip`, and root or user namespaces); Orthanc, which listens on ' +
      'every address, is left out, and ours is measured alone.',
  );
}
const [command, ...parameters] = possible
  ? ['unshare', ...unshare, 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...main]
  : main;
const { status } = spawnSync(command, parameters, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, BENCH_NAMESPACE: possible ? 'own' : 'shared' },
});
process.exit(status ?? 1);
