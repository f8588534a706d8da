// `npm run verify-store`, `npm run collect-garbage`: builds what is missing, then hands over. What building says goes to standard error.
import { spawnSync } from 'node:child_process';
import { root } from './setup.mjs';

console.log = console.error;
await import('./build.mjs');
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', `${root}dist/apps/storekeeper/src/main.js`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 2);
