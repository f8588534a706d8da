// Takes each guard away in a copy of the tree, and shows which test fails. A removal that nobody notices is the failure here.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `from` must stand in the file exactly once; the test in `spec` must then fail. */
const GUARDS = [
  {
    name: 'the organisation’s boundary',
    file: 'libs/identity/src/domain/caller.ts',
    from: "return { organisations: caller.reach === 'network' ? 'all' : [caller.organisation] };",
    to: "return { organisations: caller.reach === 'network' ? 'all' : 'all' };",
    spec: 'test/e2e/scope.spec.ts',
  },
  {
    name: 'nobody reviews the own report',
    file: 'libs/reading/src/review-reading.ts',
    from: 'if (reading.authorId === caller.id) {',
    to: 'if (false as boolean) {',
    spec: 'test/e2e/scope.spec.ts',
    behind: 'the CHECK of the table still stands behind it: the review ends in a 500, and nothing is written',
  },
  {
    name: 'the same instance twice is one (digest)',
    file: 'libs/ingest/src/postgres/ingest.postgres-repository.ts',
    from: 'others.find((other) => other.digest === instance.digest)',
    to: 'others.find((other) => other.digest !== instance.digest)',
    spec: 'test/e2e/door.spec.ts',
  },
  {
    name: 'the outbox relay',
    file: 'libs/persistence/src/deliveries.ts',
    from: 'WHERE relayed_at IS NULL ORDER BY id',
    to: 'WHERE relayed_at IS NULL AND false ORDER BY id',
    spec: 'test/e2e/golden-path.spec.ts',
  },
  {
    name: 'a hold (封存)',
    file: 'libs/retention/src/domain/deletion.ts',
    from: "'hold-stands': facts.standingHolds > 0,",
    to: "'hold-stands': false,",
    spec: 'test/e2e/retention.spec.ts',
  },
  {
    name: 'a signed report keeps its images',
    file: 'libs/retention/src/domain/deletion.ts',
    from: "'report-signed': facts.signedReports > 0 && !facts.expired,",
    to: "'report-signed': false,",
    spec: 'test/e2e/retention.spec.ts',
  },
];

const LEFT_OUT = new Set(['node_modules', 'data', '.git', 'coverage']);
const only = process.argv[2];
const chosen = only ? GUARDS.filter((guard) => guard.name.includes(only) || guard.file.includes(only)) : GUARDS;
if (chosen.length === 0) throw new Error(`There is no guard called ${only}.`);

const copy = mkdtempSync(join(tmpdir(), 'qiao-guards-'));
let unnoticed = 0;
try {
  // The built viewer and its stamp come along, so that only the servers are built again.
  cpSync(root, copy, { recursive: true, filter: (path) => path === root || !LEFT_OUT.has(basename(path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  // A test that fails in the copy anyway would prove nothing.
  for (const spec of new Set(chosen.map((guard) => guard.spec))) {
    const [first] = failingTests(spec);
    if (first) throw new Error(`${spec} fails with every guard in place: ${first.title}: ${first.why}`);
  }
  for (const guard of chosen) {
    const path = join(copy, guard.file);
    const whole = readFileSync(path, 'utf8');
    const places = whole.split(guard.from).length - 1;
    if (places !== 1) throw new Error(`${guard.file} holds ${places} times, not once: ${guard.from}`);
    writeFileSync(path, whole.replace(guard.from, guard.to));
    const began = Date.now();
    const failed = failingTests(guard.spec);
    writeFileSync(path, whole);
    const seconds = Math.round((Date.now() - began) / 1000);
    if (failed.length === 0) {
      unnoticed += 1;
      console.log(`✗ without ${guard.name} (${guard.file}) nothing failed in ${guard.spec}; ${seconds} s`);
    } else {
      console.log(`✓ without ${guard.name} (${guard.file}) ${failed.length} failed in ${guard.spec}; ${seconds} s`);
      if (guard.behind) console.log(`    (${guard.behind})`);
      for (const { title, why } of failed.slice(0, 3)) console.log(`    ${title}\n      ${why}`);
    }
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
if (unnoticed > 0) process.exitCode = 1;

/** The tests of the spec that fail in the copy. @throws Error when they could not be run at all, which proves nothing */
function failingTests(spec) {
  const node = (...parameters) =>
    spawnSync(process.execPath, parameters, { cwd: copy, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const built = node('deploy/build.mjs');
  if (built.status !== 0) throw new Error(`the copy does not build:\n${built.stdout}${built.stderr}`);
  const results = join(copy, 'guard-results.json');
  rmSync(results, { force: true });
  const ran = node(
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--rootDir',
    copy,
    '--json',
    `--outputFile=${results}`,
    '--runTestsByPath',
    join(copy, spec),
  );
  let report;
  try {
    report = JSON.parse(readFileSync(results, 'utf8'));
  } catch {
    throw new Error(`${spec} did not run:\n${ran.stderr}`);
  }
  if (report.numTotalTests === 0) throw new Error(`${spec} ran no test:\n${ran.stderr}`);
  const tests = report.testResults.flatMap((result) => result.assertionResults);
  return tests
    .filter((test) => test.status === 'failed')
    .map((test) => ({
      title: test.fullName,
      why: stripVTControlCharacters(String(test.failureMessages?.[0] ?? ''))
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .slice(0, 14)
        .join(' | ')
        .slice(0, 400),
    }));
}
