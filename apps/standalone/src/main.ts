import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, serverEnvironment } from '#libs/config';
import { EmbeddedPostgres } from '../../platform/src/embedded-postgres.js';
import { prepareDatabase } from './prepare-database.js';
import { sendSamples } from './send-samples.js';
import { Supervisor } from './supervisor.js';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const settings = readSettings();
const began = Date.now();
mkdirSync(settings.dataDir, { recursive: true });
const postgres = settings.databaseUrl
  ? undefined
  : new EmbeddedPostgres(join(settings.dataDir, 'postgres'), say, () => {
      say('PostgreSQL does not come back; stopping');
      void stop(1);
    });
let supervisor: Supervisor | undefined;
let stopping: Promise<void> | undefined;

function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    await supervisor?.stop();
    await postgres?.stop();
    process.exit(code);
  })();
  return stopping;
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stopping) say('stopping …');
    void stop(0);
  });
}

try {
  const databaseUrl = settings.databaseUrl ?? (await postgres!.start());
  const prepared = await prepareDatabase(settings, databaseUrl);
  if (prepared.migrations.length > 0) say(`migrated: ${prepared.migrations.join(', ')}`);
  supervisor = new Supervisor(serverEnvironment(settings, databaseUrl), say);
  await supervisor.start(['gateway', 'listener', 'worker']);
  if (prepared.seeded) await sendSamples(settings, prepared.credentialsFile!);
  const { http, dimse } = settings;
  say('');
  say(`Qiao 桥 is ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  say(`  web application   http://${http.host}:${http.port}/`);
  say(`  DICOM             ${dimse.aeTitle} at ${dimse.host}:${dimse.port}`);
  if (prepared.credentialsFile) say(`  demo accounts     ${prepared.credentialsFile}`);
  say('  next              log in as sun (county specialist), or run `npm run demo` beside this');
  say('  Ctrl-C stops it; nothing is lost.');
} catch (error) {
  process.stderr.write(`Qiao cannot start: ${(error as Error).message}\n`);
  await stop(1);
}
