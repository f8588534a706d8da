import 'reflect-metadata';
import { readSettings } from '#libs/config';
import { Database } from '#libs/persistence';
import { runServer } from '../../platform/src/run-server.js';
import { createGateway } from './create-gateway.js';

const settings = readSettings();
const app = await createGateway(settings);
await app.listen(settings.http.port, settings.http.host);
runServer(
  'gateway',
  async () => {
    await app.close();
    await app.get(Database).source.destroy();
  },
  { url: await app.getUrl() },
);
