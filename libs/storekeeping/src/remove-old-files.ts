import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes files under `folder` that nobody has written to for so long: what a dead process left in a spool, or an upload that was given
 * up. With `apply` false it only counts. A folder that is not there has none.
 */
export async function removeOldFiles(folder: string, olderThanMs: number, apply: boolean): Promise<number> {
  let found = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const info = await stat(path).catch(() => null);
    if (!info || Date.now() - info.mtimeMs < olderThanMs) continue;
    if (apply) await rm(path, { force: true });
    found += 1;
  }
  return found;
}
