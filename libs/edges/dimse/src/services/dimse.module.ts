import { DynamicModule, Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { IdentityModule } from '#libs/identity';
import { IngestModule } from '#libs/ingest';
import { WorklistModule } from '#libs/worklist';
import { CallingAe } from './calling-ae.js';
import { DimseServices } from './dimse-services.js';
import { ModalityWorklistService } from './modality-worklist/modality-worklist.service.js';
import { PerformedProcedureService } from './performed-procedure/performed-procedure.service.js';
import { FindRetrievable } from './query-retrieve/find-retrievable.js';
import { FindService } from './query-retrieve/find.service.js';
import { GetService } from './query-retrieve/get.service.js';
import { MoveService } from './query-retrieve/move.service.js';
import { ReportCommitment } from './storage-commitment/report-commitment.js';
import { StorageCommitmentService } from './storage-commitment/storage-commitment.service.js';
import { IngestSink } from './storage/ingest-sink.js';
import { SendingStudies } from './storage/sending-studies.js';

/** The service classes, each a provider of its own, and `DimseServices` that holds them all. */
@Module({})
export class DimseModule {
  /** @param aeTitle what devices know this listener by */
  static of(aeTitle: string): DynamicModule {
    return {
      module: DimseModule,
      imports: [IdentityModule, IngestModule, CatalogueModule, WorklistModule],
      providers: [
        { provide: CallingAe, useValue: new CallingAe(aeTitle) },
        IngestSink,
        SendingStudies,
        StorageCommitmentService,
        ReportCommitment,
        ModalityWorklistService,
        PerformedProcedureService,
        FindService,
        FindRetrievable,
        GetService,
        MoveService,
        DimseServices,
      ],
      exports: [DimseServices, ReportCommitment],
    };
  }
}
