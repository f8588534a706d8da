import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { PatientsModule } from '#libs/patients';
import { ReportModule } from '#libs/report';
import { WorklistModule } from '#libs/worklist';
import { AccessRecord } from './access-record.js';
import { BinaryController } from './binary.controller.js';
import { DiagnosticReportController } from './diagnostic-report.controller.js';
import { ImagingStudyController } from './imaging-study.controller.js';
import { MetadataController } from './metadata.controller.js';
import { PatientCriteria } from './patient-criterion.js';
import { PatientController } from './patient.controller.js';
import { ServiceRequestController } from './service-request.controller.js';
import { SignedPdf } from './signed-pdf.js';

@Module({
  imports: [PatientsModule, CatalogueModule, WorklistModule, ReportModule],
  providers: [AccessRecord, PatientCriteria, SignedPdf],
  controllers: [
    DiagnosticReportController,
    ImagingStudyController,
    PatientController,
    ServiceRequestController,
    BinaryController,
    MetadataController,
  ],
})
export class FhirModule {}
