import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readSettings } from '#libs/config';
import { DimseServer } from '#libs/edges/dimse';
import { Directory } from '#libs/identity';
import { ReceiveInstance } from '#libs/ingest';
import { Database } from '#libs/persistence';
import { runServer } from '../../platform/src/run-server.js';
import { ListenerModule } from './app.module.js';
import { IngestSink } from './ingest-sink.js';

const settings = readSettings();
const app = await NestFactory.createApplicationContext(ListenerModule.of(settings), { logger: ['error', 'warn'] });
const log = new Logger('dimse');
const directory = app.get(Directory);
const server = new DimseServer({
  aeTitle: settings.dimse.aeTitle,
  resolveCaller: (callingAe) => directory.callerOfAe(callingAe),
  sink: new IngestSink(app.get(ReceiveInstance)),
  log: (level, message, details) => {
    if (level === 'warn' || level === 'error') log.warn(`${message} ${JSON.stringify(details)}`);
  },
});
const { port } = await server.listen(settings.dimse.host, settings.dimse.port);
runServer(
  'listener',
  async () => {
    await server.close(5_000);
    await app.close();
    await app.get(Database).source.destroy();
  },
  { port },
);
