import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/identity';
import type { DimseService } from '../dimse-service.js';
import { ModalityWorklistService } from './modality-worklist/modality-worklist.service.js';
import { PerformedProcedureService } from './performed-procedure/performed-procedure.service.js';
import { FindService } from './query-retrieve/find.service.js';
import { GetService } from './query-retrieve/get.service.js';
import { MoveService } from './query-retrieve/move.service.js';
import { StorageCommitmentService } from './storage-commitment/storage-commitment.service.js';
import { IngestSink } from './storage/ingest-sink.js';

/** What a listener of the product serves beside Verification. */
@Injectable()
export class DimseServices {
  readonly all: readonly DimseService<Caller>[];

  constructor(
    readonly sink: IngestSink,
    commitment: StorageCommitmentService,
    worklist: ModalityWorklistService,
    performed: PerformedProcedureService,
    find: FindService,
    get: GetService,
    move: MoveService,
  ) {
    this.all = [commitment, worklist, performed, find, get, move];
  }
}
