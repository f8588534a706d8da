import { Module } from '@nestjs/common';
import { IngestRepository } from './ingest.repository.js';
import { IngestPostgresRepository } from './postgres/ingest.postgres-repository.js';
import { ReceiveEcg } from './receive-ecg.js';
import { ReceiveInstance } from './receive-instance.js';
import { ReceiveUpload } from './receive-upload.js';

@Module({
  providers: [
    { provide: IngestRepository, useClass: IngestPostgresRepository },
    ReceiveInstance,
    ReceiveEcg,
    ReceiveUpload,
  ],
  exports: [IngestRepository, ReceiveInstance, ReceiveEcg, ReceiveUpload],
})
export class IngestModule {}
