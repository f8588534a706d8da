// `npm start`: installs and builds what is missing, then hands over to the supervisor, passing signals on.
import './build.mjs';
import { spawn } from 'node:child_process';
import { root } from './setup.mjs';

const child = spawn(process.execPath, ['--enable-source-maps', `${root}dist/apps/standalone/src/main.js`], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A terminal sends Ctrl-C to the whole group; a script sends a signal to this process alone.
    if (!process.stdin.isTTY) child.kill(signal);
  });
}
// npm runs this through a shell, which may die of a signal without passing it on: an orphan stops as if it had been told to.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) child.kill('SIGTERM');
}, 500).unref();
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
