import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { WorklistModule } from '#libs/worklist';
import { CriticalProposalsRepository } from './critical-proposals.repository.js';
import { DecideProposal } from './decide-proposal.js';
import { OnEcgMeasured } from './on-ecg-measured.js';
import { OnReadOpened } from './on-read-opened.js';
import { CriticalProposalsPostgresRepository } from './postgres/critical-proposals.postgres-repository.js';
import { ProposeCriticalValues } from './propose-critical-values.js';

@Module({
  imports: [CatalogueModule, WorklistModule],
  providers: [
    { provide: CriticalProposalsRepository, useClass: CriticalProposalsPostgresRepository },
    DecideProposal,
    OnEcgMeasured,
    OnReadOpened,
    ProposeCriticalValues,
  ],
  exports: [CriticalProposalsRepository, DecideProposal, OnEcgMeasured, OnReadOpened],
})
export class CriticalModule {}
