import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readSettings, type Settings } from '#libs/config';
import { DimseServer, DimseServices, ReportCommitment, type SecureTransport } from '#libs/edges/dimse';
import { Directory, type SendingDevice } from '#libs/identity';
import { Database } from '#libs/persistence';
import { startRounds } from '../../platform/src/rounds.js';
import { runServer } from '../../platform/src/run-server.js';
import { ListenerModule } from './app.module.js';

/** Associations of one organisation at one time, where it has no number of its own. */
const SHARE = 32;
const CALL_DUE_MS = 2_000;

const settings = readSettings();
const app = await NestFactory.createApplicationContext(ListenerModule.of(settings), { logger: ['error', 'warn'] });
const log = new Logger('dimse');
const directory = app.get(Directory);
const services = app.get(DimseServices);
const reportCommitment = app.get(ReportCommitment);

function readable(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}

async function secureTransport({ tls }: Settings['dimse']): Promise<SecureTransport | null> {
  if (tls === undefined) return null;
  const [certificate, key] = await Promise.all([readFile(tls.certificate), readFile(tls.key)]);
  return { certificate, key, ...(tls.authorities !== undefined && { authorities: await readFile(tls.authorities) }) };
}

const server = new DimseServer<SendingDevice>({
  aeTitle: settings.dimse.aeTitle,
  resolveCaller: (callingAe) => directory.callerOfAe(callingAe),
  sink: services.sink,
  services: services.all,
  shareOf: ({ organisation, associations }) => ({ key: organisation, associations: associations ?? SHARE }),
  log: (level, message, details) => {
    if (level === 'warn' || level === 'error') log.warn(`${message} ${JSON.stringify(details, readable)}`);
  },
});
const transport = await secureTransport(settings.dimse);
const { port } = await server.listen(settings.dimse.host, settings.dimse.port);
if (transport !== null) await server.listen(settings.dimse.host, settings.dimse.tls!.port, transport);
const rounds = startRounds('storage-commitment', CALL_DUE_MS, async () => (await reportCommitment.callDue()) > 0);

runServer(
  'listener',
  async () => {
    await server.close(5_000);
    await rounds.stop();
    await app.close();
    await app.get(Database).source.destroy();
  },
  { port },
);
