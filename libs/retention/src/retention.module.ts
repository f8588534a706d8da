import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { ReportModule } from '#libs/report';
import { WorklistModule } from '#libs/worklist';
import { CorrectRetention } from './correct-retention.js';
import { DeleteExam } from './delete-exam.js';
import { DeletionsRepository } from './deletions.repository.js';
import { DetermineRetention } from './determine-retention.js';
import { HoldExam } from './hold-exam.js';
import { HoldsRepository } from './holds.repository.js';
import { OnExamSettled } from './on-exam-settled.js';
import { OnReadOpened } from './on-read-opened.js';
import { DeletionsPostgresRepository } from './postgres/deletions.postgres-repository.js';
import { HoldsPostgresRepository } from './postgres/holds.postgres-repository.js';
import { RetentionPostgresRepository } from './postgres/retention.postgres-repository.js';
import { RetentionRepository } from './retention.repository.js';

@Module({
  imports: [CatalogueModule, WorklistModule, ReportModule],
  providers: [
    { provide: RetentionRepository, useClass: RetentionPostgresRepository },
    { provide: HoldsRepository, useClass: HoldsPostgresRepository },
    { provide: DeletionsRepository, useClass: DeletionsPostgresRepository },
    DetermineRetention,
    CorrectRetention,
    HoldExam,
    DeleteExam,
    OnExamSettled,
    OnReadOpened,
  ],
  exports: [
    RetentionRepository,
    HoldsRepository,
    DeletionsRepository,
    DetermineRetention,
    CorrectRetention,
    HoldExam,
    DeleteExam,
    OnExamSettled,
    OnReadOpened,
  ],
})
export class RetentionModule {}
