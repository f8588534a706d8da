import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from './database.js';

const NAME = /^\d{4}-[a-z0-9-]+\.sql$/;
/** Any fixed number of our own: one migrator at a time, whoever starts first. */
const LOCK = 7126_0001;

/**
 * Applies the hand-written, forward-only `NNNN-name.sql` files of `folder` that are not applied yet, each in its own transaction.
 * @returns the names applied now
 * @throws Error when a file that was applied has changed since, or a file's SQL fails (nothing of that file stays)
 */
export async function migrate(database: Database, folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const runner = database.source.createQueryRunner();
  await runner.connect();
  const applied: string[] = [];
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await runner.query(
      `CREATE TABLE IF NOT EXISTS schema_migration (
         name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const known = new Map(
      ((await runner.query('SELECT name, sha256 FROM schema_migration')) as { name: string; sha256: string }[]).map(
        (row) => [row.name, row.sha256],
      ),
    );
    for (const name of names) {
      const sql = await readFile(join(folder, name), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      const before = known.get(name);
      if (before === sha256) continue;
      if (before !== undefined)
        throw new Error(`migration ${name} was applied with other content; migrations only go forward`);
      await runner.startTransaction();
      try {
        await runner.query(sql);
        await runner.query('INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)', [name, sha256]);
        await runner.commitTransaction();
      } catch (error) {
        await runner.rollbackTransaction();
        throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error });
      }
      applied.push(name);
    }
    return applied;
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    await runner.release();
  }
}
