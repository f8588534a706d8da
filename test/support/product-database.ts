import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** A connection to the embedded PostgreSQL of a running Qiao, to look at what no interface shows. */
export async function productDatabase(dataDir: string): Promise<pg.Client> {
  const password = readFileSync(join(dataDir, 'postgres.password'), 'utf8').trim();
  const port = Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[3]);
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'qiao', password, database: 'qiao' });
  // An interrupted server is part of some tests.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
