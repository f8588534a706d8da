// Builds the servers (SWC) and the web application (Vite) into dist/, each only when its sources changed.
import './setup.mjs';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

function digest(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = join(path, entry.name);
      if (entry.isDirectory()) visit(full);
      else hash.update(full.slice(root.length)).update(readFileSync(full));
    }
  };
  for (const path of paths) {
    if (path.endsWith('/')) visit(join(root, path));
    else hash.update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

function step(name, sources, commands) {
  const stamp = join(root, `dist/.${name}-built`);
  const wanted = digest([...sources, 'package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log(`Building the ${name} …`);
  for (const [command, ...parameters] of commands) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, command), ...parameters], { cwd: root });
    if (status !== 0) {
      process.stderr.write(stdout);
      process.stderr.write(stderr);
      process.exit(status ?? 1);
    }
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, wanted);
}

const servers = ['gateway', 'listener', 'worker', 'standalone', 'storekeeper', 'platform'].map((app) => `apps/${app}`);
for (const folder of ['dist/apps', 'dist/libs']) {
  // Sources that are gone must not live on in dist.
  if (!existsSync(join(root, 'dist/.servers-built'))) rmSync(join(root, folder), { recursive: true, force: true });
}
step(
  'servers',
  [...servers.map((app) => `${app}/`), 'libs/', '.swcrc'],
  [
    [
      'node_modules/@swc/cli/bin/swc.js',
      ...servers,
      'libs',
      '-d',
      'dist',
      '--config-file',
      '.swcrc',
      '--ignore',
      '**/*.spec.ts',
      '-q',
    ],
  ],
);
step(
  'web application',
  ['apps/viewer/', 'libs/formats/ecg-page/'],
  [['node_modules/vite/bin/vite.js', 'build', '--config', 'apps/viewer/vite.config.ts', '--logLevel', 'warn']],
);
