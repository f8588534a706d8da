// Runs the kinds of tests that docs/architecture.md names. Plain JavaScript: it installs and builds first.
import '../deploy/build.mjs';
import { spawnSync } from 'node:child_process';
import { root } from '../deploy/setup.mjs';
import { missingPrograms, startServices } from './services/real-services.mjs';

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
    // They wait more than they compute: two at once on two cores take a sixth less.
    jest(['e2e', 'browser'], '--maxWorkers=2');
  },
  data() {
    if (!process.env.QIAO_TEST_DATA) {
      console.error('Set QIAO_TEST_DATA to the folder that holds the real DICOM and ECG files.');
      process.exit(1);
    }
    jest(['data'], '--maxWorkers=2');
  },
  async services() {
    const missing = missingPrograms();
    if (missing.length > 0) {
      console.error(`The services suite needs programs that are not on this machine: ${missing.join(', ')}.`);
      process.exit(1);
    }
    const services = await startServices();
    Object.assign(process.env, services.settings);
    jest(['contract', 'e2e'], '--runInBand', '--testPathPatterns', more.join('|') || 'object-store|test/e2e');
    await services.stop();
    for (const name of Object.keys(services.settings)) delete process.env[name];
    if (more.length > 0) return;
    // With services of its own, which it stops and kills.
    jest(['services'], '--runInBand');
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
  'bench:ecg'() {
    run('bench:ecg', process.execPath, ['test/bench/run-bench.mjs', 'ecg', ...more]);
  },
  'bench:viewer'() {
    run('bench:viewer', process.execPath, ['test/bench/run-bench.mjs', 'viewer', ...more]);
  },
};
if (!Object.hasOwn(KINDS, kind)) {
  console.error(`There is no kind of test called ${kind}; there are ${Object.keys(KINDS).join(', ')}.`);
  process.exit(1);
}
await KINDS[kind]();
