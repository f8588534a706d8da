import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { IdentityModule } from '#libs/identity';
import { IngestModule } from '#libs/ingest';
import { WorklistModule } from '#libs/worklist';
import { HangingRulesRepository } from './hanging-rules.repository.js';
import { ListReadInstances } from './list-read-instances.js';
import { MarksRepository } from './marks.repository.js';
import { OnDocumentsAsked } from './on-documents-asked.js';
import { HangingRulesPostgresRepository } from './postgres/hanging-rules.postgres-repository.js';
import { MarksPostgresRepository } from './postgres/marks.postgres-repository.js';
import { ReadingPostgresRepository } from './postgres/reading.postgres-repository.js';
import { ReportTextsPostgresRepository } from './postgres/report-texts.postgres-repository.js';
import { PrepareDocuments } from './prepare-documents.js';
import { ReadMarks } from './read-marks.js';
import { ReadingRepository } from './reading.repository.js';
import { ReportTextsRepository } from './report-texts.repository.js';
import { ReviewReading } from './review-reading.js';
import { SaveDraft } from './save-draft.js';
import { SaveHangingRule } from './save-hanging-rule.js';
import { SaveMarks } from './save-marks.js';
import { SaveReportText } from './save-report-text.js';
import { SubmitReading } from './submit-reading.js';

@Module({
  imports: [CatalogueModule, IdentityModule, IngestModule, WorklistModule],
  providers: [
    { provide: ReadingRepository, useClass: ReadingPostgresRepository },
    { provide: MarksRepository, useClass: MarksPostgresRepository },
    { provide: ReportTextsRepository, useClass: ReportTextsPostgresRepository },
    { provide: HangingRulesRepository, useClass: HangingRulesPostgresRepository },
    ListReadInstances,
    PrepareDocuments,
    ReadMarks,
    SaveMarks,
    OnDocumentsAsked,
    SaveDraft,
    SaveReportText,
    SaveHangingRule,
    SubmitReading,
    ReviewReading,
  ],
  exports: [
    ReadingRepository,
    ReportTextsRepository,
    HangingRulesRepository,
    ListReadInstances,
    ReadMarks,
    SaveMarks,
    OnDocumentsAsked,
    SaveDraft,
    SaveReportText,
    SaveHangingRule,
    SubmitReading,
    ReviewReading,
  ],
})
export class ReadingModule {}
