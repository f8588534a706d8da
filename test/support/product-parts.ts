import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { readSettings } from '#libs/config';
import { Database } from '#libs/persistence';
import { JobQueue } from '#libs/ports';
import { WorkerModule } from '../../apps/worker/src/app.module.js';
import { productDatabaseUrl } from './product-database.js';

export interface ProductParts {
  get: INestApplicationContext['get'];
  close(): Promise<void>;
}

/** The stages' own use cases on a running Qiao's database and store, for what no protocol says yet. */
export async function productParts(dataDir: string): Promise<ProductParts> {
  const settings = readSettings({
    ...process.env,
    QIAO_DATA_DIR: dataDir,
    QIAO_DATABASE_URL: process.env['QIAO_DATABASE_URL'] ?? productDatabaseUrl(dataDir),
  });
  const app = await NestFactory.createApplicationContext(WorkerModule.of(settings, 'test'), {
    logger: ['error', 'warn'],
  });
  return {
    get: app.get.bind(app),
    async close() {
      await app.get(JobQueue).close();
      await app.close();
      await app.get(Database).source.destroy();
    },
  };
}
