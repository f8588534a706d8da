// Runs test/bench/*.bench.ts one after the other and prints each figure beside its peer's, as a ratio.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../deploy/setup.mjs';

const { status } = spawnSync(
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
if (status !== 0) process.exit(status ?? 1);
const folder = join(root, 'dist/test/bench');
const number = (value) => (typeof value === 'number' ? value.toFixed(value < 10 ? 2 : 0) : '–');
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.bench.js'))
  .sort()) {
  console.log(`\n${name.replace('.bench.js', '')}`);
  const { run } = await import(pathToFileURL(join(folder, name)).href);
  for (const row of await run()) {
    console.log(`  ${row.name}: ours ${number(row.ours)}, peer ${number(row.peer)}, ratio ${number(row.ratio)}`);
  }
}
