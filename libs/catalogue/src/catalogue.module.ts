import { Module } from '@nestjs/common';
import { IngestModule } from '#libs/ingest';
import { PatientsModule } from '#libs/patients';
import { AttributeIndex } from './attribute-index.js';
import { CatalogueRepository } from './catalogue.repository.js';
import { CompletenessRepository } from './completeness.repository.js';
import { ChooseInstance } from './choose-instance.js';
import { EcgMeasuresRepository } from './ecg-measures.repository.js';
import { DecideIdentity } from './decide-identity.js';
import { ExamRemovalRepository } from './exam-removal.repository.js';
import { ExpectInstances } from './expect-instances.js';
import { FindAttributes } from './find-attributes.js';
import { FirstPictureRepository } from './first-picture.repository.js';
import { CompressFrames } from './compress-frames.js';
import { CompressedFramesRepository } from './compressed-frames.repository.js';
import { FileInstances } from './file-instances.js';
import { ForgetExam } from './forget-exam.js';
import { OnInstanceStored } from './on-instance-stored.js';
import { AttributeIndexPostgres } from './postgres/attribute-index.postgres.js';
import { CataloguePostgresRepository } from './postgres/catalogue.postgres-repository.js';
import { CompressedFramesPostgresRepository } from './postgres/compressed-frames.postgres-repository.js';
import { CompletenessPostgresRepository } from './postgres/completeness.postgres-repository.js';
import { ExamRemovalPostgresRepository } from './postgres/exam-removal.postgres-repository.js';
import { FirstPicturePostgresRepository } from './postgres/first-picture.postgres-repository.js';
import { RetrievalPostgresRepository } from './postgres/retrieval.postgres-repository.js';
import { EcgMeasuresPostgresRepository } from './postgres/ecg-measures.postgres-repository.js';
import { LocateInstances } from './locate-instances.js';
import { MeasureEcg } from './measure-ecg.js';
import { OnExamSettled } from './on-exam-settled.js';
import { PreparePreview } from './prepare-preview.js';
import { PrepareSeriesMetadata } from './prepare-series-metadata.js';
import { PrepareStudyManifest } from './prepare-study-manifest.js';
import { ReadBulkData } from './read-bulk-data.js';
import { ReadVideo } from './read-video.js';
import { RenderInstance } from './render-instance.js';
import { ReadMetadata } from './read-metadata.js';
import { RetrievalRepository } from './retrieval.repository.js';
import { ReconciliationPostgresRepository } from './postgres/reconciliation.postgres-repository.js';
import { ReconciliationRepository } from './reconciliation.repository.js';
import { ReadDocuments } from './read-documents.js';
import { ReadEcgLevels } from './read-ecg-levels.js';
import { ReadEcgRecording } from './read-ecg-recording.js';
import { ReadFirstPicture } from './read-first-picture.js';
import { ReadFrames } from './read-frames.js';
import { TranscodeInstance } from './transcode-instance.js';

@Module({
  imports: [IngestModule, PatientsModule],
  providers: [
    { provide: CatalogueRepository, useClass: CataloguePostgresRepository },
    { provide: CompletenessRepository, useClass: CompletenessPostgresRepository },
    { provide: AttributeIndex, useClass: AttributeIndexPostgres },
    { provide: ReconciliationRepository, useClass: ReconciliationPostgresRepository },
    { provide: ExamRemovalRepository, useClass: ExamRemovalPostgresRepository },
    FileInstances,
    ForgetExam,
    ChooseInstance,
    DecideIdentity,
    ExpectInstances,
    FindAttributes,
    OnInstanceStored,
    { provide: RetrievalRepository, useClass: RetrievalPostgresRepository },
    { provide: FirstPictureRepository, useClass: FirstPicturePostgresRepository },
    { provide: CompressedFramesRepository, useClass: CompressedFramesPostgresRepository },
    { provide: EcgMeasuresRepository, useClass: EcgMeasuresPostgresRepository },
    CompressFrames,
    LocateInstances,
    MeasureEcg,
    OnExamSettled,
    PreparePreview,
    PrepareSeriesMetadata,
    PrepareStudyManifest,
    ReadBulkData,
    ReadVideo,
    ReadFirstPicture,
    ReadDocuments,
    ReadFrames,
    ReadMetadata,
    RenderInstance,
    TranscodeInstance,
    ReadEcgLevels,
    ReadEcgRecording,
  ],
  exports: [
    CatalogueRepository,
    ReconciliationRepository,
    ChooseInstance,
    CompressFrames,
    DecideIdentity,
    CompletenessRepository,
    ExpectInstances,
    FindAttributes,
    ForgetExam,
    OnInstanceStored,
    LocateInstances,
    MeasureEcg,
    OnExamSettled,
    ReadBulkData,
    ReadVideo,
    ReadFirstPicture,
    ReadDocuments,
    ReadFrames,
    ReadMetadata,
    RenderInstance,
    TranscodeInstance,
    ReadEcgLevels,
    ReadEcgRecording,
  ],
})
export class CatalogueModule {}
