import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { productDatabase } from '#test/product-database';
import { QiaoProcess } from '#test/qiao-process';
import type { Contender } from './contender.js';

/** The whole product as `npm start` runs it, with a bearer token of the demo network. */
export async function startQiao(settings: Record<string, string> = {}): Promise<Contender & { databaseUrl: string }> {
  const qiao = await QiaoProcess.start(settings);
  const database = await productDatabase(qiao.dataDir);
  return {
    name: 'Qiao',
    databaseUrl: databaseUrl(qiao.dataDir),
    httpPort: qiao.httpPort,
    dimsePort: qiao.dimsePort,
    calledAe: 'QIAO',
    callingAe: 'ZHAOZHUANG',
    dicomWeb: '/dicom-web',
    headers: { authorization: `Bearer ${await qiao.token('pacs-zhaozhuang')}` },
    quiet: async () => {
      for (;;) {
        const { rows } = await database.query<{ open: boolean }>(
          `SELECT EXISTS (SELECT FROM outbox_event WHERE relayed_at IS NULL)
               OR EXISTS (SELECT FROM outbox_delivery WHERE done_at IS NULL AND failed_at IS NULL)
               OR EXISTS (SELECT FROM exam WHERE state <> 'settled') AS open`,
        );
        if (!rows[0]!.open) return;
        await sleep(50);
      }
    },
    processes: async () => ({
      supervisor: [qiao.pid],
      ...Object.fromEntries(Object.entries(await qiao.children()).map(([name, pid]) => [name, [pid]])),
      database: await databaseProcesses(qiao.dataDir),
    }),
    stop: async () => {
      await database.end();
      await qiao.dispose();
    },
  };
}

function databaseUrl(dataDir: string): string {
  const port = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(dataDir, 'postgres.password'), 'utf8').trim();
  return `postgresql://qiao:${password}@127.0.0.1:${port}/qiao`;
}

async function databaseProcesses(dataDir: string): Promise<number[]> {
  const postmaster = Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(postmaster)]);
  return [postmaster, ...stdout.split('\n').filter(Boolean).map(Number)];
}
