import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openDatabase, type Database } from '#libs/persistence';
import { EmbeddedPostgres } from '../../apps/platform/src/embedded-postgres.js';

const MIGRATIONS = join(process.cwd(), 'deploy/migrations');

export interface ScratchDatabase {
  url: string;
  database: Database;
  dispose(): Promise<void>;
}

/** A PostgreSQL of the test's own, migrated and empty but for the organisations named. */
export async function scratchDatabase(organisations: readonly string[] = []): Promise<ScratchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'qiao-scratch-'));
  // As root PostgreSQL runs as another user, who must get through.
  chmodSync(folder, 0o755);
  const postgres = new EmbeddedPostgres(join(folder, 'postgres'));
  const url = await postgres.start();
  const database = await openDatabase({ url, name: 'qiao-scratch' });
  await migrate(database, MIGRATIONS);
  for (const code of organisations) {
    await database.rows(`INSERT INTO organisation (code, name, kind) VALUES ($1, $1, 'township')`, [code]);
  }
  return {
    url,
    database,
    async dispose() {
      await database.source.destroy();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
