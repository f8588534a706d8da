import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { IdentityModule } from '#libs/identity';
import { ReadingModule } from '#libs/reading';
import { WorklistModule } from '#libs/worklist';
import { ComposeEcgPdf } from './compose-ecg-pdf.js';
import { ComposeReportPdf } from './compose-report-pdf.js';
import { DrawKeyImages } from './draw-key-images.js';
import { ReportPostgresRepository } from './postgres/report.postgres-repository.js';
import { ReportRepository } from './report.repository.js';
import { SignReport } from './sign-report.js';
import { VerifyReport } from './verify-report.js';

@Module({
  imports: [CatalogueModule, IdentityModule, WorklistModule, ReadingModule],
  providers: [
    { provide: ReportRepository, useClass: ReportPostgresRepository },
    DrawKeyImages,
    ComposeEcgPdf,
    ComposeReportPdf,
    SignReport,
    VerifyReport,
  ],
  exports: [ComposeEcgPdf, ReportRepository, SignReport, VerifyReport],
})
export class ReportModule {}
