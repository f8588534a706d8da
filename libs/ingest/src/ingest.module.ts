import { Module } from '@nestjs/common';
import { CommitStorage } from './commit-storage.js';
import { DemandRoom } from './demand-room.js';
import { InstanceRemovalRepository } from './instance-removal.repository.js';
import { IngestRepository } from './ingest.repository.js';
import { IngestPostgresRepository } from './postgres/ingest.postgres-repository.js';
import { InstanceRemovalPostgresRepository } from './postgres/instance-removal.postgres-repository.js';
import { StorageCommitmentPostgresRepository } from './postgres/storage-commitment.postgres-repository.js';
import { UsagePostgresRepository } from './postgres/usage.postgres-repository.js';
import { UsageRepository } from './usage.repository.js';
import { ReceiveEcg } from './receive-ecg.js';
import { ReceiveInstance } from './receive-instance.js';
import { ReceiveUploadFile } from './receive-upload-file.js';
import { ReceiveUpload } from './receive-upload.js';
import { StorageCommitmentRepository } from './storage-commitment.repository.js';
import { UnpackArchive } from './unpack-archive.js';
import { UploadsPostgresRepository } from './postgres/uploads.postgres-repository.js';
import { UploadsRepository } from './uploads.repository.js';

@Module({
  providers: [
    { provide: IngestRepository, useClass: IngestPostgresRepository },
    { provide: InstanceRemovalRepository, useClass: InstanceRemovalPostgresRepository },
    { provide: StorageCommitmentRepository, useClass: StorageCommitmentPostgresRepository },
    CommitStorage,
    { provide: UsageRepository, useClass: UsagePostgresRepository },
    DemandRoom,
    ReceiveInstance,
    ReceiveEcg,
    ReceiveUpload,
    ReceiveUploadFile,
    UnpackArchive,
    { provide: UploadsRepository, useClass: UploadsPostgresRepository },
  ],
  exports: [
    DemandRoom,
    CommitStorage,
    IngestRepository,
    InstanceRemovalRepository,
    ReceiveInstance,
    ReceiveEcg,
    ReceiveUpload,
    UploadsRepository,
  ],
})
export class IngestModule {}
