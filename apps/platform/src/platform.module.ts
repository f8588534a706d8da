import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DynamicModule, Global, Logger, Module } from '@nestjs/common';
import { BullmqQueue } from '#libs/adapters/queue-bullmq';
import { Codecs } from '#libs/adapters/codecs';
import { X509Signer } from '#libs/adapters/signer-x509';
import { FsObjectStore } from '#libs/adapters/store-fs';
import { S3ObjectStore } from '#libs/adapters/store-s3';
import { AuditTrail } from '#libs/audit';
import { AnnotationFont } from '#libs/catalogue';
import type { Settings } from '#libs/config';
import { UploadFolder } from '#libs/edges/web';
import { SigningKeys } from '#libs/identity';
import { Spool } from '#libs/ingest';
import { Clock, SystemClock } from '#libs/kernel';
import { Database, openDatabase, Outbox } from '#libs/persistence';
import { JobQueue, ObjectStore, PixelCodec, Signer } from '#libs/ports';
import { ReportFontFiles } from '#libs/report';

export function openObjectStore(settings: Settings): Promise<ObjectStore> {
  return settings.s3
    ? S3ObjectStore.open(settings.s3)
    : FsObjectStore.open({ root: join(settings.dataDir, 'objects') });
}

async function openSpool(settings: Settings, process: string): Promise<Spool> {
  const spool = new Spool(join(settings.dataDir, 'spool', process));
  await spool.prepare();
  return spool;
}

async function openSigner(database: Database): Promise<Signer> {
  const authority = await new SigningKeys(database).authority();
  if (!authority) throw new Error('there is no signing authority; run the migrations first');
  return new X509Signer({
    rootCertificatePem: authority.certificatePem,
    rootKeyPem: authority.keyPem,
    isTestCa: true,
  });
}

async function readFonts(): Promise<ReportFontFiles> {
  const require = createRequire(import.meta.url);
  const file = (name: string) => readFile(require.resolve(`@expo-google-fonts/noto-sans-sc/${name}`));
  const [regular, bold] = await Promise.all([
    file('400Regular/NotoSansSC_400Regular.ttf'),
    file('700Bold/NotoSansSC_700Bold.ttf'),
  ]);
  return new ReportFontFiles({ regular, bold });
}

/** What every server process stands on: the adapters that the settings choose, once for a process. */
@Global()
@Module({})
export class PlatformModule {
  static of(settings: Settings, process: string): DynamicModule {
    const databaseUrl = settings.databaseUrl;
    if (databaseUrl === undefined)
      throw new Error('QIAO_DATABASE_URL is not set; `npm start` brings a database of its own');
    const logger = new Logger(process);
    const queue = () =>
      new BullmqQueue(settings.redisUrl ? { redisUrl: settings.redisUrl } : { databaseUrl }, (error) =>
        logger.warn(`queue: ${error.message}`),
      );
    const providers = [
      { provide: Database, useFactory: () => openDatabase({ url: databaseUrl, name: `qiao-${process}` }) },
      { provide: Outbox, useFactory: (database: Database) => new Outbox(database), inject: [Database] },
      { provide: AuditTrail, useFactory: (database: Database) => new AuditTrail(database), inject: [Database] },
      { provide: Clock, useClass: SystemClock },
      { provide: JobQueue, useFactory: queue },
      { provide: ObjectStore, useFactory: () => openObjectStore(settings) },
      { provide: Spool, useFactory: () => openSpool(settings, process) },
      { provide: UploadFolder, useValue: new UploadFolder(join(settings.dataDir, 'uploads')) },
      { provide: Signer, useFactory: openSigner, inject: [Database] },
      { provide: PixelCodec, useClass: Codecs },
      { provide: ReportFontFiles, useFactory: readFonts },
      {
        provide: AnnotationFont,
        useFactory: ({ fonts }: ReportFontFiles) => new AnnotationFont(fonts.regular),
        inject: [ReportFontFiles],
      },
    ];
    return { module: PlatformModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
