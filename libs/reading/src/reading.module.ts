import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { IdentityModule } from '#libs/identity';
import { WorklistModule } from '#libs/worklist';
import { ReadingPostgresRepository } from './postgres/reading.postgres-repository.js';
import { ReadingRepository } from './reading.repository.js';
import { ReviewReading } from './review-reading.js';
import { SaveDraft } from './save-draft.js';
import { SubmitReading } from './submit-reading.js';

@Module({
  imports: [CatalogueModule, IdentityModule, WorklistModule],
  providers: [
    { provide: ReadingRepository, useClass: ReadingPostgresRepository },
    SaveDraft,
    SubmitReading,
    ReviewReading,
  ],
  exports: [ReadingRepository, SaveDraft, SubmitReading, ReviewReading],
})
export class ReadingModule {}
