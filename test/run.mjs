// Runs the kinds of tests that docs/architecture.md names. Plain JavaScript: it installs and builds first.
import '../deploy/build.mjs';
import { spawnSync } from 'node:child_process';
import { root } from '../deploy/setup.mjs';

const [kind = 'all', ...more] = process.argv.slice(2);

function run(title, command, parameters, env = {}) {
  console.log(`\n— ${title}`);
  const { status } = spawnSync(command, parameters, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
}
const npm = (script) => run(script, 'npm', ['run', '--silent', script]);
const jest = (projects, ...parameters) =>
  run(projects.join(', '), process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    ...projects,
    '--passWithNoTests=false',
    ...parameters,
  ]);

const KINDS = {
  all() {
    for (const script of ['format:check', 'lint', 'types', 'architecture']) npm(script);
    jest(['unit']);
    jest(['contract'], '--maxWorkers=2');
    jest(['e2e', 'browser'], '--runInBand');
  },
  data() {
    if (!process.env.QIAO_TEST_DATA) {
      console.error('Set QIAO_TEST_DATA to the folder that holds the real DICOM and ECG files.');
      process.exit(1);
    }
    jest(['data'], '--maxWorkers=2');
  },
  services() {
    for (const name of ['QIAO_REDIS_URL', 'QIAO_S3_ENDPOINT']) {
      if (!process.env[name]) {
        console.error(
          `Set QIAO_REDIS_URL and the four QIAO_S3_* settings to services of the test's own (${name} is missing).`,
        );
        process.exit(1);
      }
    }
    jest(['contract', 'e2e'], '--runInBand', '--testPathPatterns', 'object-store|test/e2e');
  },
  soak() {
    jest(['soak'], '--runInBand');
  },
  guards() {
    run('guards', process.execPath, ['test/guards/run-guards.mjs']);
  },
  bench() {
    run('bench', process.execPath, ['test/bench/run-bench.mjs', ...more]);
  },
};
if (!Object.hasOwn(KINDS, kind)) {
  console.error(`There is no kind of test called ${kind}; there are ${Object.keys(KINDS).join(', ')}.`);
  process.exit(1);
}
KINDS[kind]();
