import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** A connection to the embedded PostgreSQL of a running Qiao, to look at what no interface shows. */
export async function productDatabase(dataDir: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: productDatabaseUrl(dataDir) });
  // An interrupted server is part of some tests.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export function productDatabaseUrl(dataDir: string): string {
  const password = readFileSync(join(dataDir, 'postgres.password'), 'utf8').trim();
  const port = Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[3]);
  return `postgresql://qiao:${password}@127.0.0.1:${port}/qiao`;
}
