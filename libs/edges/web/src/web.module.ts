import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CatalogueModule } from '#libs/catalogue';
import { CriticalModule } from '#libs/critical';
import { FiguresModule } from '#libs/figures';
import { IdentityModule } from '#libs/identity';
import { IngestModule } from '#libs/ingest';
import { PatientsModule } from '#libs/patients';
import { ReadingModule } from '#libs/reading';
import { RecognitionModule } from '#libs/recognition';
import { ReportModule } from '#libs/report';
import { RetentionModule } from '#libs/retention';
import { WorklistModule } from '#libs/worklist';
import { CriticalProposalsController } from './critical-proposals.controller.js';
import { DeletionsController } from './deletions.controller.js';
import { EcgController } from './ecg.controller.js';
import { ExamsController } from './exams.controller.js';
import { FiguresController } from './figures.controller.js';
import { FindVisibleRead } from './find-visible-read.js';
import { HangingRulesController } from './hanging-rules.controller.js';
import { HealthController } from './health.controller.js';
import { MarksController } from './marks.controller.js';
import { PriorsController } from './priors.controller.js';
import { OpenapiController } from './openapi.controller.js';
import { ReadImagesController } from './read-images.controller.js';
import { ReadView } from './read-view.js';
import { ReadEcgController } from './read-ecg.controller.js';
import { ReadEcgFilesController } from './read-ecg-files.controller.js';
import { ReadsController } from './reads.controller.js';
import { ReconciliationController } from './reconciliation.controller.js';
import { ReportTextsController } from './report-texts.controller.js';
import { ReportsController } from './reports.controller.js';
import { RequestsController } from './requests.controller.js';
import { RetentionController } from './retention.controller.js';
import { RetentionView } from './retention-view.js';
import { SessionController } from './session.controller.js';
import { StorageController } from './storage.controller.js';
import { TokenController } from './token.controller.js';
import { TusUploads } from './tus-uploads.js';
import { UploadBatchesController } from './upload-batches.controller.js';
import { UploadsController } from './uploads.controller.js';
import { WorklistController } from './worklist.controller.js';
import { WorklistEventsController } from './worklist-events.controller.js';

@Module({
  imports: [
    DiscoveryModule,
    CatalogueModule,
    CriticalModule,
    FiguresModule,
    IdentityModule,
    IngestModule,
    PatientsModule,
    ReadingModule,
    RecognitionModule,
    ReportModule,
    RetentionModule,
    WorklistModule,
  ],
  controllers: [
    SessionController,
    TokenController,
    WorklistController,
    WorklistEventsController,
    ReadEcgController,
    ReadEcgFilesController,
    ReadsController,
    CriticalProposalsController,
    ReadImagesController,
    MarksController,
    PriorsController,
    ExamsController,
    FiguresController,
    RequestsController,
    EcgController,
    UploadBatchesController,
    UploadsController,
    ReportTextsController,
    HangingRulesController,
    ReportsController,
    ReconciliationController,
    RetentionController,
    DeletionsController,
    StorageController,
    OpenapiController,
    HealthController,
  ],
  providers: [FindVisibleRead, ReadView, RetentionView, TusUploads],
})
export class WebModule {}
