import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where what is kept lies elsewhere, a folder copied from another start would not fit it. */
const ELSEWHERE = ['QIAO_DATABASE_URL', 'QIAO_REDIS_URL', 'QIAO_S3_ENDPOINT'];

export const canBeCopied = (settings: Readonly<Record<string, string | undefined>>): boolean =>
  ELSEWHERE.every((name) => !settings[name]) && settings['QIAO_DEMO'] !== 'off';

/** With owners and rights: as root, PostgreSQL runs as another user, whose folder it must stay. */
export const copyFolder = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  execFileSync('cp', ['-a', `${from}/.`, to]);
};

/**
 * A data folder as the product's first start leaves it, its demo examinations filed: most tests begin there, and a copy takes a
 * quarter of a second where the start takes seconds. Kept in dist/, for one build and one day (the demo's examinations are of today).
 *
 * @param make starts the product on nothing, waits until all is filed, stops it, and copies its data folder to where it is told
 */
export async function firstDay(root: string, make: (to: string) => Promise<void>): Promise<string> {
  const shelf = join(root, 'dist/first-day');
  const kept = join(shelf, keyOf(root));
  mkdirSync(shelf, { recursive: true });
  const lock = join(shelf, 'lock');
  while (!existsSync(kept)) {
    if (!take(lock)) {
      await sleep(200);
      continue;
    }
    try {
      if (existsSync(kept)) break;
      for (const name of readdirSync(shelf)) {
        if (name !== 'lock') rmSync(join(shelf, name), { recursive: true, force: true });
      }
      const incoming = join(shelf, 'incoming');
      await make(incoming);
      renameSync(incoming, kept);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return kept;
}

function keyOf(root: string): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'dist/.servers-built')));
  const migrations = join(root, 'deploy/migrations');
  for (const name of readdirSync(migrations).sort()) hash.update(name).update(readFileSync(join(migrations, name)));
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  return `${today}-${hash.digest('hex').slice(0, 16)}`;
}

/** Whether this process makes it now; one that was killed while making holds nobody up. */
function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    try {
      process.kill(Number(readFileSync(lock, 'utf8')), 0);
    } catch {
      rmSync(lock, { force: true });
    }
    return false;
  }
}
