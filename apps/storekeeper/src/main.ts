import 'reflect-metadata';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AuditTrail } from '#libs/audit';
import { CATALOGUE_OBJECTS } from '#libs/catalogue';
import { readSettings } from '#libs/config';
import { INGEST_OBJECTS } from '#libs/ingest';
import { openDatabase } from '#libs/persistence';
import { REPORT_OBJECTS } from '#libs/report';
import { EmbeddedPostgres } from '../../platform/src/embedded-postgres.js';
import { openObjectStore } from '../../platform/src/platform.module.js';
import { collectGarbage } from './collect-garbage.js';
import { verifyStore } from './verify-store.js';

const USAGE = `verify-store    [--deep] [--json] [--grace-minutes N]
collect-garbage [--apply] [--json] [--age-hours N] [--upload-days N]
Exit status: 0 nothing to tell, 1 something that a row names is missing or not what it was, 2 could not be done, 3 objects without a row.
`;

/** The commands of the store's keeper; each may run beside the servers, or on their data while they are stopped. */
async function main(): Promise<number> {
  const [command, ...rest] = process.argv.slice(2);
  const { values } = parseArgs({
    args: rest,
    options: {
      deep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      apply: { type: 'boolean', default: false },
      'grace-minutes': { type: 'string', default: '60' },
      'age-hours': { type: 'string', default: '24' },
      'upload-days': { type: 'string', default: '30' },
    },
  });
  if (command !== 'verify-store' && command !== 'collect-garbage') {
    process.stderr.write(USAGE);
    return 2;
  }
  const number = (name: 'grace-minutes' | 'age-hours' | 'upload-days'): number => {
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} is no number`);
    return value;
  };
  const settings = readSettings();
  const postgres = new EmbeddedPostgres(join(settings.dataDir, 'postgres'));
  const running = settings.databaseUrl ?? (await postgres.running());
  const url = running ?? (await postgres.start());
  const database = await openDatabase({ url, name: 'qiao-storekeeper', poolSize: 4, patient: true });
  try {
    const store = await openObjectStore(settings);
    const references = [...INGEST_OBJECTS, ...CATALOGUE_OBJECTS, ...REPORT_OBJECTS];
    if (command === 'verify-store') {
      const { deep, json } = values;
      return await verifyStore(
        { database, store, references },
        { deep, json, graceMs: number('grace-minutes') * 60_000 },
      );
    }
    if (values.apply && number('age-hours') < 1) throw new Error('--age-hours is at least 1: a put may be under way');
    return await collectGarbage(
      { database, store, references, audit: new AuditTrail(database), dataDir: settings.dataDir },
      { apply: values.apply, json: values.json, ageHours: number('age-hours'), uploadDays: number('upload-days') },
    );
  } finally {
    await database.source.destroy();
    if (running === null) await postgres.stop();
  }
}

main().then(
  (status) => process.exit(status),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  },
);
